import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createErrorResponse, type PresentationRequest } from '@hufu/exchange'
import { type Database, openEmbeddedDatabase, openPostgresDatabase } from '@hufu/service'
import { freePort, isPostgresInstalled, startPostgres, type TestPostgres } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Directory } from '../verifier/directory-fixture.ts'
import { systemToken, World } from '../verifier/verifier-fixture.ts'
import { answer, openLink, type TestWallet } from '../verifier/wallet-fixture.ts'
import type { CrashOrder } from './crash-server.ts'

const record = 'x-ray'
const content = { finding: '未见异常' }
const untilMs = Date.UTC(2026, 10, 28)

/** A server that is started anew once it has been killed. */
class Server {
  readonly #order: CrashOrder
  #child: ChildProcess | undefined
  #next = launch()
  deaths = 0

  constructor(order: CrashOrder) {
    this.#order = order
  }

  get url(): string {
    return `http://localhost:${this.#order.port}`
  }

  async start(): Promise<void> {
    const child = this.#next
    this.#child = child
    // The one after it loads its modules meanwhile.
    this.#next = launch()
    child.stdin!.write(`${JSON.stringify(this.#order)}\n`)
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('the server ended before it listened')))
    await Promise.race([once(createInterface({ input: child.stdout! }), 'line'), ended])
    ended.catch(() => undefined)
  }

  /** Starts again if it has died. @returns true if it had */
  async revive(): Promise<boolean> {
    const child = this.#child!
    if (isAlive(child)) await Promise.race([once(child, 'exit'), new Promise(resolve => setTimeout(resolve, 300))])
    if (isAlive(child)) return false
    this.deaths++
    await this.start()
    return true
  }

  async close(): Promise<void> {
    for (const child of [this.#child, this.#next])
      if (child !== undefined && isAlive(child)) {
        const ended = once(child, 'exit')
        child.kill('SIGKILL')
        await ended
      }
  }
}

function launch(): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'crash-server.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

let postgres: TestPostgres
let hospital: Server
let clinic: Server
let world: World
let wallet: TestWallet
let hospitalDid: string
let tables: { readonly hospital: Database; readonly clinic: Database }
let embedded: Database

interface Answer {
  readonly status: number
  readonly json: Record<string, unknown>
}

/** Calls until the servers live through it; `again` says what to do after a death, default the same once more. */
async function call(send: () => Promise<Response>, again: () => Promise<Answer> = () => call(send)): Promise<Answer> {
  try {
    const response = await send()
    const text = await response.text()
    const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    // The clinic tells when the hospital died under it.
    if (json.code === 'ERR_SERVICE_OUTSIDE' && (await hospital.revive())) return await again()
    return { status: response.status, json }
  } catch (error) {
    const revived = [await hospital.revive(), await clinic.revive()]
    if (!revived.includes(true)) throw error
    return again()
  }
}

function request(server: Server, method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const payload = body === undefined ? {} : { body: JSON.stringify(body) }
  const sent = { 'content-type': 'application/json', authorization: `Bearer ${systemToken}`, ...headers }
  return () => fetch(server.url + path, { method, headers: sent, ...payload })
}

function officer(): Record<string, string> {
  return { 'x-test-role': 'officer', 'x-hufu-csrf': 'csrf', origin: hospital.url }
}

/** The wallet sends its answer; that it was taken before is as good. */
async function send({ responseUri }: PresentationRequest, form: string): Promise<number> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return (await call(() => fetch(responseUri, { method: 'POST', headers, body: form }))).status
}

/** Somebody shows what a system asks for. @returns the result, which the system got once */
async function present(): Promise<Record<string, unknown>> {
  const begun = await call(request(hospital, 'POST', '/verifier/presentations', { queryId: 'sign-in' }))
  const { id, token, qr } = begun.json as { id: string; token: string; qr: string }
  const asked = await open(qr)
  expect([200, 409]).toContain(await send(asked, await answer(wallet, asked)))
  const finished = await call(request(hospital, 'POST', `/verifier/presentations/${id}/finish`, {}, { authorization: `Bearer ${token}` }))
  expect(finished.status).toBe(200)
  return finished.json
}

async function open(qr: string): Promise<PresentationRequest> {
  try {
    return await openLink(wallet, qr)
  } catch {
    await hospital.revive()
    return openLink(wallet, qr)
  }
}

/** A record is asked for, agreed to and fetched. @returns the clinic's request */
async function handOver(): Promise<string> {
  const body = { holder: hospitalDid, record, untilMs }
  const asked = await call(request(clinic, 'POST', '/handover/requests', body))
  expect(asked.status).toBe(201)
  const { id, qr } = asked.json as { id: string; qr: string }
  const consent = await open(qr)
  expect([200, 409]).toContain(await send(consent, await answer(wallet, consent)))
  const fetched = await call(request(clinic, 'POST', `/handover/requests/${id}/fetch`, {}))
  expect(fetched).toMatchObject({ status: 200, json: { content } })
  return id
}

/** The grant is stopped, and the clinic refused. */
async function revoke(id: string): Promise<void> {
  const [row] = await tables.clinic.query<{ grant_jws: string }>('select grant_jws from handover_requests where id = $1', [id])
  const { jti } = JSON.parse(Buffer.from(row!.grant_jws.split('.')[1]!, 'base64url').toString()) as { jti: string }
  const stop = request(hospital, 'POST', `/handover/grants/${jti}/revoke`, { reason: 'test' }, officer())
  expect([200, 409]).toContain((await call(stop)).status)
  expect((await call(request(clinic, 'POST', `/handover/requests/${id}/fetch`, {}))).json.detail).toContain('ERR_HANDOVER_GRANT')
}

async function takeBack(id: string): Promise<void> {
  const begun = await call(request(hospital, 'POST', '/handover/revocations', {}))
  const { id: presentation, token, qr } = begun.json as { id: string; token: string; qr: string }
  const asked = await open(qr)
  await send(asked, await answer(wallet, asked))
  const finish = request(hospital, 'POST', `/handover/revocations/${presentation}/finish`, {}, { authorization: `Bearer ${token}` })
  expect((await call(finish)).status).toBe(200)
  expect((await call(request(clinic, 'POST', `/handover/requests/${id}/fetch`, {}))).json.detail).toContain('ERR_HANDOVER_GRANT')
}

async function decline(): Promise<void> {
  const { json } = await call(request(hospital, 'POST', '/verifier/presentations', { queryId: 'sign-in' }))
  const asked = await open(json.qr as string)
  expect([200, 409]).toContain(await send(asked, createErrorResponse(asked, 'access_denied')))
}

async function beRefused(): Promise<void> {
  const { json } = await call(request(hospital, 'POST', '/verifier/presentations', { queryId: 'sign-in' }))
  const asked = await open(json.qr as string)
  const form = await answer(wallet, asked, binding => ({ ...binding, challenge: { ...binding.challenge, nonce: 'another' } }))
  expect([400, 409]).toContain(await send(asked, form))
}

const flows: readonly [string, 'hospital' | 'clinic', () => Promise<unknown>][] = [
  ...[
    'begin before commit',
    'begun',
    'opened',
    'answer closed',
    'receipt written',
    'answer before commit',
    'answered',
    'finish before commit',
  ].map(point => [`verifier ${point}`, 'hospital', present] as [string, 'hospital', () => Promise<unknown>]),
  ['verifier decline before commit', 'hospital', decline],
  ['verifier refusal before commit', 'hospital', beRefused],
  ...[
    'consent begun',
    'asked before commit',
    'asked',
    'consent finished',
    'granted',
    'grant before commit',
    'record signed',
    'record handed over',
  ].map(point => [`hand-over ${point}`, 'hospital', handOver] as [string, 'hospital', () => Promise<unknown>]),
  ...['holder answered', 'request before commit', 'grant received before commit', 'record received', 'record kept'].map(
    point => [`hand-over ${point}`, 'clinic', handOver] as [string, 'clinic', () => Promise<unknown>],
  ),
  ['hand-over revoke before commit', 'hospital', async () => revoke(await handOver())],
  ['hand-over taken back before commit', 'hospital', async () => takeBack(await handOver())],
]

describe.runIf(isPostgresInstalled)('killed at any of its points and started again', () => {
  beforeAll(async () => {
    postgres = await startPostgres()
    const peers = { hospital: await freePort(), clinic: await freePort() }
    const urls = { hospital: postgres.url, clinic: await postgres.createDatabase() }
    const order = (name: 'hospital' | 'clinic'): CrashOrder => ({ name, databaseUrl: urls[name], port: peers[name], peers })
    hospital = new Server(order('hospital'))
    clinic = new Server(order('clinic'))
    tables = { hospital: openPostgresDatabase(urls.hospital), clinic: openPostgresDatabase(urls.clinic) }
    embedded = await openEmbeddedDatabase()
    world = new World(embedded, { directory: new Directory() })
    const listed = await world.directory.add('hospital')
    hospitalDid = listed.did
    wallet = await world.wallet({ fetch, did: listed.did, signer: listed.signer })
    await Promise.all([hospital.start(), clinic.start()])
    const { pseudonym } = await present()
    await call(request(hospital, 'PUT', `/handover/records/${pseudonym}/${record}`, { content }))
  })

  afterAll(async () => {
    await Promise.all([hospital?.close(), clinic?.close()])
    await Promise.all([tables?.hospital.close(), tables?.clinic.close(), embedded?.close()])
    await postgres?.stop()
  })

  test.each(flows)('%s', async (point, where, flow) => {
    const server = where === 'hospital' ? hospital : clinic
    const before = server.deaths
    await request(server, 'POST', '/test/arm', { point })()
    await flow()
    expect(server.deaths).toBe(before + 1)
  })

  test('nothing was lost and nothing doubled', async () => {
    const count = async (at: 'hospital' | 'clinic', sql: string) =>
      (await tables[at].query<{ count: number }>(`select count(*)::int as count ${sql}`))[0]!.count
    // What was answered has its receipt, once; what was finished for a hand-over has its grant, and a consent that was granted its one grant.
    expect(await count('hospital', `from receipts where verdict = 'accepted'`)).toBe(
      await count('hospital', `from presentations where status in ('answered', 'finished')`),
    )
    expect(
      await count('hospital', 'from (select presentation_id from receipts group by presentation_id having count(*) > 1) as doubled'),
    ).toBe(0)
    const grants = await count('hospital', 'from handover_grants')
    expect(await count('hospital', `from handover_consents where status = 'granted'`)).toBe(grants)
    expect(await count('clinic', `from handover_requests where status = 'granted'`)).toBe(grants)
    const consents = `from presentations p join handover_consents c on c.presentation_id = p.id where p.status = 'finished'`
    expect(await count('hospital', consents)).toBe(grants)
    // Whatever the clinic kept of an exchange, the hospital kept too.
    const kept = await tables.clinic.query<{ jws: string }>('select jws from handover_messages')
    const atHolder = new Set((await tables.hospital.query<{ jws: string }>('select jws from handover_messages')).map(({ jws }) => jws))
    expect(kept.filter(({ jws }) => !atHolder.has(jws))).toEqual([])
    // The log has one entry for each grant, and one for each receipt.
    expect(await count('hospital', `from test_audit where entry like '%"hand-over granted"%'`)).toBe(grants)
    expect(await count('hospital', `from test_audit where entry like '%"presentation accepted"%'`)).toBe(
      await count('hospital', `from receipts where verdict = 'accepted'`),
    )
  })
})
