import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type JsonObject, presentW3cCredentials } from '@hufu/credentials'
import { createLog } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { readInstitutionConfig } from '../config.ts'
import { newFolder, partyOf, writeIdentity } from '../fixture.ts'
import type { Ledger } from '../open-ledger.ts'
import { openVcApiServices } from '../open-vc-api-services.ts'
import { createInstitutionServer } from '../server.ts'

const publicUrl = 'https://bureau.example'
const ecdsa = await partyOf('ecdsa', 'P-256', 1)
const eddsa = await partyOf('eddsa', 'Ed25519', 2)
const holder = await partyOf('holder', 'Ed25519', 3)
const close: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of close.splice(0)) await end()
})

/** A server that issues as `ecdsa` and `eddsa`, and accepts any issuer unless it is told otherwise. */
async function start(
  environment: NodeJS.ProcessEnv = {},
  ledger?: Pick<Ledger, 'lookups' | 'anchor'>,
): Promise<{ server: FastifyInstance; lines: string[] }> {
  const folder = newFolder()
  const issuerFiles = [await writeIdentity(folder, 'ecdsa', 'P-256', 1), await writeIdentity(folder, 'eddsa', 'Ed25519', 2)]
  const config = readInstitutionConfig({ ISSUER_POLICY: 'any', DATA_FOLDER: folder, ISSUER_FILES: issuerFiles.join(), ...environment })
  const vcApi = await openVcApiServices(config, ledger, publicUrl)
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: line => void lines.push(line) } })
  const server = await createInstitutionServer({ ...config, publicUrl, log, vcApi, readiness: {} })
  close.push(
    () => server.close(),
    () => vcApi.statuses.close(),
  )
  return { server, lines }
}

async function post(server: FastifyInstance, url: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await server.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(body),
  })
  return { status: answer.statusCode, type: answer.headers['content-type'], body: answer.json() }
}

function credentialOf(issuer = ecdsa.did, members: { readonly [name: string]: unknown } = {}): JsonObject {
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2', 'https://www.w3.org/ns/credentials/undefined-terms/v2'],
    id: 'urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33',
    type: ['VerifiableCredential', 'ResidentCredential'],
    issuer,
    credentialSubject: { id: holder.did, district: 'Harbour' },
    ...members,
  } as JsonObject
}

async function issue(server: FastifyInstance, credential = credentialOf()): Promise<JsonObject> {
  const { status, body } = await post(server, '/credentials/issue', { credential, options: {} })
  expect(status).toBe(201)
  return body.verifiableCredential
}

function present(credential: JsonObject, members: { readonly [name: string]: unknown } = {}): Promise<JsonObject> {
  const presentation = {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiablePresentation'],
    holder: holder.did,
    verifiableCredential: [credential],
    ...members,
  }
  return presentW3cCredentials(presentation, { key: holder.keys[0], createdMs: Date.now(), domain: 'bank.example', challenge: 'c-1' })
}

const options = { domain: 'bank.example', challenge: 'c-1' }

describe('issuing and verifying', () => {
  test.each([
    ['ecdsa-rdfc-2019', ecdsa],
    ['eddsa-rdfc-2022', eddsa],
  ])('%s: what is issued verifies, with a receipt', async (cryptosuite, issuer) => {
    const { server } = await start()
    const verifiableCredential = await issue(server, credentialOf(issuer.did))
    expect(verifiableCredential.proof).toMatchObject({ type: 'DataIntegrityProof', cryptosuite, proofPurpose: 'assertionMethod' })
    const { status, body } = await post(server, '/credentials/verify', { verifiableCredential })
    expect(status).toBe(200)
    expect(body).toMatchObject({ verified: true, problemDetails: [], receipt: { verdict: 'accepted' } })
    expect(body).not.toHaveProperty('credential')
  })

  test('gives the credential back if asked', async () => {
    const { server } = await start()
    const verifiableCredential = await issue(server)
    const { body } = await post(server, '/credentials/verify', { verifiableCredential, options: { returnCredential: true } })
    expect(body.credential).toEqual(verifiableCredential)
  })

  test('a presentation verifies for its verifier and its challenge alone', async () => {
    const { server } = await start()
    const verifiablePresentation = await present(await issue(server))
    const accepted = await post(server, '/presentations/verify', {
      verifiablePresentation,
      options: { ...options, returnPresentation: true },
    })
    expect(accepted).toMatchObject({
      status: 200,
      body: { verified: true, verifiablePresentation, credentialResults: [{ verified: true }] },
    })
    const elsewhere = await post(server, '/presentations/verify', {
      verifiablePresentation,
      options: { ...options, domain: 'hospital.example' },
    })
    expect(elsewhere).toMatchObject({ status: 400, body: { verified: false, code: 'ERR_CREDENTIAL_AUDIENCE' } })
    const replayed = await post(server, '/presentations/verify', { verifiablePresentation, options: { ...options, challenge: 'c-2' } })
    expect(replayed).toMatchObject({ status: 400, body: { verified: false, code: 'ERR_CREDENTIAL_NONCE' } })
    expect(replayed.body.problemDetails[0].type).toBe('https://w3id.org/security#INVALID_CHALLENGE_ERROR')
  })

  test('warns of an issuer that is a plain URL', async () => {
    const { server } = await start()
    const verifiableCredential = await issue(server)
    const moved = { ...verifiableCredential, issuer: 'https://bureau.example' }
    expect(await post(server, '/credentials/verify', { verifiableCredential: moved })).toMatchObject({
      status: 400,
      body: { code: 'ERR_CREDENTIAL_SIGNATURE' },
    })
  })
})

describe('refuses to issue', () => {
  test.each([
    ['no body', 400, 'ERR_SERVICE_REQUEST', null],
    ['a list', 400, 'ERR_SERVICE_REQUEST', []],
    ['no credential', 400, 'ERR_SERVICE_REQUEST', { verifiableCredential: credentialOf() }],
    ['a credential in text', 400, 'ERR_SERVICE_REQUEST', { credential: 'text' }],
    ['options that are a list', 400, 'ERR_SERVICE_REQUEST', { credential: credentialOf(), options: [] }],
    ['selective disclosure', 400, 'ERR_SERVICE_REQUEST', { credential: credentialOf(), options: { mandatoryPointers: ['/issuer'] } }],
    ['an issuer of another server', 400, 'ERR_CREDENTIAL_ISSUER_MISMATCH', { credential: credentialOf(holder.did) }],
    ['a credential that is signed already', 400, 'ERR_CREDENTIAL_MALFORMED', { credential: credentialOf(ecdsa.did, { proof: {} }) }],
    ['a malformed credential', 400, 'ERR_CREDENTIAL_MALFORMED', { credential: credentialOf(ecdsa.did, { credentialSubject: {} }) }],
    [
      'an unknown context',
      400,
      'ERR_CREDENTIAL_CONTEXT',
      { credential: credentialOf(ecdsa.did, { '@context': ['https://www.w3.org/ns/credentials/v2', 'https://example.org/v1'] }) },
    ],
    [
      'an undefined term',
      400,
      'ERR_CREDENTIAL_UNDEFINED_TERM',
      { credential: credentialOf(ecdsa.did, { '@context': ['https://www.w3.org/ns/credentials/v2'] }) },
    ],
    [
      'a malformed status',
      400,
      'ERR_CREDENTIAL_STATUS_INVALID',
      { credential: credentialOf(ecdsa.did, { credentialStatus: { type: 'BitstringStatusListEntry', statusListIndex: true } }) },
    ],
    [
      'too many claims',
      413,
      'ERR_CREDENTIAL_TOO_LARGE',
      { credential: credentialOf(ecdsa.did, { credentialSubject: { a: new Array(5000).fill(1) } }) },
    ],
  ])('%s', async (_, status, code, body) => {
    const { server } = await start()
    const answer = await post(server, '/credentials/issue', body)
    expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { status, code } })
  })

  test('without the token, or with another one', async () => {
    const file = join(newFolder(), 'token')
    const token = 'a'.repeat(43)
    writeFileSync(file, `${token}\n`)
    const { server } = await start({ ISSUING_TOKEN_FILE: file })
    const body = { credential: credentialOf() }
    for (const headers of [{}, { authorization: token }, { authorization: `Bearer ${token}a` }, { authorization: 'Bearer ' }]) {
      expect(await post(server, '/credentials/issue', body, headers)).toMatchObject({
        status: 401,
        body: { code: 'ERR_SERVICE_UNAUTHORIZED' },
      })
      expect(await post(server, '/credentials/status', {}, headers)).toMatchObject({ status: 401 })
    }
    expect(await post(server, '/credentials/issue', body, { authorization: `Bearer ${token}` })).toMatchObject({ status: 201 })
    expect(await post(server, '/credentials/verify', {})).toMatchObject({ status: 400 })
  })
})

describe('refuses to verify', () => {
  test('what is no credential, saying so in the words of W3C', async () => {
    const { server } = await start()
    for (const body of [null, {}, { verifiableCredential: null }, { verifiableCredential: { type: ['NonconformingDocument'] } }])
      expect(await post(server, '/credentials/verify', body)).toMatchObject({
        status: 400,
        type: 'application/problem+json',
        body: { verified: false, problemDetails: [{ type: 'https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR' }] },
      })
  })

  test('one changed claim, with the receipt up to the rule that failed', async () => {
    const { server } = await start()
    const credential = await issue(server)
    const forged = { ...credential, credentialSubject: { id: holder.did, district: 'Hills' } }
    const { status, body } = await post(server, '/credentials/verify', { verifiableCredential: forged })
    expect(status).toBe(400)
    expect(body).toMatchObject({
      verified: false,
      code: 'ERR_CREDENTIAL_SIGNATURE',
      problemDetails: [{ type: 'https://www.w3.org/TR/vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR' }],
      receipt: { verdict: 'refused' },
    })
  })

  test('a presentation without domain or challenge in the request', async () => {
    const { server } = await start()
    const verifiablePresentation = await present(await issue(server))
    for (const partial of [{}, { domain: 'bank.example' }, { challenge: 'c-1' }, { domain: '', challenge: 'c-1' }])
      expect(await post(server, '/presentations/verify', { verifiablePresentation, options: partial })).toMatchObject({
        status: 400,
        body: { code: 'ERR_SERVICE_REQUEST' },
      })
  })

  test('a status list of somebody else, which it does not fetch', async () => {
    const { server } = await start()
    const credentialStatus = {
      type: 'BitstringStatusListEntry',
      statusPurpose: 'revocation',
      statusListIndex: '5',
      statusListCredential: 'http://127.0.0.1:9/list',
    }
    const verifiableCredential = await issue(server, credentialOf(ecdsa.did, { credentialStatus }))
    expect(await post(server, '/credentials/verify', { verifiableCredential })).toMatchObject({
      status: 503,
      body: { verified: false, code: 'ERR_CREDENTIAL_STATUS_UNAVAILABLE' },
    })
  })

  test('deep and repeated JSON, before anybody looks at it', async () => {
    const { server } = await start()
    for (const payload of [
      `{"verifiableCredential":${'['.repeat(100)}${']'.repeat(100)}}`,
      '{"verifiableCredential":{"id":"a","id":"b"}}',
    ]) {
      const answer = await server.inject({
        method: 'POST',
        url: '/credentials/verify',
        headers: { 'content-type': 'application/json' },
        payload,
      })
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'ERR_ENCODING_JSON'])
    }
  })
})

describe('statuses', () => {
  test('a credential gets places in lists that anyone can fetch and verify', async () => {
    const { server } = await start()
    const { credentialStatus } = (await issue(server)) as { credentialStatus: readonly JsonObject[] }
    expect(credentialStatus.map(({ statusPurpose }) => statusPurpose)).toEqual(['revocation', 'suspension'])
    const path = String(credentialStatus[0]?.statusListCredential).slice(publicUrl.length)
    const list = await server.inject(path)
    expect(list.statusCode).toBe(200)
    expect(list.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'public, max-age=60' })
    expect((await post(server, '/credentials/verify', { verifiableCredential: list.json() })).body.verified).toBe(true)
    expect((await server.inject({ url: path, headers: { accept: 'application/vc' } })).headers['content-type']).toBe('application/vc')
    expect((await server.inject('/status-lists/nobody-revocation-1')).statusCode).toBe(404)
  })

  test.each(['revocation', 'suspension'])('%s is seen at the next verification', async statusPurpose => {
    const { server } = await start()
    const verifiableCredential = await issue(server)
    const change = (status: boolean) =>
      post(server, '/credentials/status', {
        credentialId: verifiableCredential.id,
        credentialStatus: { type: 'BitstringStatusListEntry', statusPurpose },
        status,
      })
    expect(await change(true)).toMatchObject({ status: 200 })
    const { status, body } = await post(server, '/credentials/verify', { verifiableCredential })
    expect([status, body.code]).toEqual([400, statusPurpose === 'revocation' ? 'ERR_CREDENTIAL_REVOKED' : 'ERR_CREDENTIAL_SUSPENDED'])
    expect((await change(false)).status).toBe(statusPurpose === 'revocation' ? 409 : 200)
  })

  test.each([
    ['an unknown id', 404, { credentialId: 'urn:x:y', credentialStatus: { statusPurpose: 'revocation' } }],
    ['no id', 400, { credentialStatus: { statusPurpose: 'revocation' } }],
    ['another purpose', 400, { credentialId: 'urn:x:y', credentialStatus: { statusPurpose: 'message' } }],
    ['no purpose', 400, { credentialId: 'urn:x:y' }],
    ['a status that is no boolean', 400, { credentialId: 'urn:x:y', credentialStatus: { statusPurpose: 'revocation' }, status: 1 }],
  ])('refuses %s', async (_, status, body) => {
    const { server } = await start()
    expect((await post(server, '/credentials/status', body)).status).toBe(status)
  })

  test('a credential of VC Data Model 1.1, and one that brings its own status, are left as they are', async () => {
    const { server } = await start()
    const old = await issue(
      server,
      credentialOf(ecdsa.did, {
        '@context': ['https://www.w3.org/2018/credentials/v1'],
        type: ['VerifiableCredential'],
        issuanceDate: '2026-01-01T00:00:00Z',
        credentialSubject: { id: holder.did },
      }),
    )
    expect(old).not.toHaveProperty('credentialStatus')
    expect((await post(server, '/credentials/verify', { verifiableCredential: old })).status).toBe(200)
    const own = await issue(server, credentialOf(ecdsa.did, { credentialStatus: { type: 'OtherStatus' } }))
    expect(own.credentialStatus).toEqual({ type: 'OtherStatus' })
  })
})

describe('with a trust registry', () => {
  /** Knows `ecdsa` under a `did:neo`-like name of its own, accredited for one type. */
  const ledger: Pick<Ledger, 'lookups' | 'anchor'> = {
    lookups: {
      resolveIssuerKey: async () => null,
      mayIssue: async ({ issuer, credentialType }) => ({
        allowed: issuer === ecdsa.did && credentialType === 'ResidentCredential',
        evidence: {},
      }),
      validateClaims: async ({ claims }) => ({ valid: typeof claims.district === 'string', evidence: {} }),
      findStatusAnchor: async () => null,
    },
    anchor: async () => undefined,
  }
  const registered = { ISSUER_POLICY: 'registered', NETWORK_FILE: 'network.json' }

  test('issues only what the issuer is accredited for and what follows the schema', async () => {
    const { server } = await start(registered, ledger)
    const ask = async (credential: JsonObject) => (await post(server, '/credentials/issue', { credential })).body.code
    expect(await ask(credentialOf(eddsa.did))).toBe('ERR_CREDENTIAL_ISSUER_NOT_TRUSTED')
    expect(await ask(credentialOf(ecdsa.did, { type: ['VerifiableCredential', 'BankCredential'] }))).toBe(
      'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED',
    )
    expect(await ask(credentialOf(ecdsa.did, { type: ['VerifiableCredential'] }))).toBe('ERR_CREDENTIAL_ISSUER_NOT_TRUSTED')
    expect(await ask(credentialOf(ecdsa.did, { credentialSubject: { id: holder.did, district: 5 } }))).toBe('ERR_CREDENTIAL_SCHEMA')
    expect(await ask(credentialOf())).toBeUndefined()
  })

  test('does not take a did:key for an issuer, though it signed rightly', async () => {
    const open = await start()
    const verifiableCredential = await issue(open.server)
    const { server } = await start(registered, ledger)
    expect(await post(server, '/credentials/verify', { verifiableCredential })).toMatchObject({
      status: 400,
      body: { verified: false, code: 'ERR_CREDENTIAL_ISSUER_KEY' },
    })
  })

  test('needs a ledger', async () => {
    await expect(start(registered)).rejects.toMatchObject({ code: 'ERR_SERVICE_CONFIG' })
  })
})

test('no body, identifier or token gets into the log', async () => {
  const { server, lines } = await start()
  const credential = await issue(server)
  await post(server, '/credentials/verify', {
    verifiableCredential: { ...credential, credentialSubject: { id: holder.did, district: 'Hills' } },
  })
  await post(server, '/credentials/verify', { verifiableCredential: 'Harbour' }, { authorization: 'Bearer secret' })
  expect(lines.length).toBeGreaterThan(2)
  expect(lines.join()).not.toMatch(/Harbour|Hills|did:key|urn:uuid|secret/)
})
