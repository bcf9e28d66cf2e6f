import { EncodingError } from './errors.ts'

const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const urlSafe = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Base64 with padding (RFC 4648 §4), as Neo's JSON-RPC uses. */
export function bytesToBase64(bytes: Uint8Array): string {
  return encode(bytes, standard, true)
}

/** Base64url without padding (RFC 4648 §5, RFC 7515 §2). */
export function bytesToBase64url(bytes: Uint8Array): string {
  return encode(bytes, urlSafe, false)
}

/** Bytes of padded base64; canonical form only. @throws EncodingError `ERR_ENCODING_BASE64` */
export function base64ToBytes(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 4 !== 0) throw notCanonical()
  return decode(text.replace(/={1,2}$/, ''), standardValues, text.length)
}

/** Bytes of unpadded base64url; canonical form only (no padding, no stray bits), so that one value has one text. @throws EncodingError `ERR_ENCODING_BASE64` */
export function base64urlToBytes(text: string): Uint8Array<ArrayBuffer> {
  return decode(text, urlSafeValues)
}

const standardValues = valuesOf(standard)
const urlSafeValues = valuesOf(urlSafe)

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1)
  for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value
  return values
}

function encode(bytes: Uint8Array, alphabet: string, padded: boolean): string {
  let text = ''
  let index = 0
  for (; index + 2 < bytes.length; index += 3) {
    const group = (bytes[index]! << 16) | (bytes[index + 1]! << 8) | bytes[index + 2]!
    text += alphabet[group >> 18]! + alphabet[(group >> 12) & 63]! + alphabet[(group >> 6) & 63]! + alphabet[group & 63]!
  }
  const rest = bytes.length - index
  if (rest === 1) {
    const group = bytes[index]!
    text += alphabet[group >> 2]! + alphabet[(group & 3) << 4]! + (padded ? '==' : '')
  } else if (rest === 2) {
    const group = (bytes[index]! << 8) | bytes[index + 1]!
    text += alphabet[group >> 10]! + alphabet[(group >> 4) & 63]! + alphabet[(group & 15) << 2]! + (padded ? '=' : '')
  }
  return text
}

function decode(text: string, values: Int8Array, paddedLength?: number): Uint8Array<ArrayBuffer> {
  const rest = text.length % 4
  if (rest === 1 || (paddedLength !== undefined && paddedLength - text.length !== (4 - rest) % 4)) throw notCanonical()
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let offset = 0
  let buffer = 0
  let bits = 0
  for (let index = 0; index < text.length; index++) {
    const charCode = text.charCodeAt(index)
    const value = charCode < 128 ? values[charCode]! : -1
    if (value < 0) throw notCanonical()
    buffer = ((buffer << 6) | value) & 0xfff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[offset++] = (buffer >> bits) & 0xff
    }
  }
  if ((buffer & ((1 << bits) - 1)) !== 0) throw notCanonical()
  return bytes
}

function notCanonical(): EncodingError {
  return new EncodingError('ERR_ENCODING_BASE64', 'expected canonical base64')
}
