import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { ParsedJwt } from '@hufu/credentials'
import { joseAlgorithm, type PublicKey, publicKeyToJwk } from '@hufu/keys'

const imported = new WeakMap<PublicKey, KeyObject>()

/**
 * Tells whether a JWT's signature is the key's, on this thread: between two servers the way to another thread and back takes as long as the check. The
 * algorithm is the key's own, and the header's must be the same (RFC 8725 §3.1).
 */
export function isSignedBy(
  { algorithm, signingInput, signature }: Pick<ParsedJwt, 'algorithm' | 'signingInput' | 'signature'>,
  key: PublicKey,
): boolean {
  if (joseAlgorithm[key.algorithm] !== algorithm || signature.length !== 64) return false
  const object = imported.get(key) ?? importKey(key)
  return key.algorithm === 'P-256'
    ? verify('sha256', signingInput, { key: object, dsaEncoding: 'ieee-p1363' }, signature)
    : verify(null, signingInput, object, signature)
}

function importKey(key: PublicKey): KeyObject {
  const object = createPublicKey({ key: { ...publicKeyToJwk(key) }, format: 'jwk' })
  imported.set(key, object)
  return object
}
