import { publicKeyToJwk, publicKeyToMultikey } from '@hufu/keys'
import { sm2PublicKeyToJwk, sm2sm3 } from '@hufu/keys/sm2'
import { base64urlToBytes, bytesToBase64url, secondsOfMs, utf8ToBytes } from '@hufu/primitives'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseJwt } from '../jose/parse-jwt.ts'
import type { AcceptedAlgorithms } from '../jose/partner-suite.ts'
import { verifyJwt } from '../jose/verify-jwt.ts'
import { parseSdJwt } from '../sd-jwt/parse-sd-jwt.ts'
import { expectRefusal } from '../sd-jwt/sd-jwt-fixture.ts'
import { compress } from '../status/compression.ts'
import { StatusList } from '../status/status-list.ts'
import { bitstringStatusOf } from './bitstring-status-entry.ts'
import { minBitstringEntries } from './bitstring-status-list.ts'
import { BitstringStatusLists } from './bitstring-status-lists.ts'
import { credentialsV2Url } from './context-loader.ts'
import { fixedClock, fixedNowMs } from './fixture.ts'
import { issuerKeyOfDocument } from './issuer-key-of-document.ts'
import {
  acceptsSm2,
  ed25519Kid,
  ed25519Signer,
  forgeVcJwt,
  p256Kid,
  p256Signer,
  partner,
  partnerDocument,
  partnerVcJwt,
  policyOf,
  sm2Kid,
  sm2Signer,
  strangerSm2Signer,
} from './vc-jwt-fixture.ts'
import { verifyVcJwt } from './verify-vc-jwt.ts'

const nowSeconds = secondsOfMs(fixedNowMs)
const es256 = { header: { alg: 'ES256', kid: p256Kid }, signer: p256Signer }

describe("a partner's credential signed with SM2", () => {
  test('is accepted where the policy names SM2SM3 and the DID lists the key', async () => {
    const verified = await verifyVcJwt(await partnerVcJwt(), acceptsSm2)
    expect(verified).toMatchObject({ issuer: partner, kid: sm2Kid, algorithm: 'SM2SM3', types: ['ResidentCredential'], statuses: [] })
    expect(verified.subjects).toEqual([{ id: 'did:example:subject', district: 'Harbour' }])
    expect(verified.receipt.verdict).toBe('accepted')
    expect(verified.receipt.rules.map(({ rule }) => rule)).toEqual([
      'form',
      'issuer',
      'issuer-key',
      'issuer-signature',
      'validity',
      'issuer-trusted-then',
      'issuer-trusted-now',
    ])
  })

  test('is refused where the policy does not name it, also after another policy accepted the same header', async () => {
    const jwt = await partnerVcJwt()
    await verifyVcJwt(jwt, acceptsSm2)
    for (const algorithms of [['ES256'], ['EdDSA'], ['ES256', 'EdDSA']] satisfies AcceptedAlgorithms[])
      await expectRefusal(verifyVcJwt(jwt, policyOf(algorithms)), 'ERR_CREDENTIAL_ALGORITHM', 'form')
  })

  test('is accepted whatever the order of the algorithms', async () => {
    for (const algorithms of [[sm2sm3], [sm2sm3, 'ES256'], ['EdDSA', 'ES256', sm2sm3]] satisfies AcceptedAlgorithms[]) {
      expect((await verifyVcJwt(await partnerVcJwt(), policyOf(algorithms))).algorithm).toBe('SM2SM3')
      if (algorithms.length > 1) expect((await verifyVcJwt(await partnerVcJwt(es256), policyOf(algorithms))).algorithm).toBe('ES256')
    }
  })

  test('needs a policy with at least one algorithm', async () => {
    await expect(verifyVcJwt(await partnerVcJwt(), policyOf([]))).rejects.toThrow(TypeError)
  })

  test('is refused everywhere else', async () => {
    const jwt = await partnerVcJwt()
    await expectRefusal(() => parseJwt(jwt, { type: 'vc+jwt' }), 'ERR_CREDENTIAL_ALGORITHM')
    await expectRefusal(() => parseSdJwt(`${jwt}~`, { type: 'vc+jwt' }), 'ERR_CREDENTIAL_ALGORITHM')
    const parsed = parseJwt(jwt, { type: 'vc+jwt', algorithms: ['SM2SM3'] })
    // @ts-expect-error: types keep it out; a caller without types is refused.
    await expectRefusal(verifyJwt(parsed, p256Signer.publicKey), 'ERR_CREDENTIAL_ALGORITHM')
  })
})

describe('a downgrade', () => {
  test.each([
    ['a header of ES256 over the SM2 key, signed with SM2', { header: { alg: 'ES256' } }],
    ['a header of ES256 over the SM2 key, signed with P-256 and the same secret', { header: { alg: 'ES256' }, signer: p256Signer }],
    ['a header of EdDSA over the SM2 key', { header: { alg: 'EdDSA' }, signer: ed25519Signer }],
    ['a header of SM2SM3 over the P-256 key', { header: { kid: p256Kid } }],
    ['a header of SM2SM3 over the P-256 key, signed with P-256', { header: { kid: p256Kid }, signer: p256Signer }],
    ['a header of SM2SM3 over the Ed25519 key', { header: { kid: ed25519Kid }, signer: ed25519Signer }],
  ])('by %s is refused', async (_, changes) => {
    const error = await expectRefusal(
      verifyVcJwt(await partnerVcJwt(changes), policyOf(['ES256', 'EdDSA', sm2sm3])),
      'ERR_CREDENTIAL_ALGORITHM',
      'issuer-signature',
    )
    expect(error.receipt?.verdict).toBe('refused')
  })

  const names = [
    undefined,
    'none',
    '',
    'HS256',
    'sm2sm3',
    'SM2',
    'SM2SM3 ',
    'SM2-SM3',
    'ES256K',
    'RS256',
    null,
    ['SM2SM3'],
    ['ES256', 'SM2SM3'],
  ]
  test.each(names.map(alg => ({ alg })))('to $alg is refused', async header => {
    const error = await expectRefusal(verifyVcJwt(await partnerVcJwt({ header }), acceptsSm2), 'ERR_CREDENTIAL_ALGORITHM', 'form')
    expect(error.receipt?.rules).toHaveLength(1)
  })

  test('to a signature left out is refused', async () => {
    const [header, payload] = (await partnerVcJwt()).split('.') as [string, string]
    await expectRefusal(verifyVcJwt(`${header}.${payload}.`, acceptsSm2), 'ERR_CREDENTIAL_SIGNATURE', 'issuer-signature')
    await expectRefusal(verifyVcJwt(`${header}.${payload}`, acceptsSm2), 'ERR_CREDENTIAL_MALFORMED', 'form')
  })

  test('by the same coordinates listed as of P-256 is refused', async () => {
    const x = sm2PublicKeyToJwk(sm2Signer.publicKey)
    const listed = { id: sm2Kid, type: 'JsonWebKey', controller: partner, publicKeyJwk: { ...x, crv: 'P-256' } }
    const document = partnerDocument({ verificationMethod: [listed], assertionMethod: [sm2Kid] })
    for (const alg of ['ES256', 'SM2SM3'])
      await expectRefusal(
        verifyVcJwt(await partnerVcJwt({ header: { alg } }), policyOf(['ES256', sm2sm3], document)),
        'ERR_CREDENTIAL_ISSUER_KEY',
        'issuer-key',
      )
  })

  test('by both keys listed under one id is refused', async () => {
    const method = (publicKeyJwk: unknown) => ({ id: sm2Kid, type: 'JsonWebKey', controller: partner, publicKeyJwk })
    const methods = [method(sm2PublicKeyToJwk(sm2Signer.publicKey)), method(publicKeyToJwk(p256Signer.publicKey))]
    for (const verificationMethod of [methods, methods.toReversed()])
      await expectRefusal(
        verifyVcJwt(await partnerVcJwt(), policyOf(['ES256', sm2sm3], partnerDocument({ verificationMethod, assertionMethod: [sm2Kid] }))),
        'ERR_CREDENTIAL_ISSUER_KEY',
        'issuer-key',
      )
  })

  test('by a header that brings its own key is refused', async () => {
    const jwk = sm2PublicKeyToJwk(strangerSm2Signer.publicKey)
    await expectRefusal(
      verifyVcJwt(await partnerVcJwt({ header: { jwk }, signer: strangerSm2Signer }), acceptsSm2),
      'ERR_CREDENTIAL_HEADER_KEY',
      'form',
    )
  })
})

describe('the signature', () => {
  test('of a stranger, over another identifier, in DER, or with a bit turned is refused', async () => {
    const valid = await partnerVcJwt()
    const [header, payload, signature] = valid.split('.') as [string, string, string]
    const turned = base64urlToBytes(signature)
    turned[40]! ^= 1
    for (const jwt of [
      await partnerVcJwt({ signer: strangerSm2Signer }),
      await partnerVcJwt({ signer: { sign: message => sm2Signer.sign(message, { id: '' }) } }),
      await partnerVcJwt({ signer: { sign: async () => Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1) } }),
      `${header}.${payload}.${bytesToBase64url(turned)}`,
    ])
      await expectRefusal(verifyVcJwt(jwt, acceptsSm2), 'ERR_CREDENTIAL_SIGNATURE', 'issuer-signature')
    const other = bytesToBase64url(utf8ToBytes(new TextDecoder().decode(base64urlToBytes(payload)).replace('Harbour', 'Harbor')))
    await expectRefusal(verifyVcJwt(`${header}.${other}.${signature}`, acceptsSm2), 'ERR_CREDENTIAL_SIGNATURE', 'issuer-signature')
  })
})

describe('the issuer', () => {
  test.each([
    ['is another than the DID of the key', { payload: { issuer: 'did:web:other.example', iss: undefined } }],
    ['has no key named', { header: { kid: undefined } }],
    ['has a key named that is no DID URL', { header: { kid: 'sm2' } }],
  ])('that %s is refused', async (_, changes) => {
    await expectRefusal(verifyVcJwt(await partnerVcJwt(changes), acceptsSm2), 'ERR_CREDENTIAL_ISSUER_MISMATCH', 'issuer')
  })

  test('whose DID does not list the key for issuing is refused', async () => {
    for (const members of [
      { assertionMethod: [p256Kid] },
      { assertionMethod: undefined, authentication: [sm2Kid] },
      { verificationMethod: [] },
      { id: 'did:web:other.example' },
    ])
      await expectRefusal(
        verifyVcJwt(await partnerVcJwt(), policyOf(['ES256', sm2sm3], partnerDocument(members))),
        'ERR_CREDENTIAL_ISSUER_KEY',
        'issuer-key',
      )
  })

  test('who may not issue this type is refused, and one that cannot be looked up is not judged', async () => {
    const jwt = await partnerVcJwt()
    const mayIssue = async () => ({ allowed: false, evidence: {} })
    await expectRefusal(verifyVcJwt(jwt, { ...acceptsSm2, mayIssue }), 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED', 'issuer-trusted-then')
    const resolveIssuerKey = () => Promise.reject(new Error('no answer'))
    await expectRefusal(verifyVcJwt(jwt, { ...acceptsSm2, resolveIssuerKey }), 'ERR_CREDENTIAL_LOOKUP', 'issuer-key')
  })
})

describe('the period', () => {
  test.each([
    ['exp is past by a second', { exp: nowSeconds - 1 }, 'ERR_CREDENTIAL_EXPIRED'],
    ['exp is now', { exp: nowSeconds }, 'ERR_CREDENTIAL_EXPIRED'],
    ['validUntil is past, exp is not', { validUntil: '2026-11-23T11:59:59Z', exp: nowSeconds + 9 }, 'ERR_CREDENTIAL_EXPIRED'],
    ['nbf is to come', { nbf: nowSeconds + 1 }, 'ERR_CREDENTIAL_NOT_YET_VALID'],
    ['validFrom is to come, nbf is not', { validFrom: '2026-11-23T12:00:01Z', nbf: nowSeconds - 9 }, 'ERR_CREDENTIAL_NOT_YET_VALID'],
    ['iat is more than a minute ahead', { iat: nowSeconds + 61 }, 'ERR_CREDENTIAL_NOT_YET_VALID'],
  ] as const)('where %s is refused', async (_, payload, code) => {
    await expectRefusal(verifyVcJwt(await partnerVcJwt({ payload }), acceptsSm2), code, 'validity')
  })

  test('to its last second is accepted', async () => {
    const verified = await verifyVcJwt(await partnerVcJwt({ payload: { exp: nowSeconds + 1, nbf: nowSeconds } }), acceptsSm2)
    expect(verified.expiresAtMs).toBe(fixedNowMs + 1000)
  })
})

describe('the form', () => {
  test.each([
    ['another iss', { iss: 'did:web:other.example' }],
    ['another sub', { sub: 'did:example:other' }],
    ['another jti', { jti: 'urn:uuid:00000000-0000-4000-8000-000000000000' }],
    ['a vc claim', { vc: {} }],
    ['a second proof', { proof: { type: 'DataIntegrityProof' } }],
    ['a confirmation key', { cnf: {} }],
    ['no subject', { credentialSubject: undefined }],
    ['no type', { type: ['ResidentCredential'] }],
    ['version 1 of the data model', { '@context': ['https://www.w3.org/2018/credentials/v1'], issuanceDate: '2026-01-01T00:00:00Z' }],
  ])('with %s is refused', async (_, payload) => {
    await expectRefusal(verifyVcJwt(await partnerVcJwt({ payload }), acceptsSm2), 'ERR_CREDENTIAL_MALFORMED', 'form')
  })

  test('with a context of its own is refused', async () => {
    const payload = { '@context': [credentialsV2Url, { district: 'https://example.com/somethingElse' }] }
    await expectRefusal(verifyVcJwt(await partnerVcJwt({ payload }), acceptsSm2), 'ERR_CREDENTIAL_CONTEXT', 'form')
  })

  test.each(['JWT', 'vc+sd-jwt', 'vp+jwt', 'dc+sd-jwt', undefined])('of the type %s is refused', async typ => {
    await expectRefusal(verifyVcJwt(await partnerVcJwt({ header: { typ } }), acceptsSm2), 'ERR_CREDENTIAL_TYPE', 'form')
  })
})

describe("a partner's status list signed with SM2", () => {
  const uri = 'https://partner.example/status/1'

  async function listOf(set: readonly number[], changes: Parameters<typeof partnerVcJwt>[0] = {}): Promise<string> {
    const list = new StatusList({ capacity: minBitstringEntries, size: 1, order: 'msb' })
    for (const index of set) list.set(index, 1)
    const credential = {
      '@context': [credentialsV2Url],
      id: uri,
      type: ['VerifiableCredential', 'BitstringStatusListCredential'],
      issuer: partner,
      validUntil: '2026-11-24T00:00:00Z',
      credentialSubject: {
        id: `${uri}#list`,
        type: 'BitstringStatusList',
        statusPurpose: 'revocation',
        encodedList: `u${bytesToBase64url(await compress(list.toBytes(), 'gzip'))}`,
      },
    }
    const header = { alg: 'SM2SM3', typ: 'vc+jwt', kid: sm2Kid, ...changes.header }
    return forgeVcJwt(header, { iat: nowSeconds - 60, ...credential, ...changes.payload }, changes.signer ?? sm2Signer)
  }

  function withList(text: string, algorithms: AcceptedAlgorithms = ['ES256', sm2sm3], accepted = true) {
    const policy = policyOf(algorithms)
    const { resolveIssuerKey } = policy
    const lists = new BitstringStatusLists({
      fetchStatusList: async () => text,
      resolveIssuerKey: async () => null,
      clock: fixedClock,
      ...(accepted ? { vcJwt: { algorithms, resolveIssuerKey } } : {}),
    })
    return { ...acceptsSm2, status: { lists, maxAgeMs: 3_600_000 } } as const
  }

  let credential: string
  beforeAll(async () => {
    credential = await partnerVcJwt({ payload: { credentialStatus: bitstringStatusOf({ uri, index: 7, purpose: 'revocation' }) } })
  })

  test('decides', async () => {
    expect((await verifyVcJwt(credential, withList(await listOf([6, 8])))).statuses).toEqual([{ purpose: 'revocation', status: 0 }])
    await expectRefusal(verifyVcJwt(credential, withList(await listOf([7]))), 'ERR_CREDENTIAL_REVOKED', 'status')
  })

  test('is refused where the policy does not name it', async () => {
    const list = await listOf([])
    for (const policy of [withList(list, ['ES256']), withList(list, ['ES256', sm2sm3], false)])
      await expectRefusal(verifyVcJwt(credential, policy), 'ERR_CREDENTIAL_STATUS_INVALID', 'status-list')
  })

  test.each([
    ["a stranger's signature", { signer: strangerSm2Signer }],
    ['a header of ES256 over the SM2 key', { header: { alg: 'ES256' } }],
    ['another address', { payload: { id: `${uri}0` } }],
    ['another issuer', { payload: { issuer: 'did:web:other.example' } }],
  ])('with %s is refused', async (_, changes) => {
    await expectRefusal(verifyVcJwt(credential, withList(await listOf([], changes))), 'ERR_CREDENTIAL_STATUS_INVALID', 'status-list')
  })

  test('is asked for', async () => {
    const policy = withList(await listOf([]))
    await expectRefusal(verifyVcJwt(await partnerVcJwt(), policy), 'ERR_CREDENTIAL_STATUS_MISSING', 'status')
  })
})

describe('issuerKeyOfDocument', () => {
  const query = { issuer: partner, kid: sm2Kid }
  const algorithms: AcceptedAlgorithms = ['ES256', sm2sm3]
  const [method] = partnerDocument().verificationMethod as unknown as [{ readonly [name: string]: unknown }]

  test('finds a key by its absolute or relative id, embedded or not', () => {
    const expected = { controller: partner, publicKey: sm2Signer.publicKey, evidence: {} }
    for (const document of [
      partnerDocument(),
      partnerDocument({ verificationMethod: [{ ...method, id: '#sm2' }], assertionMethod: ['#sm2'] }),
      partnerDocument({ verificationMethod: undefined, assertionMethod: [method] }),
    ])
      expect(issuerKeyOfDocument(document, query, algorithms)).toEqual(expected)
  })

  test('finds keys of our own suites as JWK and Multikey', () => {
    const multikey = { id: p256Kid, type: 'Multikey', controller: partner, publicKeyMultibase: publicKeyToMultikey(p256Signer.publicKey) }
    const document = partnerDocument({ verificationMethod: [multikey], assertionMethod: [p256Kid] })
    for (const found of [document, partnerDocument()])
      expect(issuerKeyOfDocument(found, { issuer: partner, kid: p256Kid }, algorithms)?.publicKey).toBe(p256Signer.publicKey)
  })

  test('finds only keys of algorithms that are accepted', () => {
    expect(issuerKeyOfDocument(partnerDocument(), query, ['ES256', 'EdDSA'])).toBeNull()
    expect(issuerKeyOfDocument(partnerDocument(), { issuer: partner, kid: p256Kid }, [sm2sm3, 'EdDSA'])).toBeNull()
    expect(issuerKeyOfDocument(partnerDocument(), { issuer: partner, kid: ed25519Kid }, [sm2sm3, 'ES256'])).toBeNull()
    expect(issuerKeyOfDocument(partnerDocument(), { issuer: partner, kid: ed25519Kid }, ['EdDSA'])?.publicKey).toBe(ed25519Signer.publicKey)
  })

  test.each([
    ['no document', null],
    ['a list', [partnerDocument()]],
    ["another's document", partnerDocument({ id: `${partner}.cn` })],
    ["another's key", partnerDocument({ verificationMethod: [{ ...method, controller: 'did:web:other.example' }] })],
    ['a key without controller', partnerDocument({ verificationMethod: [{ ...method, controller: undefined }] })],
    ['a key listed twice', partnerDocument({ assertionMethod: [sm2Kid, sm2Kid] })],
    [
      'a key in two forms',
      partnerDocument({ verificationMethod: [{ ...method, publicKeyMultibase: publicKeyToMultikey(p256Signer.publicKey) }] }),
    ],
    ['a key in no form', partnerDocument({ verificationMethod: [{ ...method, publicKeyJwk: undefined }] })],
    [
      'a private key',
      partnerDocument({ verificationMethod: [{ ...method, publicKeyJwk: { ...sm2PublicKeyToJwk(sm2Signer.publicKey), d: 'AA' } }] }),
    ],
    ['a key of another algorithm', partnerDocument({ verificationMethod: [{ ...method, publicKeyJwk: { kty: 'EC', crv: 'secp256k1' } }] })],
    ['methods that are no list', partnerDocument({ verificationMethod: method })],
  ])('finds nothing in %s', (_, document) => {
    expect(issuerKeyOfDocument(document, query, algorithms)).toBeNull()
  })
})
