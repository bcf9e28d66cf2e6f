import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TokenStatusLists, verifySdJwtVc } from '@hufu/credentials'
import { createDid, type Did, didOf } from '@hufu/did'
import { readZkDelivery } from '@hufu/exchange'
import { generateSigner, publicKeyToJwk } from '@hufu/keys'
import type { Account } from '@hufu/ledger'
import { bytesToBase64url, randomBytes } from '@hufu/primitives'
import {
  createNodeHasher,
  createScalarEngine,
  holderCommitment,
  pathInBucket,
  prepareCredential,
  proofSize,
  publishedRootsOf,
  randomScalar,
  readAttributeLayout,
  type ZkCredential,
} from '@hufu/proofs'
import { credentialTypes } from '@hufu/samples'
import { createLog } from '@hufu/service'
import { fixedSecret, fixedSigner, startTestNetwork } from '@hufu/testkit'
import { accreditIssuer, addAuthority, addInstitution, registerCredentialType } from '@hufu/trust'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readInstitutionConfig } from '../config.ts'
import { newFolder } from '../fixture.ts'
import { type OpenedInstitution, openInstitution } from '../open-institution.ts'
import { type Ledger, openLedger } from '../open-ledger.ts'
import { application, keyProof, officer, publicUrl, residentType, type ServedIssuer, serveIssuer, TestTokens } from './issuer-fixture.ts'
import { openIssuer } from './open-issuer.ts'

const network = await startTestNetwork({ validators: 1 })
const session = { client: network.ledger, network: network.descriptor }
const founding = { client: network.founding, network: network.descriptor }
const tokens = new TestTokens()
const layout = readAttributeLayout(credentialTypes[residentType])
const within = { timeout: 30_000, interval: 100 }
let did: Did
let ledger: Ledger
let institution: OpenedInstitution
let served: ServedIssuer

beforeAll(async () => {
  const folder = newFolder()
  const files = { network: join(folder, 'network.json'), identity: join(folder, 'bureau.json'), token: join(folder, 'token') }
  const account = (await network.fundedAccounts('bureau'))[0]!
  did = didOf(network.descriptor.name, account.scriptHash)
  await registerBureau(account)
  const key = { id: `${did}#key-1`, algorithm: 'P-256', secret: bytesToBase64url(fixedSecret('bureau key')) }
  writeFileSync(files.network, JSON.stringify({ ...network.descriptor, epochMs: 1_000 }))
  writeFileSync(files.identity, JSON.stringify({ version: 1, did, controller: bytesToBase64url(fixedSecret('bureau')), keys: [key] }))
  writeFileSync(files.token, 'x'.repeat(43))
  const config = readInstitutionConfig({
    ...{ NETWORK_FILE: files.network, IDENTITY_FILE: files.identity, SYSTEM_TOKEN_FILE: files.token, DATA_FOLDER: join(folder, 'data') },
    ROLES: 'issuer',
  })
  const log = createLog({ level: 'silent' })
  ledger = (await openLedger(config, { log, onError: () => undefined, onAlarm: () => undefined }))!
  institution = await openInstitution(config, { publicUrl, ledger, log, metrics: new Registry() })
  served = await serveIssuer(institution, await openIssuer(institution, { authorization: tokens }), tokens)
})

afterAll(async () => {
  await served?.server.close()
  await institution?.close()
  await ledger?.close()
  await network.stop()
})

/** A bureau with an authority over itself, accredited for residence credentials. */
async function registerBureau(account: Account): Promise<void> {
  const { publicKey } = await fixedSigner('bureau key')
  const id = `${did}#key-1`
  const verificationMethod = [{ id, type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk(publicKey) }]
  const by = { account: network.committee }
  const parts = { authority: account.scriptHash, institution: account.scriptHash }
  const done = async (write: Promise<{ inBlock(): Promise<unknown> }>): Promise<unknown> => (await write).inBlock()
  await Promise.all([
    done(createDid(session, { account, document: { id: did, verificationMethod, assertionMethod: [id], authentication: [id] } })),
    done(registerCredentialType(founding, { ...by, typeId: residentType, version: 1, schema: credentialTypes[residentType] })),
  ])
  await done(addAuthority(founding, { ...by, authority: account.scriptHash, region: '990100' }))
  await done(addInstitution(session, { account, ...parts, kind: 'bureau' }))
  await done(accreditIssuer(session, { account, ...parts, typeId: residentType }))
}

async function ask(token: string, ending: string, more: { holderCommitment?: bigint } = {}) {
  const proof = await keyProof(await generateSigner('P-256'), await served.nonce(), { nowMs: Date.now(), ...more } as object)
  return served.wallet(token, '/vci/credential', { credential_configuration_id: `${residentType}_${ending}`, proofs: { jwt: [proof] } })
}

/** Verifies as an institution does: by the ledger, with lists that are anchored there, fetched anew. */
async function verify(credential: string): Promise<unknown> {
  const lists = new TokenStatusLists({
    ...ledger.lookups,
    fetchStatusList: async uri => (await served.server.inject(new URL(uri).pathname)).body,
  })
  return verifySdJwtVc(credential, {
    ...ledger.lookups,
    ...{ credentialTypes: [residentType], keyBinding: 'none', status: { lists, maxAgeMs: 86_400_000 } },
  })
}

test('issued, it verifies by the ledger; revoked by an officer, it is refused with the next list', async () => {
  const { token, application: id } = await served.token(application)
  const answer = await ask(token, 'sd-jwt')
  expect([answer.statusCode, answer.json().error_description]).toEqual([200, undefined])
  const { credential } = answer.json().credentials[0]
  await vi.waitFor(() => verify(credential), within)
  const changed = await served.staff(officer, 'POST', `/issuer/applications/${id}/status`, { status: 'revoked', reason: 'data-changed' })
  expect(changed.json()).toEqual({ copies: 1 })
  await vi.waitFor(() => expect(verify(credential)).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_REVOKED' }), within)
})

test('a leaf that is durable makes a credential that can be prepared; revoked, it cannot', async () => {
  const { token, application: id } = await served.token({ ...application, claims: { ...application.claims, name: '王芳' } })
  const [secret, blinding] = [randomScalar(randomBytes), randomScalar(randomBytes)]
  const waiting = await ask(token, 'zk', { holderCommitment: holderCommitment(secret, blinding) })
  expect(waiting.statusCode).toBe(202)
  const { transaction_id } = waiting.json()
  const delivered = await vi.waitFor(async () => {
    const answer = await served.wallet(token, '/vci/deferred', { transaction_id })
    expect(answer.statusCode).toBe(200)
    return answer.json().credentials[0].credential
  }, within)
  const credential = readZkDelivery(delivered, blinding)
  const prepare = async () => {
    const { path, published } = await pathOf(credential)
    const prover = { prove: async () => new Uint8Array(proofSize) }
    return prepareCredential({ prover, random: randomBytes, credential, layout, secret, path, published, slots: [0, 1, 2, 3] })
  }
  expect(await vi.waitFor(prepare, within)).toMatchObject({ credentialId: `${did} ${residentType} ${credential.leafIndex}` })
  await served.staff(officer, 'POST', `/issuer/applications/${id}/status`, { status: 'revoked', reason: 'holder-asked' })
  await vi.waitFor(() => expect(prepare()).rejects.toMatchObject({ code: 'ERR_PROOF_UNSATISFIED' }), within)
})

/** The path of a credential's leaf in the latest epoch, as a wallet finds it. */
async function pathOf({ leafIndex }: ZkCredential) {
  const trees = ledger.trees!.trees
  const epoch = await trees.epochRoots(residentType, 'latest')
  const published = publishedRootsOf(epoch!, account => didOf(network.descriptor.name, account)).at(-1)!
  const root = epoch!.lists.at(-1)!.find(entry => didOf(network.descriptor.name, entry.issuer) === did)!
  const bucket = await trees.bucket({ issuer: root.issuer, typeId: residentType }, Math.floor(leafIndex / 4096), root.root.rootIndex)
  return { path: pathInBucket(bucket!, leafIndex, createNodeHasher(await createScalarEngine())), published }
}
