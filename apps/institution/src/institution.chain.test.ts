import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '@hufu/credentials'
import { createDid, type Did, didOf } from '@hufu/did'
import { publicKeyToJwk, publicKeyToMultikey } from '@hufu/keys'
import type { Account } from '@hufu/ledger'
import { bytesToBase64url } from '@hufu/primitives'
import { createLog } from '@hufu/service'
import { fixedSecret, fixedSigner, freePort, startTestNetwork } from '@hufu/testkit'
import { accreditIssuer, addAuthority, addInstitution, grantReasons, registerCredentialType, suspendGrant } from '@hufu/trust'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readInstitutionConfig } from './config.ts'
import { newFolder } from './fixture.ts'
import { openLedger } from './open-ledger.ts'
import { openVcApiServices } from './open-vc-api-services.ts'
import { createInstitutionServer } from './server.ts'

const typeId = 'urn:hufu:test-pass'
const network = await startTestNetwork({ validators: 1 })
const session = { client: network.ledger, network: network.descriptor }
/** Writes as the council, by the committee's account. */
const founding = { client: network.founding, network: network.descriptor }
const committee = network.committee
const folder = newFolder()
const networkFile = join(folder, 'network.json')
const bureauFile = join(folder, 'bureau.json')
const stops: (() => Promise<unknown>)[] = [() => network.stop()]
let account: Account
let did: Did
let bureau: FastifyInstance

beforeAll(async () => {
  writeFileSync(networkFile, JSON.stringify(network.descriptor))
  account = (await network.fundedAccounts('bureau'))[0]!
  did = didOf(network.descriptor.name, account.scriptHash)
  await registerBureau()
  bureau = await start({ ISSUER_FILES: bureauFile })
})

afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
})

/** A bureau with two keys, an authority over itself, accredited for one type of credential. */
async function registerBureau(): Promise<void> {
  const names = ['P-256', 'Ed25519'] as const
  const signers = await Promise.all(names.map(algorithm => fixedSigner(`bureau ${algorithm}`, algorithm)))
  const ids = signers.map((_, index) => `${did}#key-${index + 1}`)
  const [p256, ed25519] = signers.map(({ publicKey }) => publicKey)
  const verificationMethod = [
    { id: ids[0], type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk(p256!) },
    { id: ids[1], type: 'Multikey', controller: did, publicKeyMultibase: publicKeyToMultikey(ed25519!) },
  ]
  const keys = names.map((algorithm, index) => ({
    id: ids[index],
    algorithm,
    secret: bytesToBase64url(fixedSecret(`bureau ${algorithm}`)),
  }))
  writeFileSync(bureauFile, JSON.stringify({ version: 1, did, controller: bytesToBase64url(fixedSecret('bureau')), keys }))

  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { fare: { type: 'integer' } },
    required: ['fare'],
    additionalProperties: false,
  }
  const by = { account: committee }
  const parts = { authority: account.scriptHash, institution: account.scriptHash }
  await done(createDid(session, { account, document: { id: did, verificationMethod, assertionMethod: ids } }))
  await done(registerCredentialType(founding, { ...by, typeId, version: 1, schema }))
  await done(addAuthority(founding, { ...by, authority: account.scriptHash, region: '990100' }))
  await done(addInstitution(session, { account, ...parts, kind: 'bureau' }))
  await done(accreditIssuer(session, { account, ...parts, typeId }))
}

async function done(write: Promise<{ inBlock(): Promise<unknown> }>): Promise<void> {
  await (await write).inBlock()
}

/** A server of its own, listening. */
async function start(environment: NodeJS.ProcessEnv = {}): Promise<FastifyInstance> {
  const port = await freePort()
  const here = { NETWORK_FILE: networkFile, DATA_FOLDER: newFolder(), PORT: String(port), LOOPBACK_PEERS: 'allow' }
  const config = readInstitutionConfig({ ...here, ...environment })
  const log = createLog({ level: 'silent' })
  const ledger = await openLedger(config, { log, onError: () => undefined, onAlarm: () => undefined })
  const vcApi = await openVcApiServices(config, ledger, `http://127.0.0.1:${port}`)
  const server = await createInstitutionServer({
    ...config,
    publicUrl: `http://127.0.0.1:${port}`,
    log,
    vcApi,
    resolver: ledger?.resolver,
    readiness: { ledger: () => ledger!.ready() },
  })
  await server.listen({ host: config.host, port })
  stops.push(
    () => ledger!.close(),
    () => vcApi.statuses.close(),
    () => server.close(),
  )
  return server
}

async function post(server: FastifyInstance, url: string, payload: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await server.inject({ method: 'POST', url, payload })
  return { status: answer.statusCode, body: answer.json() }
}

const verify = (server: FastifyInstance, verifiableCredential: unknown) => post(server, '/credentials/verify', { verifiableCredential })

async function issue(fare = 50): Promise<JsonObject & { id: string }> {
  const credential = {
    '@context': ['https://www.w3.org/ns/credentials/v2', 'https://www.w3.org/ns/credentials/undefined-terms/v2'],
    id: `urn:uuid:${crypto.randomUUID()}`,
    type: ['VerifiableCredential', typeId],
    issuer: did,
    credentialSubject: { fare },
  }
  const { status, body } = await post(bureau, '/credentials/issue', { credential })
  expect([status, body.code]).toEqual([201, undefined])
  return body.verifiableCredential as JsonObject & { id: string }
}

test('a bureau issues, another institution verifies against the ledger and the published list', async () => {
  const bank = await start()
  expect((await bank.inject('/health/ready')).statusCode).toBe(200)
  const { status, body } = await verify(bank, await issue())
  expect([status, body.code]).toEqual([200, undefined])
  const { rules } = body.receipt as { rules: readonly { rule: string; evidence: object }[] }
  expect(rules.map(({ rule }) => rule)).toEqual([
    'form',
    'issuer',
    'proof-purpose',
    'issuer-key',
    'issuer-signature',
    'validity',
    'issuer-trusted-then',
    'issuer-trusted-now',
    ...['status-list', 'status-age', 'status-anchor', 'status', 'status-list', 'status-age', 'status-anchor', 'status'],
    'schema',
  ])
  expect(rules.find(({ rule }) => rule === 'issuer-key')?.evidence).toMatchObject({ didVersion: 1 })
})

test('the same server resolves the DID of the bureau', async () => {
  const answer = await bureau.inject(`/1.0/identifiers/${did}`)
  expect(answer.statusCode).toBe(200)
  expect(answer.body).toContain(`${did}#key-2`)
})

test('issues nothing that a verifier would refuse', async () => {
  const credential = {
    '@context': ['https://www.w3.org/ns/credentials/v2', 'https://www.w3.org/ns/credentials/undefined-terms/v2'],
    issuer: did,
  }
  const whole = { ...credential, type: ['VerifiableCredential', typeId], credentialSubject: { fare: 'half' } }
  expect((await post(bureau, '/credentials/issue', { credential: whole })).body.code).toBe('ERR_CREDENTIAL_SCHEMA')
  const other = { ...whole, type: ['VerifiableCredential', 'urn:hufu:other'], credentialSubject: { fare: 50 } }
  expect((await post(bureau, '/credentials/issue', { credential: other })).body.code).toBe('ERR_CREDENTIAL_ISSUER_NOT_TRUSTED')
})

test('a revoked credential is refused, a suspended one too until it is reinstated', async () => {
  const [revoked, suspended, valid] = [await issue(), await issue(), await issue()]
  const change = (credentialId: string, statusPurpose: string, status: boolean) =>
    post(bureau, '/credentials/status', { credentialId, credentialStatus: { type: 'BitstringStatusListEntry', statusPurpose }, status })
  expect((await change(revoked.id, 'revocation', true)).status).toBe(200)
  expect((await change(suspended.id, 'suspension', true)).status).toBe(200)
  const bank = await start()
  expect((await verify(bank, revoked)).body.code).toBe('ERR_CREDENTIAL_REVOKED')
  expect((await verify(bank, suspended)).body.code).toBe('ERR_CREDENTIAL_SUSPENDED')
  expect((await verify(bank, valid)).status).toBe(200)
  expect((await change(suspended.id, 'suspension', false)).status).toBe(200)
  expect((await verify(await start(), suspended)).status).toBe(200)
})

test('a credential of an issuer that has been suspended is refused from then on', async () => {
  const credential = await issue()
  const bank = await start()
  expect((await verify(bank, credential)).status).toBe(200)
  const grant = { kind: 'issue', subject: account.scriptHash, name: typeId } as const
  const reason = grantReasons.underInquiry
  await done(
    suspendGrant(founding, { account: committee, actor: network.descriptor.contracts.council.hash, grant, reason, attempt: 'case 1' }),
  )
  expect((await verify(bank, credential)).body.code).toBe('ERR_CREDENTIAL_ISSUER_NOT_TRUSTED')
})
