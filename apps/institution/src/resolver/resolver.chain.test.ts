import { createDid, type Did, deactivateDid, didOf, openDidProof, provenSource, resolveDid, updateDid } from '@hufu/did'
import { type Account, LightClient, singleAccount, trustAnchorOf } from '@hufu/ledger'
import { type Database, openEmbeddedDatabase, openRegistry, type Registry } from '@hufu/service'
import { fixedSigner, startTestNetwork } from '@hufu/testkit'
import fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resolverRoutes } from './resolver-routes.ts'

const network = await startTestNetwork({ validators: 1 })
const { descriptor } = network
const ledger = { client: network.ledger, network: descriptor }
const sponsor = network.committee
const server = fastify()
let database: Database
let registry: Registry
let base: string

beforeAll(async () => {
  database = await openEmbeddedDatabase()
  registry = openRegistry({ client: network.ledger, network: descriptor, database })
  const prover = provenSource(new LightClient({ network: descriptor }), descriptor)
  resolverRoutes(server, { source: registry.dids, refresh: registry.refresh, prover })
  base = `${await server.listen({ host: '127.0.0.1', port: 0 })}/1.0/identifiers/`
})

afterAll(async () => {
  await server.close()
  await registry.close()
  await database.close()
  await network.stop()
})

async function create(name: string): Promise<{ account: Account; did: Did }> {
  const account = singleAccount(await fixedSigner(`resolver: ${name}`))
  const { did } = await (await createDid(ledger, { account, sponsor })).inBlock()
  return { account, did }
}

async function get(identifier: string): Promise<{ status: number; body: ReturnType<typeof JSON.parse> }> {
  const answer = await fetch(`${base}${identifier}`, { headers: { accept: 'application/did-resolution' } })
  return { status: answer.status, body: await answer.json() }
}

test('an identifier is answered from its creation to its end, each time as of the latest block', async () => {
  const { account, did } = await create('a whole life')
  expect(await get(`${did}?noCache=true`)).toMatchObject({
    status: 200,
    body: { didDocument: { id: did }, didDocumentMetadata: { versionId: '1' } },
  })
  const document = { id: did, alsoKnownAs: ['https://bureau.example/'] }
  const { outcome } = await (await updateDid(ledger, { did, expectedVersion: 1, account, sponsor, document })).inBlock()
  expect(await get(`${did}?noCache=true`)).toMatchObject({ body: { didDocument: document, didDocumentMetadata: { versionId: '2' } } })
  const at = (timeMs: number) => get(`${did}?versionTime=${new Date(timeMs).toISOString()}`)
  expect(await at(outcome.blockTimeMs - 1)).toMatchObject({ body: { didDocumentMetadata: { versionId: '1', nextVersionId: '2' } } })
  expect(await at(outcome.blockTimeMs)).toMatchObject({ body: { didDocumentMetadata: { versionId: '2' } } })
  await (await deactivateDid(ledger, { did, expectedVersion: 2, account, sponsor })).inBlock()
  expect(await get(`${did}?noCache=true`)).toMatchObject({
    status: 410,
    body: { didDocument: null, didDocumentMetadata: { deactivated: true } },
  })
  expect(await get(`${did}?versionId=2`)).toMatchObject({ status: 200, body: { didDocument: document } })
})

test('what it never heard of is not found', async () => {
  const account = singleAccount(await fixedSigner('resolver: nobody'))
  expect(await get(didOf('test', account.scriptHash))).toMatchObject({ status: 404, body: { didDocument: null } })
})

test('a proof that comes with an answer holds without asking anybody', async () => {
  const { did } = await create('proven')
  await expect.poll(async () => (await get(`${did}?proof=true`)).status, { timeout: 10_000 }).toBe(200)
  const { body } = await get(`${did}?proof=true`)
  const { source } = await openDidProof(body.didDocumentMetadata.proof[0], descriptor, trustAnchorOf(descriptor))
  const { document, metadata } = await resolveDid(source, did)
  expect(body).toMatchObject({ didDocument: document, didDocumentMetadata: metadata })
})
