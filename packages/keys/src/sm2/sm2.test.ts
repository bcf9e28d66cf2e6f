import { bytesToBase64url, bytesToHex, hexToBytes, randomBytes, utf8ToBytes } from '@hufu/primitives'
import { assert, asyncProperty, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { publicKeyFromJwk, publicKeyToJwk } from '../public-key.ts'
import { generateSecret, generateSigner, importSigner } from '../signer.ts'
import { isSignatureValid } from '../verify-signature.ts'
import { sm2Curve } from './sm2-curve.ts'
import { defaultSm2Id, sm2Digest } from './sm2-digest.ts'
import {
  parseSm2PublicKey,
  sm2JwkThumbprint,
  sm2PublicKeyFromJwk,
  sm2PublicKeyFromSpki,
  sm2PublicKeyToJwk,
  sm2PublicKeyToSpki,
} from './sm2-public-key.ts'
import { sm2SignatureFromDer, sm2SignatureToDer } from './sm2-signature-form.ts'
import { generateSm2Secret, importSm2Signer, sm2SecretToJwk, sm2SignerFromJwk } from './sm2-signer.ts'
import { isSm2SignatureValid } from './verify-sm2-signature.ts'

const malformed = expect.objectContaining({ code: 'ERR_KEY_MALFORMED' })
const otherAlgorithm = expect.objectContaining({ code: 'ERR_KEY_ALGORITHM' })

/** GM/T 0003.5-2012 (GB/T 32918.5-2017) appendix A.2: signature over the recommended curve. */
const standard = {
  secret: '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8',
  x: '09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020',
  y: 'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  message: utf8ToBytes('message digest'),
  digest: 'f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640',
  signature:
    'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' + 'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
}
const key = parseSm2PublicKey(hexToBytes(`04${standard.x}${standard.y}`))
const signer = importSm2Signer(hexToBytes(standard.secret))
const signature = hexToBytes(standard.signature)

const order = numberToBytes(sm2Curve.order)

function numberToBytes(number: bigint): Uint8Array {
  return hexToBytes(number.toString(16).padStart(64, '0'))
}

/** A point of the curve whose x is a few units only. */
function pointWithSmallX(): [bigint, bigint] {
  const { prime } = sm2Curve
  const [a, b] = [BigInt(`0x${sm2Curve.a}`), BigInt(`0x${sm2Curve.b}`)]
  for (let x = 0n; ; x++) {
    const square = (x ** 3n + a * x + b) % prime
    const y = power(square, (prime + 1n) / 4n, prime)
    if ((y * y) % prime === square) return [x, y]
  }
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (const digit of exponent.toString(2)) result = (((result * result) % modulus) * (digit === '1' ? base : 1n)) % modulus
  return result
}

/** A copy with one bit turned. */
function turned(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = new Uint8Array(bytes)
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

describe('the example of GM/T 0003.5', () => {
  test('has its public key, its digest, and its signature', () => {
    expect(signer.publicKey.bytes).toEqual(key.bytes)
    expect(bytesToHex(sm2Digest(key, standard.message))).toBe(standard.digest)
    expect(isSm2SignatureValid(key, standard.message, signature)).toBe(true)
  })

  test('is refused with any bit of the signature turned', () => {
    for (let bit = 0; bit < 512; bit += 7) expect(isSm2SignatureValid(key, standard.message, turned(signature, bit))).toBe(false)
  })

  test('is refused for another message, identifier or key', () => {
    expect(isSm2SignatureValid(key, turned(standard.message, 3), signature)).toBe(false)
    expect(isSm2SignatureValid(key, standard.message, signature, { id: '' })).toBe(false)
    expect(isSm2SignatureValid(key, standard.message, signature, { id: `${defaultSm2Id}0` })).toBe(false)
    expect(isSm2SignatureValid(key, standard.message, signature, { id: defaultSm2Id })).toBe(true)
    expect(isSm2SignatureValid(importSm2Signer(generateSm2Secret()).publicKey, standard.message, signature)).toBe(false)
  })

  test('is refused where the digest stands for the message', () => {
    expect(isSm2SignatureValid(key, hexToBytes(standard.digest), signature)).toBe(false)
  })
})

describe('signatures', () => {
  test('are only for their message, key and identifier', async () => {
    await assert(
      asyncProperty(uint8Array({ maxLength: 200 }), async message => {
        const made = await signer.sign(message, { id: '招商' })
        expect(made).toHaveLength(64)
        expect(isSm2SignatureValid(key, message, made, { id: '招商' })).toBe(true)
        expect(isSm2SignatureValid(key, message, made)).toBe(false)
        expect(isSm2SignatureValid(key, new Uint8Array([...message, 0]), made, { id: '招商' })).toBe(false)
      }),
      { numRuns: 20 },
    )
  })

  test('differ each time', async () => {
    expect(await signer.sign(standard.message)).not.toEqual(await signer.sign(standard.message))
  })

  test.each([
    ['r of zero', new Uint8Array(32), signature.subarray(32)],
    ['s of zero', signature.subarray(0, 32), new Uint8Array(32)],
    ['r of the order', order, signature.subarray(32)],
    ['s of the order', signature.subarray(0, 32), order],
    ['r and s that add up to the order', numberToBytes(1n), numberToBytes(sm2Curve.order - 1n)],
    ['all ones', new Uint8Array(32).fill(255), new Uint8Array(32).fill(255)],
  ])('with %s are refused', (_, r, s) => {
    expect(isSm2SignatureValid(key, standard.message, new Uint8Array([...r, ...s]))).toBe(false)
  })

  test('of another length are refused', () => {
    for (const length of [0, 32, 63, 65, 128])
      expect(isSm2SignatureValid(key, standard.message, new Uint8Array(length).fill(1))).toBe(false)
  })
})

describe('signatures in DER', () => {
  test('read back as they were, whatever their leading zeros', async () => {
    await assert(
      property(uint8Array({ minLength: 64, maxLength: 64 }), bytes => {
        for (const zeros of [0, 1, 5, 31]) {
          const raw = new Uint8Array(bytes).fill(0, 0, zeros).fill(0, 32, 32 + zeros)
          expect(sm2SignatureFromDer(sm2SignatureToDer(raw))).toEqual(raw)
        }
      }),
    )
  })

  test('are verified, and the raw form is not taken for it', () => {
    const der = sm2SignatureToDer(signature)
    expect(isSm2SignatureValid(key, standard.message, der, { form: 'der' })).toBe(true)
    expect(isSm2SignatureValid(key, standard.message, der)).toBe(false)
    expect(isSm2SignatureValid(key, standard.message, signature, { form: 'der' })).toBe(false)
  })

  const der = sm2SignatureToDer(signature)
  const short = sm2SignatureToDer(Uint8Array.from({ length: 64 }, (_, index) => (index % 32 === 31 ? 1 : 0)))
  test.each([
    ['nothing', new Uint8Array(0)],
    ['a byte after it', new Uint8Array([...der, 0])],
    ['its last byte gone', der.slice(0, -1)],
    ['a long length', Uint8Array.of(0x30, 0x81, der.length - 2, ...der.subarray(2))],
    ['an indefinite length', Uint8Array.of(0x30, 0x80, ...der.subarray(2), 0, 0)],
    ['a set in place of the sequence', Uint8Array.of(0x31, ...der.subarray(1))],
    ['a third integer', Uint8Array.of(0x30, short.length + 1, ...short.subarray(2), 2, 1, 1)],
    ['one integer', Uint8Array.of(0x30, 3, 2, 1, 1)],
    ['a leading zero too many', Uint8Array.of(0x30, 7, 2, 2, 0, 1, 2, 1, 1)],
    ['a negative number', Uint8Array.of(0x30, 6, 2, 1, 0x80, 2, 1, 1)],
    ['an empty integer', Uint8Array.of(0x30, 5, 2, 0, 2, 1, 1)],
    ['an octet string', Uint8Array.of(0x30, 6, 4, 1, 1, 2, 1, 1)],
  ])('with %s are refused', (_, bytes) => {
    expect(() => sm2SignatureFromDer(bytes)).toThrow(expect.objectContaining({ code: 'ERR_ENCODING_BINARY' }))
    expect(isSm2SignatureValid(key, standard.message, bytes, { form: 'der' })).toBe(false)
  })

  test('of 33 bytes a number are refused', () => {
    const number = [2, 33, 1, ...new Uint8Array(32)]
    expect(() => sm2SignatureFromDer(Uint8Array.of(0x30, 70, ...number, ...number))).toThrow(
      expect.objectContaining({ code: 'ERR_ENCODING_BINARY' }),
    )
  })
})

describe('secrets', () => {
  test.each([
    ['zero', new Uint8Array(32)],
    ['the order', order],
    ['the order less one, for which 1 + d has no inverse', numberToBytes(sm2Curve.order - 1n)],
    ['a byte less', hexToBytes(standard.secret).slice(1)],
    ['a byte more', new Uint8Array([0, ...hexToBytes(standard.secret)])],
  ])('of %s are refused', (_, secret) => {
    expect(() => importSm2Signer(secret)).toThrow(malformed)
  })

  test('of one and of the order less two are the least and the greatest', async () => {
    for (const number of [1n, sm2Curve.order - 2n]) {
      const edge = importSm2Signer(numberToBytes(number))
      expect(isSm2SignatureValid(edge.publicKey, standard.message, await edge.sign(standard.message))).toBe(true)
    }
  })

  test('are new each time', () => {
    expect(generateSm2Secret()).not.toEqual(generateSm2Secret())
    expect(generateSm2Secret()).toHaveLength(32)
  })

  test('do not change when the bytes they came from are wiped', async () => {
    const secret = generateSm2Secret()
    const kept = importSm2Signer(secret)
    secret.fill(0)
    expect(isSm2SignatureValid(kept.publicKey, standard.message, await kept.sign(standard.message))).toBe(true)
  })

  test('as a JWK read back, and only with their own public key', async () => {
    const jwk = sm2SecretToJwk(hexToBytes(standard.secret))
    expect(jwk).toEqual({ ...sm2PublicKeyToJwk(key), d: bytesToBase64url(hexToBytes(standard.secret)) })
    const again = sm2SignerFromJwk(jwk)
    expect(isSm2SignatureValid(key, standard.message, await again.sign(standard.message))).toBe(true)
    const other = sm2SecretToJwk(generateSm2Secret())
    for (const wrong of [
      { ...jwk, d: other.d },
      { ...jwk, d: undefined },
      { ...jwk, d: 'AA' },
      { ...other, d: jwk.d },
    ])
      expect(() => sm2SignerFromJwk(wrong)).toThrow(malformed)
    expect(() => sm2SignerFromJwk({ ...jwk, crv: 'P-256' })).toThrow(otherAlgorithm)
  })
})

describe('public keys', () => {
  test('as JWK and SubjectPublicKeyInfo', () => {
    const jwk = sm2PublicKeyToJwk(key)
    expect(jwk).toEqual({ kty: 'EC', crv: 'SM2', x: bytesToBase64url(hexToBytes(standard.x)), y: bytesToBase64url(hexToBytes(standard.y)) })
    expect(sm2PublicKeyFromJwk({ ...jwk, kid: '1', alg: 'SM2SM3' })).toEqual(key)
    expect(sm2PublicKeyFromSpki(sm2PublicKeyToSpki(key))).toEqual(key)
    expect(sm2JwkThumbprint(key)).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(sm2JwkThumbprint(key)).not.toBe(sm2JwkThumbprint(importSm2Signer(generateSm2Secret()).publicKey))
  })

  test.each([
    ['compressed', `02${standard.x}`],
    ['without their first byte', `${standard.x}${standard.y}`],
    ['in the hybrid form', `07${standard.x}${standard.y}`],
    ['with the last bit turned', `04${standard.x}${standard.y.slice(0, -1)}2`],
    ['at the origin', `04${'00'.repeat(64)}`],
    ['with x at the field prime', `04${sm2Curve.prime.toString(16)}${standard.y}`],
    ['with a byte more', `04${standard.x}${standard.y}00`],
    ['at infinity', '00'],
    ['of nothing', ''],
  ])('%s are refused', (_, hex) => {
    expect(() => parseSm2PublicKey(hexToBytes(hex))).toThrow(malformed)
  })

  test('with a coordinate above the field prime are refused, though it stands for the same point', () => {
    const { prime } = sm2Curve
    const [x, y] = pointWithSmallX()
    const bytesOf = (number: bigint) => new Uint8Array([4, ...numberToBytes(number), ...numberToBytes(y)])
    expect(parseSm2PublicKey(bytesOf(x)).bytes).toEqual(bytesOf(x))
    expect(() => parseSm2PublicKey(bytesOf(x + prime))).toThrow(malformed)
  })

  test('do not change when the bytes they were parsed from change', () => {
    const bytes = new Uint8Array(key.bytes)
    const parsed = parseSm2PublicKey(bytes)
    bytes.fill(0)
    expect(parsed).toEqual(key)
  })

  test('are kept, and forgotten after 64 others', () => {
    const again = parseSm2PublicKey(key.bytes)
    expect(parseSm2PublicKey(key.bytes)).toBe(again)
    for (let number = 2n; number < 66n; number++) importSm2Signer(numberToBytes(number))
    expect(parseSm2PublicKey(key.bytes)).not.toBe(again)
    expect(parseSm2PublicKey(key.bytes)).toEqual(again)
  })

  const jwk = sm2PublicKeyToJwk(key)
  test.each([
    { ...jwk, x: jwk.y, y: jwk.x },
    { ...jwk, y: jwk.x },
    { ...jwk, y: undefined },
    { ...jwk, x: `${jwk.x}=` },
    { ...jwk, x: 7 },
    null,
    [jwk],
  ])('refuses the JWK %j', wrong => {
    expect(() => sm2PublicKeyFromJwk(wrong)).toThrow(malformed)
  })

  test.each([
    { ...jwk, d: 'AA' },
    { kty: 'oct', k: 'AA' },
  ])('refuses private members: %j', wrong => {
    expect(() => sm2PublicKeyFromJwk(wrong)).toThrow(expect.objectContaining({ code: 'ERR_KEY_PRIVATE_MEMBER' }))
  })

  test.each([
    { ...jwk, crv: 'P-256' },
    { ...jwk, crv: 'sm2' },
    { ...jwk, kty: 'OKP' },
    { ...jwk, alg: 'ES256' },
    { ...jwk, alg: 'none' },
  ])('refuses other algorithms: %j', wrong => {
    expect(() => sm2PublicKeyFromJwk(wrong)).toThrow(otherAlgorithm)
  })
})

describe('between the suites', () => {
  test('a key of one curve is none of the other, whatever name it is given', async () => {
    const p256 = publicKeyToJwk((await generateSigner('P-256')).publicKey)
    expect(() => sm2PublicKeyFromJwk({ ...p256, crv: 'SM2' })).toThrow(malformed)
    expect(() => sm2PublicKeyFromJwk(p256)).toThrow(otherAlgorithm)
    expect(() => publicKeyFromJwk({ ...sm2PublicKeyToJwk(key), crv: 'P-256' })).toThrow(malformed)
    expect(() => publicKeyFromJwk(sm2PublicKeyToJwk(key))).toThrow(otherAlgorithm)
  })

  test('the same secret has another key on each, and neither verifies what the other signed', async () => {
    const secret = generateSecret('P-256')
    const ours = await importSigner('P-256', secret)
    const theirs = importSm2Signer(secret)
    const message = randomBytes(50)
    expect(isSm2SignatureValid(theirs.publicKey, message, await theirs.sign(message))).toBe(true)
    expect(isSm2SignatureValid(theirs.publicKey, message, await ours.sign(message))).toBe(false)
    expect(await isSignatureValid(ours.publicKey, message, await theirs.sign(message))).toBe(false)
  })

  test('SubjectPublicKeyInfo of P-256 is refused', async () => {
    const { publicKey } = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair
    const der = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey))
    expect(() => sm2PublicKeyFromSpki(der)).toThrow(otherAlgorithm)
    expect(() => sm2PublicKeyFromSpki(new Uint8Array([...sm2PublicKeyToSpki(key), 0]))).toThrow(malformed)
  })
})
