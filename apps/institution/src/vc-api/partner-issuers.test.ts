import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { issuerKeyOfDocument, type VerifyVcJwtOptions, verifyVcJwt } from '@hufu/credentials'
import { DidResolver, didWebDriver } from '@hufu/did'
import { publicKeyToJwk } from '@hufu/keys'
import { importSm2Signer, sm2PublicKeyToJwk, sm2sm3 } from '@hufu/keys/sm2'
import { bytesToBase64url, canonicalJsonBytes, utf8ToBytes } from '@hufu/primitives'
import { createLog } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { readInstitutionConfig } from '../config.ts'
import { newFolder, partyOf } from '../fixture.ts'
import { openVcApiServices } from '../open-vc-api-services.ts'
import { createInstitutionServer } from '../server.ts'
import { readPartnerIssuers } from './partner-issuers.ts'

const partner = 'did:web:partner.example'
const sm2Kid = `${partner}#sm2`
const p256Kid = `${partner}#p256`
const sm2Signer = importSm2Signer(new Uint8Array(32).fill(5))
const [{ signer: p256Signer }] = (await partyOf('partner', 'P-256', 6)).keys

const method = (id: string, publicKeyJwk: unknown) => ({ id, type: 'JsonWebKey', controller: partner, publicKeyJwk })
const registered = {
  didDocument: {
    id: partner,
    verificationMethod: [method(sm2Kid, sm2PublicKeyToJwk(sm2Signer.publicKey)), method(p256Kid, publicKeyToJwk(p256Signer.publicKey))],
    assertionMethod: [sm2Kid, p256Kid],
  },
  algorithms: ['SM2SM3'],
  credentialTypes: ['ResidentCredential'],
  status: 'unchecked',
}

const close: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of close.splice(0)) await end()
})

/** A server with these partners; undefined: without any. */
async function start(partners?: readonly unknown[]): Promise<FastifyInstance> {
  const folder = newFolder()
  const partnersFile = join(folder, 'partners.json')
  writeFileSync(partnersFile, JSON.stringify({ partners }))
  const more = partners === undefined ? {} : { PARTNERS_FILE: partnersFile }
  const config = readInstitutionConfig({ ISSUER_POLICY: 'any', DATA_FOLDER: folder, ...more })
  const vcApi = await openVcApiServices(config, undefined, 'https://bureau.example')
  const log = createLog({ level: 'silent' })
  const server = await createInstitutionServer({ ...config, publicUrl: 'https://bureau.example', log, vcApi, readiness: {} })
  close.push(
    () => server.close(),
    () => vcApi.statuses.close(),
  )
  return server
}

async function vcJwt(changes: { header?: object; payload?: object; signer?: { sign(message: Uint8Array): Promise<Uint8Array> } } = {}) {
  const header = { alg: 'SM2SM3', typ: 'vc+jwt', kid: sm2Kid, ...changes.header }
  const payload = {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiableCredential', 'ResidentCredential'],
    issuer: partner,
    credentialSubject: { id: 'did:example:subject', district: 'Harbour' },
    ...changes.payload,
  }
  const signingInput = `${bytesToBase64url(canonicalJsonBytes(header))}.${bytesToBase64url(canonicalJsonBytes(payload))}`
  return `${signingInput}.${bytesToBase64url(await (changes.signer ?? sm2Signer).sign(utf8ToBytes(signingInput)))}`
}

async function verify(server: FastifyInstance, jwt: string, options: object = {}, mediaType = 'application/vc+jwt') {
  const envelope = {
    '@context': 'https://www.w3.org/ns/credentials/v2',
    id: `data:${mediaType},${jwt}`,
    type: 'EnvelopedVerifiableCredential',
  }
  const answer = await server.inject({ method: 'POST', url: '/credentials/verify', payload: { verifiableCredential: envelope, options } })
  return { status: answer.statusCode, body: answer.json() }
}

describe("a partner's credential in an envelope", () => {
  test('signed with SM2 is accepted from a partner registered with SM2SM3, with a receipt', async () => {
    const server = await start([registered])
    const { status, body } = await verify(server, await vcJwt(), { returnCredential: true })
    expect([status, body.verified, body.problemDetails]).toEqual([200, true, []])
    expect(body.receipt.rules).toContainEqual(expect.objectContaining({ rule: 'issuer-signature', evidence: { algorithm: 'SM2SM3' } }))
    expect(body.credential.credentialSubject.district).toBe('Harbour')
  })

  test('is refused by a server without partners, with others, or registered with other algorithms', async () => {
    const jwt = await vcJwt()
    const didDocument = { ...registered.didDocument, id: 'did:web:other.example' }
    for (const [partners, code] of [
      [undefined, 'ERR_CREDENTIAL_MALFORMED'],
      [[], 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED'],
      [[{ ...registered, didDocument }], 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED'],
      [[{ ...registered, algorithms: ['ES256', 'EdDSA'] }], 'ERR_CREDENTIAL_ALGORITHM'],
    ] as const)
      expect(await verify(await start(partners), jwt)).toMatchObject({ status: 400, body: { verified: false, code } })
  })

  test('signed with ES256 needs a partner registered with that', async () => {
    const jwt = await vcJwt({ header: { alg: 'ES256', kid: p256Kid }, signer: p256Signer })
    expect(await verify(await start([registered]), jwt)).toMatchObject({ status: 400, body: { code: 'ERR_CREDENTIAL_ALGORITHM' } })
    for (const algorithms of [['ES256'], ['ES256', 'SM2SM3'], ['SM2SM3', 'ES256']])
      expect(await verify(await start([{ ...registered, algorithms }]), jwt)).toMatchObject({ status: 200, body: { verified: true } })
  })

  test('is refused for another type, with a bit turned, without its alg, for a verifier, or where its status is asked for', async () => {
    const server = await start([registered])
    const jwt = await vcJwt()
    const turned = `${jwt.slice(0, -20)}${jwt.at(-20) === 'A' ? 'B' : 'A'}${jwt.slice(-19)}`
    expect(await verify(server, turned)).toMatchObject({ status: 400, body: { code: 'ERR_CREDENTIAL_SIGNATURE' } })
    const type = ['VerifiableCredential', 'BankCredential']
    const otherType = await vcJwt({ payload: { type } })
    expect(await verify(server, otherType)).toMatchObject({ status: 400, body: { code: 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED' } })
    const noAlgorithm = await vcJwt({ header: { alg: null } })
    expect(await verify(server, noAlgorithm)).toMatchObject({ status: 400, body: { code: 'ERR_CREDENTIAL_ALGORITHM' } })
    expect(await verify(server, jwt, { domain: 'bank.example' })).toMatchObject({ status: 400, body: { code: 'ERR_SERVICE_REQUEST' } })
    expect(await verify(server, jwt, {}, 'application/jwt')).toMatchObject({ status: 400, body: { code: 'ERR_CREDENTIAL_MALFORMED' } })
    const strict = await start([{ ...registered, status: 'required' }])
    expect(await verify(strict, jwt)).toMatchObject({ status: 400, body: { code: 'ERR_CREDENTIAL_STATUS_MISSING' } })
  })
})

test('a document that did:web gives verifies it as well as one that was registered', async () => {
  const fetch = async () => new Response(JSON.stringify(registered.didDocument), { headers: { 'content-type': 'application/did+json' } })
  const resolver = new DidResolver({ drivers: [didWebDriver({ fetch })] })
  const algorithms = [sm2sm3]
  const policy: VerifyVcJwtOptions = {
    algorithms,
    resolveIssuerKey: async query => issuerKeyOfDocument((await resolver.resolve(query.issuer)).document, query, algorithms),
    mayIssue: async () => ({ allowed: true, evidence: {} }),
    status: 'unchecked',
  }
  expect(await verifyVcJwt(await vcJwt(), policy)).toMatchObject({ issuer: partner, algorithm: 'SM2SM3' })
  const stranger = importSm2Signer(new Uint8Array(32).fill(7))
  await expect(verifyVcJwt(await vcJwt({ signer: stranger }), policy)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_SIGNATURE' })
})

describe('a file of partners', () => {
  const options = { fetchStatusList: async () => '', maxAgeMs: 1 }
  function read(content: string) {
    const file = join(newFolder(), 'partners.json')
    writeFileSync(file, content)
    return readPartnerIssuers(file, options)
  }

  test.each([
    ['no JSON', '{'],
    ['no list', '{}'],
    ['a partner twice', JSON.stringify({ partners: [registered, registered] })],
    ...[
      { didDocument: undefined },
      { didDocument: { id: 'https://partner.example' } },
      { algorithms: [] },
      { algorithms: undefined },
      { algorithms: 'SM2SM3' },
      { algorithms: ['SM2'] },
      { algorithms: ['none'] },
      { algorithms: ['constructor'] },
      { credentialTypes: [] },
      { status: undefined },
      { status: 'optional' },
      { more: true },
    ].map(change => [JSON.stringify(change), JSON.stringify({ partners: [{ ...registered, ...change }] })]),
  ])('with %s is refused', async (_, content) => {
    await expect(read(content!)).rejects.toThrow(expect.objectContaining({ code: 'ERR_SERVICE_CONFIG' }))
  })

  test('that is not there is refused', async () => {
    await expect(readPartnerIssuers(join(newFolder(), 'none.json'), options)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_SERVICE_CONFIG' }),
    )
  })
})
