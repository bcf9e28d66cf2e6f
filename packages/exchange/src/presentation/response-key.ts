import type { JsonObject } from '@hufu/credentials'
import { jwkThumbprint, publicKeyFromJwk } from '@hufu/keys'

/** A key for one answer, in JWK. */
export interface ResponseKey {
  /** For the request. */
  readonly publicJwk: JsonObject
  /** To be kept sealed until the answer has come, and forgotten then. */
  readonly privateJwk: JsonObject
}

/** Makes a P-256 key to which one answer is encrypted: with a key for each, none opens the answers of another day. */
export async function generateResponseKey(): Promise<ResponseKey> {
  const pair = (await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits'])) as CryptoKeyPair
  const { d, x, y } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  const key = { kty: 'EC', crv: 'P-256', x: x!, y: y! }
  const publicJwk = { ...key, kid: jwkThumbprint(publicKeyFromJwk(key)), use: 'enc', alg: 'ECDH-ES' }
  return { publicJwk, privateJwk: { ...publicJwk, d: d! } }
}
