import { bytesToHex, hexToBytes, keccak256, utf8ToBytes } from '@hufu/primitives'

/** An address in the spelling of EIP-55, whose upper-case letters are a checksum. @param address - `0x` and 40 hexadecimal digits */
export function checksumAddress(address: string): string {
  const digits = address.slice(2).toLowerCase()
  const hash = bytesToHex(keccak256(utf8ToBytes(digits)))
  return `0x${[...digits].map((digit, index) => (Number.parseInt(hash[index]!, 16) >= 8 ? digit.toUpperCase() : digit)).join('')}`
}

/** An address as the ABI writes it: 32 bytes in hexadecimal without `0x`. */
export function addressWord(address: string): string {
  return address.slice(2).toLowerCase().padStart(64, '0')
}

/** First four bytes of a function's hash, by which a call names it. */
export function functionSelector(signature: string): string {
  return bytesToHex(keccak256(utf8ToBytes(signature)).subarray(0, 4))
}

/** Hash of an event, its first topic. */
export function eventTopic(signature: string): string {
  return `0x${bytesToHex(keccak256(utf8ToBytes(signature)))}`
}

/** Bytes of `0x…`. @throws EncodingError `ERR_ENCODING_HEX` */
export function hexBytes(text: string): Uint8Array {
  return hexToBytes(text.slice(2).toLowerCase())
}
