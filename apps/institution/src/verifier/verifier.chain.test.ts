import { createNodeProver } from '@hufu/circuits/node'
import type { PresentationRequest } from '@hufu/exchange'
import { base64urlToBytes, bytesToBase64url } from '@hufu/primitives'
import { queries } from '@hufu/samples'
import { freePort, isPostgresInstalled, startPostgres, type TestPostgres } from '@hufu/testkit'
import { grantReasons, reinstateGrant, suspendGrant } from '@hufu/trust'
import { CompactEncrypt, importJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NetworkWorld, type RunningServer, systemToken } from './network-fixture.ts'
import { answer, openLink, post, presentAll } from './wallet-fixture.ts'

const prover = createNodeProver()
const proving = Promise.all([prover.prepare('prepare'), prover.prepare('show')])
let world: NetworkWorld
let postgres: TestPostgres
let bank: RunningServer
let replica: RunningServer
let hospital: RunningServer
let clinic: RunningServer
let wallet: Awaited<ReturnType<NetworkWorld['wallet']>>

describe.runIf(isPostgresInstalled)('on a real network, with two servers of a bank on one database', () => {
  beforeAll(async () => {
    const asks = { bank: ['open-account', 'sign-in'], hospital: ['hand-over-consent', 'open-account', 'sign-in'], clinic: [] } as const
    postgres = await startPostgres()
    world = await NetworkWorld.start(asks, queries)
    bank = await world.serve('bank', { databaseUrl: postgres.url })
    replica = await world.serve('bank', { databaseUrl: postgres.url, port: await freePort() })
    hospital = await world.serve('hospital', { databaseUrl: await postgres.createDatabase() })
    clinic = await world.serve('clinic', { databaseUrl: await postgres.createDatabase() })
    wallet = await world.wallet(bank.trees, prover)
    await proving
  })

  afterAll(async () => {
    prover.close()
    await world?.stop()
    await postgres?.stop()
  })

  test('an SD-JWT answers a registered query, once', async () => {
    const { id, token, request } = await ask(bank, 'open-account')
    const form = await answer(wallet, request)
    expect(await post(wallet, request, form)).toEqual({ status: 200, json: {} })
    expect(await post(wallet, request, form)).toMatchObject({ status: 409 })
    const { status, json } = await finish(replica, id, token)
    expect([status, json.claims]).toEqual([200, { residence: { age_equal_or_over: { 18: true }, city_code: '990100' } }])
    expect((await finish(bank, id, token)).status).toBe(409)
  })

  test('a proof signs somebody in, under one pseudonym at the bank and another at the hospital', async () => {
    const pseudonyms: unknown[] = []
    for (const server of [bank, replica, hospital]) {
      const { id, token, request } = await ask(server, 'sign-in')
      expect(await post(wallet, request, await answer(wallet, request))).toEqual({ status: 200, json: {} })
      pseudonyms.push((await finish(server, id, token)).json.pseudonym)
    }
    expect(pseudonyms[1]).toBe(pseudonyms[0])
    expect(pseudonyms[2]).not.toBe(pseudonyms[0])
  })

  test('a proof with one bit flipped, for another verifier, another nonce, or shown before is refused', async () => {
    const expectRefusal = async (form: (request: PresentationRequest) => Promise<string>, rule: string) => {
      const { request } = await ask(bank, 'sign-in')
      expect(await post(wallet, request, await form(request))).toMatchObject({ status: 400, json: { rule } })
    }
    const atHospital = await ask(hospital, 'sign-in')
    const theirs = await presentAll(wallet, atHospital.request)
    await expectRefusal(request => encrypt(request, theirs), 'verifier')
    const early = await ask(bank, 'sign-in')
    const before = await presentAll(wallet, early.request)
    await expectRefusal(request => encrypt(request, before), 'nonce')
    for (const circuit of ['prepare', 'show'] as const)
      await expectRefusal(async request => encrypt(request, flipped(await presentAll(wallet, request), circuit)), circuit)
    expect(await post(wallet, early.request, await encrypt(early.request, before))).toMatchObject({ status: 200 })
  })

  test('a revoked credential is refused once the list says so', async () => {
    const other = await world.wallet(bank.trees, prover)
    const accepted = await ask(bank, 'open-account')
    expect(await post(other, accepted.request, await answer(other, accepted.request))).toMatchObject({ status: 200 })
    await world.signStatuses(other.sdJwt.index)
    await new Promise(resolve => setTimeout(resolve, 1100))
    const refused = await ask(bank, 'open-account')
    expect(await post(other, refused.request, await answer(other, refused.request))).toMatchObject({
      status: 400,
      json: { rule: 'status', code: 'ERR_CREDENTIAL_REVOKED' },
    })
  })

  const tries = Number(process.env.TRIES ?? 400)
  test('of many answers at once to both servers one is taken', { timeout: 60_000 + 20 * tries }, async () => {
    const { request } = await ask(bank, 'open-account')
    const form = await answer(wallet, request)
    const elsewhere = { ...request, responseUri: request.responseUri.replace(bank.url, replica.url) }
    let accepted = 0
    for (let done = 0; done < tries; done += 100) {
      const batch = Array.from({ length: Math.min(100, tries - done) }, (_, index) =>
        post(wallet, index % 2 === 0 ? request : elsewhere, form),
      )
      for (const { status } of await Promise.all(batch)) {
        expect([200, 409]).toContain(status)
        if (status === 200) accepted++
      }
    }
    expect(accepted).toBe(1)
  })

  test('a record goes from the hospital to a clinic with consent, until it is taken back', async () => {
    const signIn = await ask(hospital, 'sign-in')
    await post(wallet, signIn.request, await answer(wallet, signIn.request))
    const { pseudonym } = (await finish(hospital, signIn.id, signIn.token)).json
    const content = { finding: '未见异常' }
    expect((await system(hospital, 'PUT', `/handover/records/${pseudonym}/x-ray`, { content })).status).toBe(204)
    const untilMs = 1000 * Math.ceil(Date.now() / 1000) + 3_600_000
    const asked = await system(clinic, 'POST', '/handover/requests', { holder: hospital.did, record: 'x-ray', untilMs })
    expect(asked.status).toBe(201)
    const request = await openLink(wallet, asked.json.qr as string)
    expect(request.transactionData).toMatchObject([{ content: { record: 'x-ray', receiver: clinic.did, until_ms: untilMs } }])
    // Agreed to another end: refused.
    const bent = await ask(hospital, 'sign-in')
    expect(
      await post(
        wallet,
        bent.request,
        await answer(wallet, bent.request, binding => ({ ...binding, challenge: { ...binding.challenge, transaction: 'x' } })),
      ),
    ).toMatchObject({
      status: 400,
      json: { rule: 'transaction' },
    })
    expect(await post(wallet, request, await answer(wallet, request))).toMatchObject({ status: 200 })
    const path = `/handover/requests/${asked.json.id}/fetch`
    expect((await system(clinic, 'POST', path, {})).json).toMatchObject({ record: 'x-ray', content })
    const begun = await (await fetch(`${hospital.url}/handover/revocations`, json('POST', {}))).json()
    const revocation = await openLink(wallet, (begun as { qr: string }).qr)
    expect(await post(wallet, revocation, await answer(wallet, revocation))).toMatchObject({ status: 200 })
    const { id, token } = begun as { id: string; token: string }
    const taken = await fetch(`${hospital.url}/handover/revocations/${id}/finish`, json('POST', {}, token))
    expect(await taken.json()).toMatchObject({ grants: [{ record: 'x-ray', receiver: clinic.did }] })
    expect((await system(clinic, 'POST', path, {})).json.detail).toBe('the other institution refused: ERR_HANDOVER_GRANT')
  })

  test('a bank that is suspended asks nothing, and is answered nothing', async () => {
    expect((await begin(bank, 'register-patient')).status).toBe(403)
    const { request } = await ask(bank, 'open-account')
    const form = await answer(wallet, request)
    const { account } = world.member('bureau')
    const key = { kind: 'institution', subject: world.member('bank').account.scriptHash } as const
    const change = { actor: account.scriptHash, account, grant: key, attempt: 'case 1' }
    await (await suspendGrant(world.session, { ...change, reason: grantReasons.underInquiry })).durable()
    await expect.poll(async () => (await begin(bank, 'open-account')).status).toBe(403)
    expect(await post(wallet, request, form)).toMatchObject({ status: 400, json: { rule: 'query' } })
    await (await reinstateGrant(world.session, { ...change, reason: grantReasons.remedied })).durable()
    await expect.poll(async () => (await begin(bank, 'open-account')).status).toBe(201)
  })
})

function json(method: string, body: object, token?: string): RequestInit {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return { method, headers: { 'content-type': 'application/json', ...authorization }, body: JSON.stringify(body) }
}

async function system(
  server: RunningServer,
  method: string,
  path: string,
  body: object,
): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(server.url + path, json(method, body, systemToken))
  return { status: response.status, json: response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>) }
}

function begin(server: RunningServer, queryId: string): ReturnType<typeof system> {
  return system(server, 'POST', '/verifier/presentations', { queryId })
}

async function ask(server: RunningServer, queryId: string): Promise<{ id: string; token: string; request: PresentationRequest }> {
  const { status, json } = await begin(server, queryId)
  expect(status).toBe(201)
  const { id, token, qr } = json as { id: string; token: string; qr: string }
  return { id, token, request: await openLink(wallet, qr) }
}

async function finish(server: RunningServer, id: string, token: string): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/verifier/presentations/${id}/finish`, json('POST', {}, token))
  return { status: response.status, json: (await response.json()) as Record<string, unknown> }
}

async function encrypt(request: PresentationRequest, presentations: object): Promise<string> {
  const { kty, crv, x, y, kid } = request.responseKey as { [name: string]: string }
  const jwe = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ vp_token: presentations, state: request.state })))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: kid! })
    .encrypt(await importJWK({ kty: kty!, crv: crv!, x: x!, y: y! }, 'ECDH-ES'))
  return new URLSearchParams({ response: jwe }).toString()
}

/** Another proof of the same length: points are swapped within it, so that it parses and does not hold. */
function flipped(presentations: Record<string, string[]>, circuit: 'prepare' | 'show'): Record<string, string[]> {
  const presentation = JSON.parse(presentations.resident![0]!) as { credentials: Record<string, string>[] }
  const [credential] = presentation.credentials
  const proof = base64urlToBytes(credential![circuit]!)
  // The sign of the first point.
  proof[0]! ^= 0x20
  credential![circuit] = bytesToBase64url(proof)
  return { resident: [JSON.stringify(presentation)] }
}
