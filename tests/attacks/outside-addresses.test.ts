// Addresses that others name, on every way that leads to a fetch: something inside that notes whoever connects hears from nobody.

import { issueSdJwtVc, issueW3cCredential } from '@hufu/credentials'
import { createDid, didOf } from '@hufu/did'
import { createPresentationResponse } from '@hufu/exchange'
import { generateSigner, publicKeyToMultikey, type Signer } from '@hufu/keys'
import { freePort } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { presentAll } from '../../apps/institution/src/verifier/wallet-fixture.ts'
import { innerAddresses, innerHosts } from './input/inner-addresses.ts'
import { type Answer, AttackedWorld, callback, residentType } from './world/attacked-world.ts'
import { Canary } from './world/canary.ts'
import type { InstitutionProcess } from './world/institution-process.ts'
import { ask, person, walletFor } from './world/resident.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const claims = { ...person, age_equal_or_over: { 16: true, 18: true, 60: false, 65: false } }

let world: AttackedWorld
let canary: Canary
/** As it runs beyond one machine. */
let server: InstitutionProcess
/** As in a pilot on one machine, where addresses here may be named: what shows that the ways lead to a fetch at all. */
let open: InstitutionProcess
let holder: Signer

beforeAll(async () => {
  world = await AttackedWorld.start()
  canary = await Canary.start()
  holder = await generateSigner('P-256')
  ;[server, open] = await Promise.all([world.bank.start(undefined, { LOOPBACK_PEERS: 'refuse' }), world.bank.start(await freePort())])
})

afterAll(async () => {
  canary?.stop()
  await server?.stop()
  await open?.stop()
  await world?.stop()
})

/** Several at a time, each within seconds. */
async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values()
  const drain = async () => {
    for (const item of left) {
      const startedMs = performance.now()
      await work(item)
      expect(performance.now() - startedMs, String(item)).toBeLessThan(10_000)
    }
  }
  await Promise.all(Array.from({ length: 6 }, drain))
}

/** How often each outcome came, by its code. */
function outcomeOf({ status, json }: Answer): string {
  return `${status} ${json?.code ?? json?.error ?? ''}`
}

async function showWithStatusAt(uri: string, url: string): Promise<Answer> {
  const { bank } = world
  const credential = await issueSdJwtVc({
    ...{ signer: bank.signer, kid: bank.kid, issuer: bank.did, credentialType: residentType, claims },
    disclosable: [['city_code'], ['age_equal_or_over', '18']],
    ...{ holderKey: holder.publicKey, issuedAtMs: Date.now() - 1_000, expiresAtMs: Date.now() + 86_400_000, status: { uri, index: 1 } },
  })
  const wallet = { ...walletFor([bank]), sdJwt: { credential, signer: holder } }
  const { request } = await ask(bank, wallet)
  const body = await createPresentationResponse(request, await presentAll(wallet, request))
  return bank.request('POST', new URL(request.responseUri).pathname, { url, headers: form, body })
}

async function verifyWithStatusAt(uri: string, url: string): Promise<Answer> {
  const { bank } = world
  const status = {
    ...{ type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: '1', statusListCredential: uri },
  }
  const verifiableCredential = await issueW3cCredential(
    {
      '@context': ['https://www.w3.org/ns/credentials/v2', 'https://www.w3.org/ns/credentials/undefined-terms/v2'],
      ...{ type: ['VerifiableCredential', residentType], issuer: bank.did, validFrom: '2026-01-01T00:00:00Z' },
      credentialSubject: { ...claims, id: `did:key:${publicKeyToMultikey(holder.publicKey)}` },
      credentialStatus: status,
      // Whoever looks these up asks somebody.
      credentialSchema: { id: uri, type: 'JsonSchema' },
      ...{ termsOfUse: { id: uri, type: 'Terms' }, evidence: { id: uri, type: 'Evidence' }, refreshService: { id: uri, type: 'Refresh' } },
    },
    { key: { id: bank.kid, signer: bank.signer }, createdMs: Date.now() },
  )
  return bank.request('POST', '/credentials/verify', { url, body: { verifiableCredential } })
}

test.each([
  ['of a presented SD-JWT', showWithStatusAt],
  ['of a W3C credential, with its schema, terms and evidence', verifyWithStatusAt],
])('the status list %s', async (_, attempt) => {
  const here = `http://127.0.0.1:${canary.port}/list`
  const before = canary.hits.length
  await attempt(here, open.url)
  expect(canary.hits.length).toBeGreaterThan(before)
  const hits = canary.hits.length
  const addresses = innerAddresses(canary.port)
  expect(addresses.length).toBeGreaterThanOrEqual(300)
  const outcomes = new Map<string, number>()
  await each(addresses, async address => {
    const answered = await attempt(address, server.url).catch((error: Error) => {
      // Some cannot even be written into a credential.
      if (/ERR_CREDENTIAL/.test(`${(error as { code?: string }).code}`)) return undefined
      throw error
    })
    const outcome = answered === undefined ? 'not issued' : outcomeOf(answered)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  })
  process.stdout.write(`${addresses.length} addresses of status lists: ${JSON.stringify(Object.fromEntries(outcomes))}\n`)
  expect(canary.hits.slice(hits)).toEqual([])
  expect([...outcomes.keys()].filter(outcome => outcome.startsWith('2') || outcome.startsWith('500'))).toEqual([])
  expect(outcomes.get('503 ERR_CREDENTIAL_STATUS_UNAVAILABLE')).toBeGreaterThan(150)
})

test('endpoints of institutions, as DID documents on the ledger name them', async () => {
  const { bank, network, session } = world
  const endpoints = innerHosts().flatMap(host => [`https://${host}:${canary.port}`, `http://${host}:${canary.port}`])
  const acceptable = endpoints.filter(endpoint => URL.canParse(endpoint) && !/[%。]/.test(endpoint)).slice(0, 40)
  const named = [`http://localhost:${canary.port}`, `http://127.0.0.1:${canary.port}`, `http://[::1]:${canary.port}`, ...acceptable]
  const accounts = await network.fundedAccounts(...named.map((_, index) => `inner ${index}`))
  const made = await Promise.allSettled(
    named.map(async (serviceEndpoint, index) => {
      const account = accounts[index]!
      const did = didOf(network.descriptor.name, account.scriptHash)
      const service = [{ id: `${did}#institution`, type: 'HufuInstitution', serviceEndpoint }]
      await (await createDid(session, { account, document: { id: did, service } })).durable()
      return did
    }),
  )
  const dids = made.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  expect(dids.length).toBeGreaterThanOrEqual(15)
  const body = (holderDid: string) => ({ holder: holderDid, record: 'x-ray', untilMs: 1000 * Math.ceil(Date.now() / 1000) + 3_600_000 })
  const control = canary.hits.length
  await expect
    .poll(async () => (await bank.system('POST', '/handover/requests', body(dids[0]!), open.url)).status)
    .toBeGreaterThanOrEqual(400)
  expect(canary.hits.length).toBeGreaterThan(control)
  const hits = canary.hits.length
  const outcomes = new Map<string, number>()
  await each(dids, async did => {
    const outcome = outcomeOf(await bank.system('POST', '/handover/requests', body(did), server.url))
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  })
  process.stdout.write(`${dids.length} endpoints in DID documents: ${JSON.stringify(Object.fromEntries(outcomes))}\n`)
  expect(canary.hits.slice(hits)).toEqual([])
  expect([...outcomes.keys()].filter(outcome => /^(2|500)/.test(outcome))).toEqual([])
})

/** A presentation of a credential whose issuer is some DID; undefined where it cannot be written. */
async function showOf(did: string): Promise<Answer | undefined> {
  const { bank } = world
  const key = { signer: await generateSigner('P-256'), kid: `${did}#key-1`, issuer: did }
  const times = { issuedAtMs: Date.now() - 1_000, expiresAtMs: Date.now() + 86_400_000 }
  const disclosable = [['city_code'], ['age_equal_or_over', '18']]
  const credential = await issueSdJwtVc({
    ...key,
    ...times,
    credentialType: residentType,
    claims,
    disclosable,
    holderKey: holder.publicKey,
  }).catch(() => undefined)
  if (credential === undefined) return undefined
  const wallet = { ...walletFor([bank]), sdJwt: { credential, signer: holder } }
  const { request } = await ask(bank, wallet)
  const body = await createPresentationResponse(request, await presentAll(wallet, request))
  return bank.request('POST', new URL(request.responseUri).pathname, { url: server.url, headers: form, body })
}

test('DIDs of other methods: to be resolved, as issuers, as holders of records, as verifiers', async () => {
  const { bank } = world
  const hits = canary.hits.length
  const dids = innerHosts().flatMap(host => [
    `did:web:${encodeURIComponent(`${host}:${canary.port}`)}`,
    `did:webvh:x:${host}%3A${canary.port}:a`,
  ])
  const more = [
    'did:ion:x',
    'did:jwk:e30',
    `did:tdw:${canary.port}`,
    `did:plc:http://127.0.0.1:${canary.port}`,
    `http://127.0.0.1:${canary.port}/issuer`,
  ]
  const statuses = new Set<number>()
  await each([...dids, ...more], async did => {
    const presented = await showOf(did)
    const proof = {
      type: 'DataIntegrityProof',
      cryptosuite: 'ecdsa-rdfc-2019',
      proofPurpose: 'assertionMethod',
      verificationMethod: `${did}#key-1`,
      proofValue: `z${'1'.repeat(86)}`,
    }
    const w3c = {
      '@context': ['https://www.w3.org/ns/credentials/v2'],
      type: ['VerifiableCredential'],
      issuer: did,
      credentialSubject: { id: did },
      proof,
    }
    const answers = [
      await bank.request('GET', `/1.0/identifiers/${encodeURI(did)}`, { url: server.url }),
      await bank.request('GET', `/1.0/identifiers/${encodeURIComponent(did)}?proof=true&noCache=true`, { url: server.url }),
      await bank.request('POST', '/credentials/verify', { url: server.url, body: { verifiableCredential: w3c } }),
      await bank.system('POST', '/handover/requests', { holder: did, record: 'x-ray', untilMs: Date.now() + 3_600_000 }, server.url),
      ...(presented === undefined ? [] : [presented]),
    ]
    for (const { status } of answers) statuses.add(status)
  })
  expect(canary.hits.slice(hits)).toEqual([])
  // 501: the resolver's word for another method.
  expect([...statuses].filter(status => status < 400 || (status >= 500 && status !== 501))).toEqual([])
  expect(statuses).toContain(501)
  process.stdout.write(`${dids.length + more.length} DIDs of other methods, five ways each\n`)
})

test('addresses in requests to the authorization server, in offers and in messages', async () => {
  const { bank } = world
  const hits = canary.hits.length
  const basic = { authorization: `Basic ${Buffer.from(`shop:${bank.shopSecret}`).toString('base64')}` }
  const authorizing = {
    client_id: 'shop',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: callback,
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
  }
  const statuses: string[] = []
  await each(innerAddresses(canary.port), async address => {
    const unsigned = (claim: string) =>
      `${Buffer.from(JSON.stringify({ alg: 'none', jku: address, x5u: address })).toString('base64url')}.${Buffer.from(JSON.stringify({ ...authorizing, [claim]: address })).toString('base64url')}.`
    const queries: readonly Readonly<Record<string, string>>[] = [
      { ...authorizing, request_uri: address },
      { ...authorizing, request: unsigned('request_uri') },
      { ...authorizing, client_id: address },
      { ...authorizing, redirect_uri: address },
      { ...authorizing, resource: address },
      {
        ...authorizing,
        registration: JSON.stringify({ logo_uri: address, jwks_uri: address, policy_uri: address, sector_identifier_uri: address }),
      },
    ]
    const answers = await Promise.all([
      ...queries.map(query => bank.request('GET', `/oidc/auth?${new URLSearchParams(query)}`, { url: server.url })),
      bank.request('POST', '/oidc/request', {
        ...{ url: server.url, headers: { ...form, ...basic } },
        body: new URLSearchParams({ ...authorizing, request_uri: address }).toString(),
      }),
      bank.request('POST', '/oidc/token', {
        ...{ url: server.url, headers: form },
        body: new URLSearchParams({
          ...{
            grant_type: 'authorization_code',
            code: 'x',
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          },
          client_assertion: unsigned('iss'),
        }).toString(),
      }),
      bank.request(
        'GET',
        `/oidc/session/end?${new URLSearchParams({ id_token_hint: unsigned('iss'), post_logout_redirect_uri: address })}`,
        { url: server.url },
      ),
      bank.request('GET', `/issuer/offers/00000000-0000-4000-8000-000000000000?credential_offer_uri=${encodeURIComponent(address)}`, {
        url: server.url,
      }),
      bank.request('POST', '/verifier/pages/open-account/presentations', { url: server.url, body: { returnTo: address } }),
      bank.system('POST', '/verifier/presentations', { queryId: 'open-account', returnTo: address }, server.url),
    ])
    statuses.push(...answers.filter(({ status, headers }) => status >= 500 || isSentInside(headers.get('location'))).map(outcomeOf))
  })
  expect(canary.hits.slice(hits)).toEqual([])
  expect(statuses).toEqual([])
})

/** Whether a browser would be sent to what was named. */
function isSentInside(location: string | null): boolean {
  return location !== null && !location.startsWith('/') && !location.startsWith(world.bank.url) && !location.startsWith(callback)
}
