import { parseJwt, signJwt } from '@hufu/credentials'
import type { KeyAlgorithm } from '@hufu/keys'
import { fixedSigner } from '@hufu/testkit'
import { expect, test } from 'vitest'
import { isSignedBy } from './check-signature.ts'

test.each<KeyAlgorithm>(['P-256', 'Ed25519'])('a %s signature is the key’s over just this text', async algorithm => {
  const [signer, other] = await Promise.all([fixedSigner('a', algorithm), fixedSigner('b', algorithm)])
  const jwt = parseJwt(await signJwt({ type: 'x', payload: { a: 1 } }, signer), { type: 'x' })
  const flip = (bytes: Uint8Array<ArrayBuffer>) => bytes.map((byte, index) => (index === 7 ? byte ^ 1 : byte))
  expect(isSignedBy(jwt, signer.publicKey)).toBe(true)
  expect(isSignedBy(jwt, other.publicKey)).toBe(false)
  expect(isSignedBy({ ...jwt, signature: flip(jwt.signature) }, signer.publicKey)).toBe(false)
  expect(isSignedBy({ ...jwt, signingInput: flip(jwt.signingInput) }, signer.publicKey)).toBe(false)
  expect(isSignedBy({ ...jwt, signature: jwt.signature.subarray(1) }, signer.publicKey)).toBe(false)
  expect(isSignedBy({ ...jwt, signature: new Uint8Array(64) }, signer.publicKey)).toBe(false)
  const another = algorithm === 'P-256' ? 'EdDSA' : 'ES256'
  expect(isSignedBy({ ...jwt, algorithm: another }, signer.publicKey)).toBe(false)
})
