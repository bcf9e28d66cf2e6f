import { base64urlToBytes, errorCode } from '@hufu/primitives'
import { KeyError } from './errors.ts'

/** A coordinate of a JWK on a curve of 256 bits (RFC 7518 §6.2.1.2). @throws KeyError `ERR_KEY_MALFORMED` */
export function jwkCoordinate(text: unknown): Uint8Array {
  let bytes: Uint8Array | undefined
  try {
    bytes = typeof text === 'string' ? base64urlToBytes(text) : undefined
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  if (bytes?.length !== 32) throw new KeyError('ERR_KEY_MALFORMED', 'expected JWK coordinates of 32 base64url bytes')
  return bytes
}
