import { verifyJwt } from '@hufu/credentials'
import {
  isBsnSignatureValid,
  isSignatureValid,
  parsePublicKey,
  parseSecp256k1Key,
  publicKeyFromJwk,
  publicKeyFromMultikey,
  publicKeyToJwk,
  secp256k1FromJwk,
  secp256k1KeyOf,
  secp256k1ToJwk,
  signAsBsn,
} from '@hufu/keys'
import {
  importSm2Signer,
  isSm2SignatureValid,
  parseSm2PublicKey,
  sm2PublicKeyFromJwk,
  sm2PublicKeyToJwk,
  sm2SignatureToDer,
  sm2sm3,
} from '@hufu/keys/sm2'
import { importMacVerifier } from '@hufu/pcn'
import { base64ToBytes, bytesToBase58, bytesToBase64, bytesToBase64url, concatBytes, errorCode, sm3, utf8ToBytes } from '@hufu/primitives'
import { fixedSigner } from '@hufu/testkit'
import { ed25519 } from '@noble/curves/ed25519.js'
import { p256 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { describe, expect, test } from 'vitest'
import { isSignedBy } from '../../apps/institution/src/handover/check-signature.ts'
import { codeOf } from './code-of.ts'
import { credentialTargets } from './fuzz/credential-targets.ts'
import type { JwtTarget } from './fuzz/jwt-target.ts'
import { tokenTargets } from './fuzz/token-targets.ts'
import { damagedForms, derSignature } from './signature-edge-cases/der-forms.ts'
import { bytes32, ecdsaCases } from './signature-edge-cases/ecdsa-cases.ts'
import { ecdsaVerifiers, holds } from './signature-edge-cases/ecdsa-verifiers.ts'
import { ed25519Cases, smallOrderKeys, unreducedKeys } from './signature-edge-cases/ed25519-cases.ts'
import { forgedBySomebody, signedByTheRightKey } from './signature-edge-cases/jose-cases.ts'
import { notJwks, notPoints } from './signature-edge-cases/key-forms.ts'

// Cases as Project Wycheproof has them, made here: each number is computed, none is copied.

const message = utf8ToBytes('a message, and another one 示例')
const numberOf = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)

describe.each(ecdsaVerifiers())('ECDSA: $name', ({ curve, digest, lowSOnly, wholeXOnly, verify }) => {
  const order = curve.Point.Fn.ORDER
  const cases = ecdsaCases(curve, numberOf(digest))

  test('takes what holds, at whatever edge, and nothing else', async () => {
    let valid = 0
    for (const { name, publicKey, r, s, isValid, isWrapped } of cases) {
      const expected = isValid && !(lowSOnly && s > order / 2n) && !(isWrapped && wholeXOnly)
      const found = await verify(publicKey, r, s)
      // What has no form was not taken.
      expect([name, found ?? false]).toEqual([name, expected])
      if (expected) valid++
    }
    expect(valid).toBeGreaterThan(8)
    expect(cases.length).toBeGreaterThan(90)
  })
})

test.each(ecdsaVerifiers().filter(({ verifyDer }) => verifyDer !== undefined))(
  'ECDSA: $name takes the one form of DER, and no other',
  async ({ curve, digest, verifyDer }) => {
    const order = curve.Point.Fn.ORDER
    const { publicKey, r, s } = ecdsaCases(curve, numberOf(digest)).find(({ isValid, s: number }) => isValid && number <= order / 2n)!
    expect(await verifyDer!(publicKey, derSignature(r, s))).toBe(true)
    for (const [name, der] of damagedForms(r, s, order)) expect([name, await verifyDer!(publicKey, der)]).toEqual([name, false])
  },
)

test('a signature of BSN has one spelling: v that fits, canonical base64, 65 bytes', () => {
  const secret = new Uint8Array(32).fill(7)
  const key = secp256k1KeyOf(secret)
  const signature = signAsBsn(secret, 'text')
  const bytes = base64ToBytes(signature)
  expect(isBsnSignatureValid(key, 'text', signature)).toBe(true)
  const others = [
    ...[2, 3, 26, 29, 30, 31, 35, 36, 255].map(v => bytesToBase64(bytes.with(64, v))),
    bytesToBase64(bytes.with(64, bytes[64] === 27 ? 28 : 27)),
    bytesToBase64(bytes.subarray(0, 64)),
    bytesToBase64(concatBytes(bytes, Uint8Array.of(0))),
    bytesToBase64(derSignature(numberOf(bytes.subarray(0, 32)), numberOf(bytes.subarray(32, 64)))),
    signature.replace(/=+$/, ''),
    ` ${signature}`,
    `${signature}\n`,
    bytesToBase64url(bytes),
  ]
  expect(others.map(other => isBsnSignatureValid(key, 'text', other))).toEqual(others.map(() => false))
})

describe('Ed25519', () => {
  const cases = ed25519Cases(message)
  const verifiers = [
    {
      name: 'any signature of ours',
      verify: (key: Uint8Array, signature: Uint8Array) => isSignatureValid(parsePublicKey('Ed25519', key), message, signature),
    },
    {
      name: 'a JWT',
      verify: (key: Uint8Array, signature: Uint8Array) => {
        const jwt = {
          algorithm: 'EdDSA',
          kid: undefined,
          payload: {},
          signingInput: message,
          signature: new Uint8Array(signature),
        } as const
        return holds(() => verifyJwt(jwt, parsePublicKey('Ed25519', key)))
      },
    },
    {
      name: 'a message between institutions',
      verify: async (key: Uint8Array, signature: Uint8Array) =>
        isSignedBy({ algorithm: 'EdDSA', signingInput: message, signature: new Uint8Array(signature) }, parsePublicKey('Ed25519', key)),
    },
  ]

  test.each(verifiers)('$name: takes what holds without the cofactor, S reduced and R in its one form', async ({ verify }) => {
    for (const { name, publicKey, signature, isValid } of cases) expect([name, await verify(publicKey, signature)]).toEqual([name, isValid])
    expect(cases.length).toBeGreaterThan(30)
  })

  test('a verifier that is lenient takes some of these: they are wrong for the reason that they say', () => {
    const taken = cases.filter(
      ({ publicKey, signature, isValid }) => !isValid && signature.length === 64 && isTakenLeniently(signature, publicKey),
    )
    expect(taken.length).toBeGreaterThan(10)
  })

  test.each([...smallOrderKeys(), ...unreducedKeys()])('is no key: %s', (_, key) => {
    const readers = [
      () => parsePublicKey('Ed25519', key),
      () => publicKeyFromJwk({ kty: 'OKP', crv: 'Ed25519', x: bytesToBase64url(key) }),
      () => publicKeyFromMultikey(`z${bytesToBase58(concatBytes(Uint8Array.of(0xed, 0x01), key))}`),
    ]
    expect(readers.map(codeOf)).toEqual(readers.map(() => 'ERR_KEY_MALFORMED'))
  })

  test('a JWK that is none of Ed25519 is refused', async () => {
    const good = publicKeyToJwk((await fixedSigner('edge', 'Ed25519')).publicKey)
    const bad: readonly unknown[] = [
      ...['Ed448', 'X25519', 'P-256', 'ed25519', undefined].map(crv => ({ ...good, crv })),
      ...['EC', 'okp', undefined].map(kty => ({ ...good, kty })),
      ...[`${good.x}=`, good.x.slice(1), `AA${good.x}`, '', 7, [good.x], undefined].map(x => ({ ...good, x })),
      ...[good.x, null, ''].map(d => ({ ...good, d })),
    ]
    expect(publicKeyFromJwk(good).algorithm).toBe('Ed25519')
    for (const jwk of bad) expect([jwk, codeOf(() => publicKeyFromJwk(jwk))]).toEqual([jwk, expect.stringMatching(/^ERR_KEY_/)])
  })
})

describe('SM2', () => {
  const signer = importSm2Signer(new Uint8Array(32).fill(9))
  const key = signer.publicKey
  const order = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n

  test('takes its own signature in both forms, and no numbers at an edge', async () => {
    const signature = await signer.sign(message)
    const [r, s] = [numberOf(signature.subarray(0, 32)), numberOf(signature.subarray(32))]
    const raw = (one: bigint, other: bigint) => concatBytes(bytes32(one), bytes32(other))
    expect([isSm2SignatureValid(key, message, signature), sm2sm3.isSignatureValid(key, message, signature)]).toEqual([true, true])
    expect(isSm2SignatureValid(key, message, sm2SignatureToDer(signature), { form: 'der' })).toBe(true)

    const edges = [0n, 1n, order - 1n, order, order + 1n, 2n ** 256n - 1n]
    const pairs: readonly (readonly [bigint, bigint])[] = [
      ...edges.flatMap(edge => [[edge, s] as const, [r, edge] as const, ...edges.map(other => [edge, other] as const)]),
      [s, r],
      [r, order - s],
      [order - r, s],
      // t = r + s is 0: the key has no part in it.
      ...[r, 1n, order - 1n].map(one => [one, order - one] as const),
    ]
    for (const [one, other] of pairs) expect([one, other, isSm2SignatureValid(key, message, raw(one, other))]).toEqual([one, other, false])
    for (const length of [0, 32, 63, 65, 128])
      expect(isSm2SignatureValid(key, message, concatBytes(signature, signature).subarray(0, length))).toBe(length === 64)

    const mac = importMacVerifier('SM2', key.bytes)
    const ofMac = sm2SignatureToDer(await signer.sign(sm3(utf8ToBytes('text'))))
    const [macR, macS] = readPair(ofMac)
    expect(await mac.isValid('text', bytesToBase64(ofMac))).toBe(true)
    for (const [name, der] of damagedForms(macR, macS, order))
      expect([
        name,
        await mac.isValid('text', bytesToBase64(der)),
        isSm2SignatureValid(key, sm3(utf8ToBytes('text')), der, { form: 'der' }),
      ]).toEqual([name, false, false])
  })

  test('binds key, message and the signer’s identifier', async () => {
    const signature = await signer.sign(message)
    const other = importSm2Signer(new Uint8Array(32).fill(10)).publicKey
    const ids = ['', '1234567812345679', '123456781234567', '12345678123456781234567812345678', 'ALICE123@YAHOO.COM', '示例']
    expect(ids.map(id => isSm2SignatureValid(key, message, signature, { id }))).toEqual(ids.map(() => false))
    for (const id of [...ids, 'x'.repeat(8191)]) {
      const bound = await signer.sign(message, { id })
      expect([id.length, isSm2SignatureValid(key, message, bound, { id }), isSm2SignatureValid(key, message, bound)]).toEqual([
        id.length,
        true,
        false,
      ])
    }
    // Its length is written in bits in two bytes: one more and it would be written as none.
    expect(() => isSm2SignatureValid(key, message, signature, { id: 'x'.repeat(8192) })).toThrow(TypeError)
    expect(isSm2SignatureValid(other, message, signature)).toBe(false)
    expect(isSm2SignatureValid(key, concatBytes(message, Uint8Array.of(0)), signature)).toBe(false)
  })

  test.each([
    ...notPoints(p256).map(([name, bytes]) => [`as of P-256: ${name}`, bytes] as const),
    ['a point of P-256', p256.Point.BASE.toBytes(false)] as const,
    ['a point of secp256k1', secp256k1.Point.BASE.toBytes(false)] as const,
    ['compressed', Uint8Array.of(2, ...key.bytes.subarray(1, 33))] as const,
    ['hybrid', key.bytes.with(0, 6 + (key.bytes[64]! & 1))] as const,
    ['y one more', key.bytes.with(64, key.bytes[64]! ^ 1)] as const,
  ])('is no key: %s', (_, bytes) => {
    expect(codeOf(() => parseSm2PublicKey(bytes))).toBe('ERR_KEY_MALFORMED')
  })

  test.each(notJwks('SM2', sm2PublicKeyToJwk(key)))('is no JWK of SM2: %s', (_, jwk) => {
    expect(codeOf(() => sm2PublicKeyFromJwk(jwk))).toMatch(/^ERR_KEY_/)
  })
})

describe('public keys of P-256 and secp256k1', () => {
  test.each(notPoints(p256))('none of P-256: %s', (_, bytes) => {
    const readers = [
      () => parsePublicKey('P-256', bytes),
      () => publicKeyFromMultikey(`z${bytesToBase58(concatBytes(Uint8Array.of(0x80, 0x24), bytes))}`),
      () => importMacVerifier('R1', bytes),
    ]
    expect(readers.map(codeOf)).toEqual(['ERR_KEY_MALFORMED', 'ERR_KEY_MALFORMED', 'ERR_PCN_KEY'])
  })

  test('a whole point of P-256 is no compressed one', () => {
    expect(codeOf(() => parsePublicKey('P-256', p256.Point.BASE.toBytes(false)))).toBe('ERR_KEY_MALFORMED')
    expect(parsePublicKey('P-256', p256.Point.BASE.toBytes(true)).algorithm).toBe('P-256')
  })

  test.each(notPoints(secp256k1))('none of secp256k1: %s', (_, bytes) => {
    expect([codeOf(() => parseSecp256k1Key(bytes)), codeOf(() => importMacVerifier('K1', bytes))]).toEqual([
      'ERR_KEY_MALFORMED',
      'ERR_PCN_KEY',
    ])
  })

  test.each(notJwks('P-256', coordinatesOf(publicKeyToJwk(parsePublicKey('P-256', p256.Point.BASE.toBytes(true))))))(
    'no JWK of P-256: %s',
    (_, jwk) => {
      expect(codeOf(() => publicKeyFromJwk(jwk))).toMatch(/^ERR_KEY_/)
    },
  )

  test.each(
    notJwks('secp256k1', secp256k1ToJwk(secp256k1KeyOf(new Uint8Array(32).fill(1)))).filter(
      ([, jwk]) => typeof jwk === 'object' && jwk !== null,
    ),
  )('no JWK of secp256k1: %s', (_, jwk) => {
    expect(codeOf(() => secp256k1FromJwk(jwk as Record<string, unknown>))).toMatch(/^ERR_KEY_/)
  })
})

const jwtTargets = [...(await tokenTargets()), ...(await credentialTargets())].filter((target): target is JwtTarget => 'signer' in target)

describe.each(jwtTargets)('JOSE: $name', ({ original, signer, take, codes, bringsItsKey }) => {
  const codeOfJwt = async (text: string) => {
    try {
      return await take({ text, signedAnew: false })
    } catch (error) {
      return errorCode(error) ?? error
    }
  }
  const refused = expect.stringMatching(new RegExp(`^(${codes.join('|')})`))

  test('is taken as it is', async () => {
    expect(await codeOfJwt(original)).toBe(true)
  })

  test('is refused with another algorithm, key or extension in its header, whoever made it', async () => {
    const attacker = await fixedSigner('attacker')
    const forgeries = await forgedBySomebody(original, { key: signer.publicKey, attacker, bringsItsKey })
    for (const [name, text] of forgeries) expect([name, await codeOfJwt(text)]).toEqual([name, refused])
    expect(forgeries.length).toBeGreaterThan(40)
  })

  test('is refused with these even where the right key signed', async () => {
    const cases = await signedByTheRightKey(original, signer, bringsItsKey)
    for (const [name, text] of cases) expect([name, await codeOfJwt(text)]).toEqual([name, refused])
    expect(cases.length).toBeGreaterThan(20)
  })
})

/** By the rules of ZIP 215: cofactor, any R. */
function isTakenLeniently(signature: Uint8Array, publicKey: Uint8Array): boolean {
  return ed25519.verify(signature, message, publicKey, { zip215: true })
}

function coordinatesOf(jwk: ReturnType<typeof publicKeyToJwk>): { readonly x: string; readonly y: string } {
  if (jwk.kty !== 'EC') throw new TypeError('expected a key of P-256')
  return jwk
}

/** r and s of a DER signature that is in order. */
function readPair(der: Uint8Array): readonly [bigint, bigint] {
  const rLength = der[3]!
  return [numberOf(der.subarray(4, 4 + rLength)), numberOf(der.subarray(6 + rLength))]
}
