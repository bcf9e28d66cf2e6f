import { bytesToHex, hexToBytes, sm3 } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import ours from '../../vectors/gmsm/ours.json' with { type: 'json' }
import vectors from '../../vectors/gmsm/vectors.json' with { type: 'json' }
import { openSm4Gcm, sealSm4Gcm } from '../sm4/sm4-gcm.ts'
import { defaultSm2Id } from './sm2-digest.ts'
import { parseSm2PublicKey, sm2PublicKeyFromSpki, sm2PublicKeyToSpki } from './sm2-public-key.ts'
import { sm2SignatureFromDer, sm2SignatureToDer } from './sm2-signature-form.ts'
import { importSm2Signer } from './sm2-signer.ts'
import { isSm2SignatureValid } from './verify-sm2-signature.ts'

// vectors/gmsm/README.md tells how they were made.
describe('by another implementation', () => {
  test.each(vectors.sm2.map(vector => ({ vector, name: `${vector.message.length / 2} bytes, id "${vector.id}"` })))(
    'SM2: $name',
    ({ vector }) => {
      const { id } = vector
      const [message, raw, der, spki] = [vector.message, vector.signature, vector.der, vector.spki].map(hexToBytes) as [
        Uint8Array,
        Uint8Array,
        Uint8Array,
        Uint8Array,
      ]
      const key = parseSm2PublicKey(hexToBytes(vector.publicKey))
      expect(importSm2Signer(hexToBytes(vector.secret)).publicKey).toEqual(key)
      expect(sm2PublicKeyFromSpki(spki)).toEqual(key)
      expect(sm2PublicKeyToSpki(key)).toEqual(spki)
      expect(sm2SignatureFromDer(der)).toEqual(raw)
      expect(sm2SignatureToDer(raw)).toEqual(der)
      expect(isSm2SignatureValid(key, message, raw, { id })).toBe(true)
      expect(isSm2SignatureValid(key, message, der, { id, form: 'der' })).toBe(true)
      expect(isSm2SignatureValid(key, message, raw)).toBe(id === defaultSm2Id)
      expect(isSm2SignatureValid(key, sm3(message), raw, { id })).toBe(false)
    },
  )

  test.each(vectors.sm3)('SM3 of $message', ({ message, digest }) => {
    expect(bytesToHex(sm3(hexToBytes(message)))).toBe(digest)
  })

  test.each(vectors.sm4Gcm)('SM4-GCM of $plaintext', ({ plaintext, sealed, ...input }) => {
    const { key, nonce, associatedData } = input
    const bytes = { key: hexToBytes(key), nonce: hexToBytes(nonce), associatedData: hexToBytes(associatedData) }
    expect(bytesToHex(sealSm4Gcm(hexToBytes(plaintext), bytes))).toBe(sealed)
    expect(bytesToHex(openSm4Gcm(hexToBytes(sealed), bytes))).toBe(plaintext)
  })

  test('signatures of ours that it checked are still ours', () => {
    expect(vectors.oursChecked).toBe(ours.length)
    for (const { publicKey, id, message, signature } of ours)
      expect(isSm2SignatureValid(parseSm2PublicKey(hexToBytes(publicKey)), hexToBytes(message), hexToBytes(signature), { id })).toBe(true)
  })
})
