import { EncodingError } from './errors.ts'

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Lower-case hexadecimal of bytes, without prefix. */
export function bytesToHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += digits[byte]
  return text
}

/** Bytes of hexadecimal text, either case, without prefix. @throws EncodingError `ERR_ENCODING_HEX` */
export function hexToBytes(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text))
    throw new EncodingError('ERR_ENCODING_HEX', 'expected an even number of hexadecimal digits')
  const bytes = new Uint8Array(text.length / 2)
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = (digitValue(text.charCodeAt(index * 2)) << 4) | digitValue(text.charCodeAt(index * 2 + 1))
  }
  return bytes
}

/** Value of a character code that is a hexadecimal digit: the letters of either case end in 1 to 6. */
function digitValue(charCode: number): number {
  return (charCode & 0x0f) + (charCode > 0x39 ? 9 : 0)
}
