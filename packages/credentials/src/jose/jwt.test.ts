import { publicKeyToJwk } from '@hufu/keys'
import { bytesToBase64url, utf8ToBytes } from '@hufu/primitives'
import fc from 'fast-check'
import { CompactSign, compactVerify, importJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { expectRefusal, kid, signerOf } from '../sd-jwt/sd-jwt-fixture.ts'
import { didOfKid } from './did-of-kid.ts'
import { jwtTime } from './jwt-time.ts'
import { parseJwt } from './parse-jwt.ts'
import { signJwt } from './sign-jwt.ts'
import { verifyJwt } from './verify-jwt.ts'

const type = 'test+jwt'
const es256 = await signerOf('P-256', 1)
const eddsa = await signerOf('Ed25519', 1)

function encode(value: unknown): string {
  return bytesToBase64url(utf8ToBytes(typeof value === 'string' ? value : JSON.stringify(value)))
}

/** A JWT with any header and payload, truly signed by the ES256 key. */
async function forge(header: unknown, payload: unknown = { a: 1 }): Promise<string> {
  const signingInput = `${encode(header)}.${encode(payload)}`
  return `${signingInput}.${bytesToBase64url(await es256.sign(utf8ToBytes(signingInput)))}`
}

describe.each([es256, eddsa])('with a key of $publicKey.algorithm', signer => {
  test('what was signed is read again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), async payload => {
        const jwt = parseJwt(await signJwt({ type, kid, payload }, signer), { type })
        await verifyJwt(jwt, signer.publicKey)
        expect(jwt.payload).toEqual(JSON.parse(JSON.stringify(payload)))
        expect(jwt.kid).toBe(kid)
      }),
      { numRuns: 30 },
    )
  })

  test('jose verifies what we sign, and we what jose signs', async () => {
    const key = await importJWK({ ...publicKeyToJwk(signer.publicKey) }, signer === es256 ? 'ES256' : 'EdDSA')
    const ours = await compactVerify(await signJwt({ type, payload: { a: '张' } }, signer), key)
    expect(JSON.parse(new TextDecoder().decode(ours.payload))).toEqual({ a: '张' })

    const algorithm = signer === es256 ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'Ed25519' }
    const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
    const theirs = await new CompactSign(utf8ToBytes('{"b":2}'))
      .setProtectedHeader({ alg: signer === es256 ? 'ES256' : 'EdDSA', typ: type })
      .sign(pair.privateKey)
    const { parsePublicKey, publicKeyFromJwk } = await import('@hufu/keys')
    const publicKey = publicKeyFromJwk(await crypto.subtle.exportKey('jwk', pair.publicKey))
    const jwt = parseJwt(theirs, { type })
    await verifyJwt(jwt, publicKey)
    expect(jwt.payload).toEqual({ b: 2 })
    expect(parsePublicKey(publicKey.algorithm, publicKey.bytes)).toBe(publicKey)
  })
})

test('refuses the algorithm none, with and without a signature', async () => {
  await expectRefusal(() => parseJwt(`${encode({ alg: 'none', typ: type })}.${encode({})}.`, { type }), 'ERR_CREDENTIAL_ALGORITHM')
  await expectRefusal(async () => parseJwt(await forge({ alg: 'none', typ: type }), { type }), 'ERR_CREDENTIAL_ALGORITHM')
})

test.each(['HS256', 'ES384', 'RS256', 'Ed25519', 'es256', undefined])('refuses the algorithm %s', async alg => {
  await expectRefusal(async () => parseJwt(await forge({ alg, typ: type }), { type }), 'ERR_CREDENTIAL_ALGORITHM')
})

test('refuses a signature by ES256 where the key is of EdDSA, and the other way round', async () => {
  const jwt = parseJwt(await signJwt({ type, payload: {} }, es256), { type })
  await expectRefusal(verifyJwt(jwt, eddsa.publicKey), 'ERR_CREDENTIAL_ALGORITHM')
  await expectRefusal(
    verifyJwt(parseJwt(await signJwt({ type, payload: {} }, eddsa), { type }), es256.publicKey),
    'ERR_CREDENTIAL_ALGORITHM',
  )
  await expectRefusal(verifyJwt({ ...jwt, algorithm: 'EdDSA' }, eddsa.publicKey), 'ERR_CREDENTIAL_SIGNATURE')
})

test.each(['jwk', 'jku', 'x5c', 'x5u', 'x5t', 'x5t#S256'])('refuses a header with %s', async name => {
  await expectRefusal(
    async () => parseJwt(await forge({ alg: 'ES256', typ: type, [name]: publicKeyToJwk(es256.publicKey) }), { type }),
    'ERR_CREDENTIAL_HEADER_KEY',
  )
})

test.each([
  ['crit', { alg: 'ES256', typ: type, crit: ['exp'] }, 'ERR_CREDENTIAL_MALFORMED'],
  ['a kid that is no text', { alg: 'ES256', typ: type, kid: 1 }, 'ERR_CREDENTIAL_MALFORMED'],
  ['no typ', { alg: 'ES256' }, 'ERR_CREDENTIAL_TYPE'],
  ['another typ', { alg: 'ES256', typ: 'JWT' }, 'ERR_CREDENTIAL_TYPE'],
  ['typ in another case', { alg: 'ES256', typ: 'TEST+JWT' }, 'ERR_CREDENTIAL_TYPE'],
  ['a name twice', `{"alg":"ES256","alg":"none","typ":"${type}"}`, 'ERR_CREDENTIAL_MALFORMED'],
  ['an array', [], 'ERR_CREDENTIAL_MALFORMED'],
] as const)('refuses a header with %s', async (_what, header, code) => {
  await expectRefusal(async () => parseJwt(await forge(header), { type }), code)
})

test.each(['[]', '1', 'null', '"a"', '{', '{"a":1,"a":1}', '\u{feff}{}'])('refuses the payload %s', async payload => {
  await expectRefusal(async () => parseJwt(await forge({ alg: 'ES256', typ: type }, payload), { type }), 'ERR_CREDENTIAL_MALFORMED')
})

test('refuses what is too large before it looks closer', async () => {
  await expectRefusal(() => parseJwt('.'.repeat(2 ** 21 + 1), { type }), 'ERR_CREDENTIAL_TOO_LARGE')
})

test('refuses other writings of the same bytes', async () => {
  const text = await signJwt({ type, payload: { a: 1 } }, es256)
  const [header, payload, signature] = text.split('.') as [string, string, string]
  const lastTurned = signature.slice(0, -1) + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.at('AQgw'.indexOf(signature.at(-1)!) + 1)
  for (const other of [
    `${text}=`,
    ` ${text}`,
    `${text}\n`,
    `${header}.${payload}`,
    `${text}.`,
    `${header}.${payload}.${lastTurned}`,
    `${header}..${signature}`,
  ]) {
    await expectRefusal(() => parseJwt(other, { type }), 'ERR_CREDENTIAL_MALFORMED')
  }
})

test('a header that was refused is refused again, and for each type anew', async () => {
  const text = await forge({ alg: 'ES256', typ: type })
  parseJwt(text, { type })
  await expectRefusal(() => parseJwt(text, { type: 'kb+jwt' }), 'ERR_CREDENTIAL_TYPE')
  const refused = await forge({ alg: 'ES256', typ: type, crit: [] })
  for (let attempt = 0; attempt < 2; attempt++) await expectRefusal(() => parseJwt(refused, { type }), 'ERR_CREDENTIAL_MALFORMED')
})

test.each([
  [`${kid}`, kid.split('#')[0]],
  ['did:web:example.com%3A8443:a#k', 'did:web:example.com%3A8443:a'],
  ['#key-1', undefined],
  [kid.split('#')[0]!, undefined],
  [`${kid}#2`, undefined],
  ['did:neo:pilot:N/path#key-1', undefined],
  ['did:neo:pilot:N?versionId=1#key-1', undefined],
  ['https://example.com/#key-1', undefined],
  ['did:neo:pilot:N#', undefined],
])('the DID of the key identifier %s is %s', (text, did) => {
  expect(didOfKid(text)).toBe(did)
})

test.each([-1, 1.5, Number.MAX_SAFE_INTEGER, '1', null])('refuses the time %s', async value => {
  await expectRefusal(() => jwtTime({ exp: value }, 'exp'), 'ERR_CREDENTIAL_MALFORMED')
})
