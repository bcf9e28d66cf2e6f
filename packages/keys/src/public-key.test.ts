import { bytesToBase64url, bytesToHex, hexToBytes } from '@hufu/primitives'
import { assert, constantFrom, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  jwkThumbprint,
  parsePublicKey,
  publicKeyFromJwk,
  publicKeyFromMultikey,
  publicKeyToJwk,
  publicKeyToMultikey,
} from './public-key.ts'

const malformed = expect.objectContaining({ code: 'ERR_KEY_MALFORMED' })
const otherAlgorithm = expect.objectContaining({ code: 'ERR_KEY_ALGORITHM' })

// RFC 7517 appendix A.1
const p256Jwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
} as const
// RFC 8037 appendix A.2
const ed25519Jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' } as const

describe('public keys', () => {
  test.each([p256Jwk, ed25519Jwk])('as JWK and Multikey: $crv', jwk => {
    const key = publicKeyFromJwk(jwk)
    expect(key.algorithm).toBe(jwk.crv)
    expect(publicKeyToJwk(key)).toEqual(jwk)
    expect(publicKeyFromMultikey(publicKeyToMultikey(key))).toEqual(key)
    expect(parsePublicKey(key.algorithm, key.bytes)).toEqual(key)
  })

  // did:key method, test vectors of P-256 and Ed25519.
  test.each([
    ['P-256', 'zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169'],
    ['Ed25519', 'z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'],
  ])('reads the %s Multikey %s', (algorithm, text) => {
    const key = publicKeyFromMultikey(text)
    expect([key.algorithm, publicKeyToMultikey(key)]).toEqual([algorithm, text])
  })

  test('has the thumbprint of RFC 8037 appendix A.3', () => {
    expect(jwkThumbprint(publicKeyFromJwk(ed25519Jwk))).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })

  test('is compressed in bytes, by the parity of y', () => {
    const { bytes } = publicKeyFromJwk(p256Jwk)
    expect(bytesToHex(bytes)).toBe('0330a0424cd21c2944838a2d75c92b37e76ea20d9f00893a3b4eee8a3c0aafec3e')
  })

  test('does not change when the bytes it was parsed from change', () => {
    const bytes = publicKeyFromJwk(p256Jwk).bytes.slice()
    const key = parsePublicKey('P-256', bytes)
    bytes.fill(0)
    expect(publicKeyToJwk(key)).toEqual(p256Jwk)
  })
})

describe('parsePublicKey', () => {
  test('refuses every other length', () => {
    const [p256, ed25519] = [publicKeyFromJwk(p256Jwk).bytes, publicKeyFromJwk(ed25519Jwk).bytes]
    for (const bytes of [p256.slice(1), new Uint8Array([...p256, 0]), new Uint8Array(0)])
      expect(() => parsePublicKey('P-256', bytes)).toThrow(malformed)
    for (const bytes of [ed25519.slice(1), new Uint8Array([...ed25519, 0]), p256])
      expect(() => parsePublicKey('Ed25519', bytes)).toThrow(malformed)
  })

  test('of bytes by chance, either refuses them or gives a key that reads back', async () => {
    await assert(
      property(constantFrom('P-256', 'Ed25519'), uint8Array({ minLength: 32, maxLength: 32 }), (algorithm, random) => {
        const bytes = algorithm === 'P-256' ? Uint8Array.of(2, ...random) : random
        let key: ReturnType<typeof parsePublicKey>
        try {
          key = parsePublicKey(algorithm, bytes)
        } catch (error) {
          expect(error).toEqual(malformed)
          return
        }
        expect(publicKeyFromJwk(publicKeyToJwk(key)).bytes).toEqual(key.bytes)
      }),
    )
  })

  test.each([
    ['the uncompressed form', 'P-256', `04${'30a0424cd21c2944838a2d75c92b37e76ea20d9f00893a3b4eee8a3c0aafec3e'}`],
    ['x at the field prime', 'P-256', '02ffffffff00000001000000000000000000000000ffffffffffffffffffffffff'],
    ['the point at infinity', 'P-256', '00'.repeat(33)],
    ['the neutral point', 'Ed25519', `01${'00'.repeat(31)}`],
    ['a point of order 4', 'Ed25519', '00'.repeat(32)],
    ['a point of order 8', 'Ed25519', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['y above the field prime', 'Ed25519', `ee${'ff'.repeat(30)}7f`],
  ] as const)('refuses %s', (_, algorithm, hex) => {
    expect(() => parsePublicKey(algorithm, hexToBytes(hex))).toThrow(malformed)
  })
})

describe('publicKeyFromJwk', () => {
  test('lets further members stand', () => {
    expect(publicKeyFromJwk({ ...p256Jwk, kid: '1', use: 'sig', alg: 'ES256' })).toEqual(publicKeyFromJwk(p256Jwk))
  })

  test.each([
    { ...p256Jwk, d: 'AA' },
    { ...ed25519Jwk, d: '' },
    { kty: 'oct', k: 'AA' },
  ])('refuses private members: %j', jwk => {
    expect(() => publicKeyFromJwk(jwk)).toThrow(expect.objectContaining({ code: 'ERR_KEY_PRIVATE_MEMBER' }))
  })

  test.each([
    { ...p256Jwk, crv: 'secp256k1' },
    { ...p256Jwk, kty: 'OKP' },
    { ...ed25519Jwk, crv: 'X25519' },
    { kty: 'RSA', n: 'AQ', e: 'AQAB' },
    {},
  ])('refuses other algorithms: %j', jwk => {
    expect(() => publicKeyFromJwk(jwk)).toThrow(otherAlgorithm)
  })

  const shortX = bytesToBase64url(new Uint8Array(31).fill(1))
  test.each([
    null,
    'key',
    [p256Jwk],
    { ...p256Jwk, x: p256Jwk.y, y: p256Jwk.x },
    { ...p256Jwk, y: p256Jwk.x },
    { ...p256Jwk, y: undefined },
    { ...p256Jwk, x: shortX },
    { ...p256Jwk, x: `${p256Jwk.x}=` },
    { ...p256Jwk, x: 7 },
    { ...ed25519Jwk, x: shortX },
    { ...ed25519Jwk, x: 'é'.repeat(43) },
  ])('refuses %j', jwk => {
    expect(() => publicKeyFromJwk(jwk)).toThrow(malformed)
  })

  test('refuses the negative of the point in one coordinate', () => {
    const prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
    const y = BigInt(`0x${Buffer.from(p256Jwk.y, 'base64url').toString('hex')}`)
    const negative = publicKeyFromJwk({
      ...p256Jwk,
      y: Buffer.from((prime - y).toString(16).padStart(64, '0'), 'hex').toString('base64url'),
    })
    expect(negative.bytes[0]).toBe(2)
    const beyond = Buffer.from((y + 1n).toString(16).padStart(64, '0'), 'hex').toString('base64url')
    expect(() => publicKeyFromJwk({ ...p256Jwk, y: beyond })).toThrow(malformed)
  })
})

describe('publicKeyFromMultikey', () => {
  const multikey = publicKeyToMultikey(publicKeyFromJwk(ed25519Jwk))

  test.each(['', 'z', multikey.slice(1), `u${multikey.slice(1)}`, `${multikey}0`, `${multikey}\n`, 'z'.repeat(1000)])(
    'refuses the form of %j',
    text => {
      expect(() => publicKeyFromMultikey(text)).toThrow(malformed)
    },
  )

  test('refuses other kinds of keys', () => {
    // did:key method, test vectors of secp256k1 and X25519.
    expect(() => publicKeyFromMultikey('zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme')).toThrow(otherAlgorithm)
    expect(() => publicKeyFromMultikey('z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F')).toThrow(otherAlgorithm)
  })
})
