import { base64ToBytes, bytesToBase64, bytesToHex, hexToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import vectors from '../../../primitives/vectors/fastjson/fastjson-1.2.83.json' with { type: 'json' }
import { isBsnSignatureValid, secp256k1KeyOf, signAsBsn } from './bsn-signature.ts'
import {
  ethereumAddressOf,
  parseSecp256k1Key,
  secp256k1FromDecimal,
  secp256k1FromJwk,
  secp256k1FromMultikey,
  secp256k1ToDecimal,
  secp256k1ToJwk,
  secp256k1ToMultikey,
} from './secp256k1-key.ts'

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

// Made with BouncyCastle: packages/primitives/vectors/fastjson.
const signed = vectors.credentials.map(({ publicKey, signed: text, credential }) => ({
  publicKey,
  text,
  signature: (JSON.parse(credential) as { proof: { signatureValue: string } }).proof.signatureValue,
}))

test('signatures of another program hold', () => {
  for (const { publicKey, text, signature } of signed)
    expect(isBsnSignatureValid(secp256k1FromDecimal(publicKey), text, signature)).toBe(true)
})

test('and none with a bit flipped, every third tried, over another text, or of another key', () => {
  const [{ publicKey, text, signature }, other] = signed as [(typeof signed)[number], (typeof signed)[number]]
  const key = secp256k1FromDecimal(publicKey)
  const bytes = base64ToBytes(signature)
  for (let bit = 0; bit < bytes.length * 8; bit += 3) {
    const flipped = Uint8Array.from(bytes, (byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
    expect(isBsnSignatureValid(key, text, bytesToBase64(flipped))).toBe(false)
  }
  expect(isBsnSignatureValid(key, `${text} `, signature)).toBe(false)
  expect(isBsnSignatureValid(secp256k1FromDecimal(other.publicKey), text, signature)).toBe(false)
  expect(isBsnSignatureValid(key, text, '')).toBe(false)
  expect(isBsnSignatureValid(key, text, 'not base64')).toBe(false)
  expect(isBsnSignatureValid(key, text, bytesToBase64(bytes.subarray(0, 64)))).toBe(false)
})

test('of a signature and its mirror image only one holds', () => {
  const { publicKey, text, signature } = signed[0]!
  const bytes = base64ToBytes(signature)
  const s = order - BigInt(`0x${bytesToHex(bytes.subarray(32, 64))}`)
  const mirrored = Uint8Array.from([...bytes.subarray(0, 32), ...hexToBytes(s.toString(16).padStart(64, '0')), 55 - bytes[64]!])
  expect(isBsnSignatureValid(secp256k1FromDecimal(publicKey), text, bytesToBase64(mirrored))).toBe(false)
})

test('signs as they do', () => {
  const secret = new Uint8Array(32).fill(7)
  expect(isBsnSignatureValid(secp256k1KeyOf(secret), 'text', signAsBsn(secret, 'text'))).toBe(true)
})

test('a key has one form of each kind', () => {
  const key = secp256k1KeyOf(new Uint8Array(32).fill(1))
  expect(bytesToHex(ethereumAddressOf(key))).toBe('1a642f0e3c3af545e7acbd38b07251b3990914f1')
  for (const again of [
    secp256k1FromDecimal(secp256k1ToDecimal(key)),
    secp256k1FromJwk({ ...secp256k1ToJwk(key) }),
    secp256k1FromMultikey(secp256k1ToMultikey(key)),
    parseSecp256k1Key(key.bytes),
  ])
    expect(again).toEqual(key)
})

test.each([
  ['no digits', () => secp256k1FromDecimal('')],
  ['hexadecimal', () => secp256k1FromDecimal('0x12')],
  ['a zero in front', () => secp256k1FromDecimal(`0${secp256k1ToDecimal(secp256k1KeyOf(new Uint8Array(32).fill(1)))}`)],
  [
    'a point beside the curve',
    () => secp256k1FromDecimal(String(BigInt(secp256k1ToDecimal(secp256k1KeyOf(new Uint8Array(32).fill(1)))) + 1n)),
  ],
  ['more than 64 bytes', () => secp256k1FromDecimal(String(1n << 512n))],
  [
    'the digits of a key and one more, in hexadecimal',
    () => secp256k1FromDecimal(String(BigInt(secp256k1ToDecimal(secp256k1KeyOf(new Uint8Array(32).fill(1)))) * 16n + 5n)),
  ],
  ['a JWK of another curve', () => secp256k1FromJwk({ kty: 'EC', crv: 'P-256', x: '', y: '' })],
  ['a private JWK', () => secp256k1FromJwk({ ...secp256k1ToJwk(secp256k1KeyOf(new Uint8Array(32).fill(1))), d: 'AQ' })],
  ['a Multikey of another curve', () => secp256k1FromMultikey('z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp')],
  ['32 bytes', () => parseSecp256k1Key(new Uint8Array(32))],
])('is refused as a key: %s', (_, make) => {
  expect(make).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_KEY_/) }))
})
