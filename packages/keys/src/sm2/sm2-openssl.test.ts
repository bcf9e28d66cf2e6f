import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { concatBytes, hexToBytes, randomBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { sm2PublicKeyToSpki } from './sm2-public-key.ts'
import { sm2SignatureToDer } from './sm2-signature-form.ts'
import { generateSm2Secret, importSm2Signer } from './sm2-signer.ts'
import { isSm2SignatureValid } from './verify-sm2-signature.ts'

/** A private key as PKCS#8 in DER (RFC 5958), its curve that of SM2, its public key within. */
const pkcs8 = (secret: Uint8Array, point: Uint8Array) =>
  concatBytes(
    hexToBytes('308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420'),
    secret,
    hexToBytes('a144034200'),
    point,
  )

// Node gives OpenSSL no identifier, so OpenSSL takes an empty one.
test('OpenSSL verifies what we sign with an empty identifier, and we what it signs', async () => {
  for (let round = 0; round < 5; round++) {
    const secret = generateSm2Secret()
    const signer = importSm2Signer(secret)
    const { publicKey } = signer
    const message = randomBytes(100 * round)
    const theirKey = createPublicKey({ key: Buffer.from(sm2PublicKeyToSpki(publicKey)), format: 'der', type: 'spki' })
    const ours = await signer.sign(message, { id: '' })
    expect(verify('sm3', message, theirKey, sm2SignatureToDer(ours))).toBe(true)
    expect(verify('sm3', message, theirKey, sm2SignatureToDer(await signer.sign(message)))).toBe(false)
    const theirs = sign(
      'sm3',
      message,
      createPrivateKey({ key: Buffer.from(pkcs8(secret, publicKey.bytes)), format: 'der', type: 'pkcs8' }),
    )
    expect(isSm2SignatureValid(publicKey, message, theirs, { id: '', form: 'der' })).toBe(true)
    expect(isSm2SignatureValid(publicKey, message, theirs, { form: 'der' })).toBe(false)
  }
})
