import { concatBytes, EncodingError } from '@hufu/primitives'

const numberSize = 32

/**
 * A signature r‖s as DER, a sequence of two integers (GM/T 0009-2012 §7.3): the form of certificates and of most services.
 *
 * @param signature - 64 bytes
 * @returns 8 to 72 bytes
 */
export function sm2SignatureToDer(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  if (signature.length !== 2 * numberSize) throw new TypeError('signature: expected 64 bytes')
  const content = concatBytes(integerOf(signature.subarray(0, numberSize)), integerOf(signature.subarray(numberSize)))
  return concatBytes(Uint8Array.of(0x30, content.length), content)
}

function integerOf(number: Uint8Array): Uint8Array {
  let start = 0
  while (start < numberSize - 1 && number[start] === 0) start++
  const digits = number.subarray(start)
  const positive = digits[0]! >= 0x80 ? concatBytes(Uint8Array.of(0), digits) : digits
  return concatBytes(Uint8Array.of(0x02, positive.length), positive)
}

/**
 * A signature out of DER, which has one form only: shortest lengths and numbers, nothing after them.
 *
 * @returns 64 bytes, r‖s
 * @throws EncodingError `ERR_ENCODING_BINARY`
 */
export function sm2SignatureFromDer(der: Uint8Array): Uint8Array<ArrayBuffer> {
  if (der[0] !== 0x30 || der[1] !== der.length - 2 || der.length > 72) throw notDer()
  const content = der.subarray(2)
  const r = readInteger(content)
  const s = readInteger(content.subarray(r.end))
  if (r.end + s.end !== content.length) throw notDer()
  return concatBytes(r.number, s.number)
}

function readInteger(bytes: Uint8Array): { number: Uint8Array; end: number } {
  const length = bytes[1] ?? 0
  const digits = bytes.subarray(2, 2 + length)
  const [first = 0, second = 0] = digits
  const shortest = first < 0x80 && (first !== 0 || digits.length === 1 || second >= 0x80)
  if (bytes[0] !== 0x02 || length === 0 || digits.length !== length || !shortest) throw notDer()
  const magnitude = first === 0 ? digits.subarray(1) : digits
  if (magnitude.length > numberSize) throw notDer()
  return { number: concatBytes(new Uint8Array(numberSize - magnitude.length), magnitude), end: 2 + length }
}

function notDer(): EncodingError {
  return new EncodingError('ERR_ENCODING_BINARY', 'expected an SM2 signature in DER')
}
