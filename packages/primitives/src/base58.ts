import { concatBytes, equalBytes } from './bytes.ts'
import { EncodingError } from './errors.ts'
import { doubleSha256 } from './hash.ts'

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const maxTextLength = 256

/** Base58 with the Bitcoin alphabet; leading zero bytes become `1`. */
export function bytesToBase58(bytes: Uint8Array): string {
  const zeros = bytes.findIndex(byte => byte !== 0)
  const leading = zeros < 0 ? bytes.length : zeros
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  let text = ''
  for (; value > 0n; value /= 58n) text = alphabet[Number(value % 58n)]! + text
  return '1'.repeat(leading) + text
}

/** Bytes of base58 text of at most 256 characters. @throws EncodingError `ERR_ENCODING_BASE58` */
export function base58ToBytes(text: string): Uint8Array<ArrayBuffer> {
  if (text.length > maxTextLength) throw new EncodingError('ERR_ENCODING_BASE58', `expected at most ${maxTextLength} base58 characters`)
  let value = 0n
  for (const character of text) {
    const digit = alphabet.indexOf(character)
    if (digit < 0) throw new EncodingError('ERR_ENCODING_BASE58', 'expected base58 characters')
    value = value * 58n + BigInt(digit)
  }
  const tail: number[] = []
  for (; value > 0n; value >>= 8n) tail.push(Number(value & 0xffn))
  const leading = /^1*/.exec(text)![0].length
  return Uint8Array.from([...new Array<number>(leading).fill(0), ...tail.reverse()])
}

/** Base58 with a four-byte double-SHA-256 checksum, as Neo addresses use. */
export function bytesToBase58Check(payload: Uint8Array): string {
  return bytesToBase58(concatBytes(payload, doubleSha256(payload).subarray(0, 4)))
}

/** Payload of base58 text whose checksum holds. @throws EncodingError `ERR_ENCODING_BASE58` */
export function base58CheckToBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = base58ToBytes(text)
  if (bytes.length < 5) throw new EncodingError('ERR_ENCODING_BASE58', 'expected a payload and a checksum')
  const payload = bytes.slice(0, -4)
  if (!equalBytes(doubleSha256(payload).subarray(0, 4), bytes.subarray(-4)))
    throw new EncodingError('ERR_ENCODING_BASE58', 'base58 checksum does not match')
  return payload
}
