// Two gateways, each on a stand-in for a chain, that call each other without a network between.
import { createHmac } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { bytesToHex, randomBytes } from '@hufu/primitives'
import { satpMediaType } from '@hufu/satp'
import { createLog, type Database, openEmbeddedDatabase } from '@hufu/service'
import { fixedSigner } from '@hufu/testkit'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configuredAllowList } from './counterparts/configured-allow-list.ts'
import {
  chainsOf,
  didOf,
  fetchOf,
  holder,
  instead,
  networkOf,
  openStandIn,
  openTestGateway,
  operatorToken,
  type Side,
  settingsOf,
  type TestGateway,
  type TestGatewayOptions,
  testFolder,
  titleOf,
  until,
  urlOf,
} from './gateway-fixture.ts'
import type { StandInChain } from './stand-in-chain-fixture.ts'
import { messagesPath } from './transfers/send-over-http.ts'
import { signViewQuestion } from './views/view-question.ts'

interface Sent {
  readonly to: string
  readonly body: string
}

let databases: Record<Side, Database>
let folder: string
let chains: Record<Side, StandInChain>
let gateways: Partial<Record<Side, TestGateway>>
/** Messages that reached a gateway, and posts to the webhook. */
let sent: Sent[]
/** Decides what becomes of a message: undefined lets it through. */
let interfere: (to: Side, message: string) => Promise<Response | undefined> | undefined
let count = 0

beforeAll(async () => {
  databases = { a: await openEmbeddedDatabase(), b: await openEmbeddedDatabase() }
})
afterAll(() => Promise.all([databases.a.close(), databases.b.close()]))

beforeEach(async () => {
  folder = testFolder()
  chains = { a: await openStandIn('a', folder), b: await openStandIn('b', folder) }
  gateways = {}
  sent = []
  interfere = () => undefined
})
afterEach(async () => {
  await Promise.all(Object.values(gateways).map(gateway => gateway.close()))
  for (const database of Object.values(databases))
    for (const table of ['jobs', 'gateway_switches', 'gateway_sessions', 'gateway_session_log', 'gateway_quarantine'])
      await database.query(`delete from ${table}`)
  rmSync(folder, { recursive: true, force: true })
})

/** Between the gateways, and to the webhook. */
const between: typeof fetch = async (input, init) => {
  const { host } = new URL(String(input))
  const side = host.startsWith('gateway-a') ? 'a' : 'b'
  const body = String(init?.body)
  sent.push({ to: host, body })
  if (host === 'alarms.localhost') return new Response(null, { status: 204 })
  const other = await interfere(side, body)
  return other ?? fetchOf(() => gateways[side]?.server)(input, init)
}

async function open(side: Side, options: Partial<TestGatewayOptions> = {}): Promise<TestGateway> {
  const gateway = await openTestGateway({ side, folder, database: databases[side], chain: chains[side], fetch: between, ...options })
  gateways[side] = gateway
  return gateway
}

async function openBoth(options: Partial<TestGatewayOptions> = {}): Promise<Record<Side, TestGateway>> {
  return { a: await open('a', options), b: await open('b', options) }
}

/** A title on a's chain that nobody else has, and what its operator asks for. */
function askFor(changes: object = {}): { readonly assetId: string; readonly body: { readonly transferId: string } & object } {
  const assetId = `licence-${++count}`
  chains.a.issue(titleOf(assetId))
  const body = {
    ...{ assetId, fromNetwork: networkOf('a'), toNetwork: networkOf('b'), toHolder: holder, counterpart: didOf('b') },
    ...{ transferId: bytesToHex(randomBytes(32)), ...changes },
  }
  return { assetId, body }
}

async function stateOf(gateway: TestGateway, transferId: string): Promise<string> {
  const answer = await gateway.operate('GET', `/transfers/${transferId}`)
  return answer.statusCode === 404 ? 'unknown' : answer.json().transfer.state
}

async function metric(gateway: TestGateway, line: RegExp): Promise<number> {
  const text = await gateway.metrics.metrics()
  return Number(line.exec(text)?.[1] ?? 0)
}

function post(gateway: TestGateway, body: string, path: string = messagesPath, type = satpMediaType): Promise<LightMyRequestResponse> {
  return gateway.server.inject({ method: 'POST', url: path, payload: body, headers: { 'content-type': type } })
}

async function quarantined(gateway: TestGateway) {
  return (await gateway.operate('GET', '/quarantine')).json().entries as readonly {
    reason: string
    times: number
    counterpart: string | null
  }[]
}

describe('a transfer', () => {
  test('goes from one network to the other, and both gateways show its progress', async () => {
    const { a, b } = await openBoth()
    const { assetId, body } = askFor()
    const begun = await a.operate('POST', '/transfers', body)
    expect(begun.statusCode).toBe(201)
    expect(begun.json()).toMatchObject({ role: 'originator', state: 'underWay', assetId, counterpart: didOf('b') })
    await until(async () => (await stateOf(a, body.transferId)) === 'completed' && (await stateOf(b, body.transferId)) === 'completed')
    expect(await chains.a.get(assetId)).toMatchObject({ status: 'left', transferId: body.transferId })
    expect(await chains.b.get(assetId)).toEqual({ ...titleOf(assetId), status: 'held' })
    const details = (await a.operate('GET', `/transfers/${body.transferId}`)).json()
    expect(details.transfer).toMatchObject({ step: 5, steps: 5, asset: 'left', problem: null })
    expect(details.log.map((record: { what: string }) => record.what)).toEqual(
      expect.arrayContaining(['originator', 'transfer-proposal-msg', 'lock: done', 'leave: done', 'commit-final-msg', 'completed']),
    )
    expect((await b.operate('GET', '/transfers')).json().transfers).toMatchObject([{ role: 'beneficiary', state: 'completed', step: 3 }])
    expect(await quarantined(a)).toEqual([])
    expect(await quarantined(b)).toEqual([])
  })

  test('asked for twice by the same identifier is one; by it for another title it is refused', async () => {
    const { a } = await openBoth()
    const { body } = askFor()
    const answers = await Promise.all([a.operate('POST', '/transfers', body), a.operate('POST', '/transfers', body)])
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201])
    expect((await a.operate('GET', '/transfers')).json().transfers).toHaveLength(1)
    const other = askFor({ transferId: body.transferId })
    expect((await a.operate('POST', '/transfers', other.body)).json()).toMatchObject({ code: 'ERR_SATP_SESSION' })
  })

  test.each([
    ['a title that is not there', { assetId: 'licence-none' }, 'ERR_SATP_TERMS'],
    ['a counterpart that is not allowed', { counterpart: 'did:neo:test:stranger' }, 'ERR_SATP_COUNTERPART'],
    ['a network that is nobody’s', { toNetwork: 'standin:c' }, 'ERR_GATEWAY_NETWORK'],
    ['a network that is no name of one', { toNetwork: 'none' }, 'ERR_CHAIN_NETWORK'],
  ])('does not begin with %s', async (_, changes, code) => {
    const a = await open('a')
    const answer = await a.operate('POST', '/transfers', askFor(changes).body)
    expect(answer.json().code).toBe(code)
    expect(answer.statusCode).toBeLessThan(500)
    expect((await a.operate('GET', '/transfers')).json().transfers).toEqual([])
  })

  test('waits for a counterpart that is not there, shows why, and goes on when it is', async () => {
    const a = await open('a')
    const { body } = askFor()
    await a.operate('POST', '/transfers', body)
    await until(async () => (await a.operate('GET', `/transfers/${body.transferId}`)).json().transfer.attempts >= 3)
    expect((await a.operate('GET', `/transfers/${body.transferId}`)).json().transfer.problem).toMatch(/^ERR_/)
    expect(await metric(a, /messages_sent_total\{outcome="failed"\} (\d+)/)).toBeGreaterThanOrEqual(3)
    await open('b')
    await until(async () => (await stateOf(a, body.transferId)) === 'completed')
  })

  test('goes on after its gateway was closed in the middle, and is done once', async () => {
    const { a, b } = await openBoth()
    const { assetId, body } = askFor()
    interfere = async (_, message) => (typeOf(message) === 'commit-final-msg' ? new Response(null, { status: 503 }) : undefined)
    await a.operate('POST', '/transfers', body)
    await until(async () => (await chains.a.get(assetId))?.status === 'left')
    await a.close()
    await b.close()
    interfere = () => undefined
    chains = { a: await openStandIn('a', folder), b: await openStandIn('b', folder) }
    const again = await openBoth()
    await until(async () => (await stateOf(again.b, body.transferId)) === 'completed')
    expect(await chains.b.get(assetId)).toMatchObject({ status: 'held' })
  })

  test('is given up by its operator as long as the title has not left', async () => {
    const { a } = await openBoth()
    interfere = async (_, message) => (typeOf(message) === 'transfer-commence-msg' ? new Response(null, { status: 503 }) : undefined)
    const { assetId, body } = askFor()
    await a.operate('POST', '/transfers', body)
    await until(async () => (await a.operate('GET', `/transfers/${body.transferId}`)).json().transfer.problem !== null)
    expect((await a.operate('POST', `/transfers/${body.transferId}/abort`)).statusCode).toBe(200)
    await until(async () => (await stateOf(a, body.transferId)) === 'aborted')
    expect(await chains.a.get(assetId)).toMatchObject({ status: 'held' })
    const done = askFor()
    interfere = () => undefined
    await a.operate('POST', '/transfers', done.body)
    await until(async () => (await stateOf(a, done.body.transferId)) === 'completed')
    expect((await a.operate('POST', `/transfers/${done.body.transferId}/abort`)).json().code).toBe('ERR_SATP_TOO_LATE')
    expect((await a.operate('POST', `/transfers/${'0'.repeat(64)}/abort`)).json().code).toBe('ERR_GATEWAY_UNKNOWN')
  })
})

describe('a network that is switched off', () => {
  const off = (gateway: TestGateway, side: Side) =>
    gateway.operate('POST', `/networks/${encodeURIComponent(networkOf(side))}/switch`, { on: false })
  const on = (gateway: TestGateway, side: Side) =>
    gateway.operate('POST', `/networks/${encodeURIComponent(networkOf(side))}/switch`, { on: true })

  test.each(['a', 'b'] as const)('lets no transfer begin: %s, at the originator', async side => {
    const { a } = await openBoth()
    expect((await off(a, side)).json()).toMatchObject({ id: networkOf(side), isOn: false, isOnHere: false, isOnLedger: true })
    const refused = await a.operate('POST', '/transfers', askFor().body)
    expect([refused.statusCode, refused.json().code]).toEqual([503, 'ERR_GATEWAY_OFF'])
    await on(a, side)
    expect((await a.operate('POST', '/transfers', askFor().body)).statusCode).toBe(201)
  })

  test('at the beneficiary takes no proposal, and the title stays until it is on', async () => {
    const { a, b } = await openBoth()
    await off(b, 'b')
    const { assetId, body } = askFor()
    await a.operate('POST', '/transfers', body)
    await until(async () => (await a.operate('GET', `/transfers/${body.transferId}`)).json().transfer.attempts >= 2)
    const refused = await post(b, sent.at(-1)!.body)
    expect([refused.statusCode, refused.json().code]).toEqual([503, 'ERR_GATEWAY_OFF'])
    expect(await chains.a.get(assetId)).toMatchObject({ status: 'held' })
    expect(await stateOf(b, body.transferId)).toBe('unknown')
    // Nobody lied.
    expect(await quarantined(b)).toEqual([])
    await on(b, 'b')
    await until(async () => (await stateOf(a, body.transferId)) === 'completed')
  })

  test.each([
    ['originator', 'a', 'a'],
    ['beneficiary', 'b', 'b'],
  ] as const)('has transfers under way stand still at the %s, and go on when it is on', async (_, where, side) => {
    const both = await openBoth()
    const { assetId, body } = askFor()
    let isHeld = true
    interfere = async (_to, message) => (isHeld && typeOf(message) === 'lock-assert-msg' ? new Response(null, { status: 503 }) : undefined)
    await both.a.operate('POST', '/transfers', body)
    await until(async () => (await chains.a.get(assetId))?.status === 'locked')
    await off(both[where], side)
    isHeld = false
    await until(async () => (await stateOf(both[where], body.transferId)) === 'standsStill')
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(await chains.a.get(assetId)).toMatchObject({ status: 'locked' })
    await on(both[where], side)
    await until(async () => (await stateOf(both.a, body.transferId)) === 'completed')
    expect(await chains.b.get(assetId)).toMatchObject({ status: 'held' })
  })

  test('is off where the ledger says so, or does not say', async () => {
    const settings = await settingsOf('a', folder)
    let word: boolean | Error = false
    const isNetworkOn = async () => {
      if (word instanceof Error) throw word
      return word
    }
    const a = await open('a', { settings, allowList: { ...configuredAllowList(settings), isNetworkOn } })
    expect((await a.operate('POST', '/transfers', askFor().body)).json().code).toBe('ERR_GATEWAY_OFF')
    word = new Error('no node answers')
    expect((await a.operate('GET', '/status')).json().networks[0]).toMatchObject({ isOn: false, isOnHere: true, isOnLedger: null })
    word = true
    expect((await a.operate('POST', '/transfers', askFor().body)).statusCode).toBe(201)
  })

  test('must be one that the gateway knows', async () => {
    const a = await open('a')
    expect((await a.operate('POST', '/networks/standin%3Ac/switch', { on: false })).json().code).toBe('ERR_GATEWAY_NETWORK')
  })
})

describe('what fails signature or proof', () => {
  /** A message that b would take: the first one of a transfer. */
  async function takeMessage(): Promise<string> {
    const a = await open('a')
    const { body } = askFor()
    await a.operate('POST', '/transfers', body)
    await until(async () => sent.length > 0)
    const { body: message } = sent[0]!
    await a.close()
    delete gateways.a
    return message
  }

  test('a message with a bit flipped anywhere, signed by another, or by nobody: quarantined, alarmed, without effect', async () => {
    const message = await takeMessage()
    const lines: string[] = []
    const destination = new Writable({
      write(chunk, _, done) {
        lines.push(String(chunk))
        done()
      },
    })
    const b = await open('b', { log: createLog({ level: 'error', destination }) })
    const [header, payload, signature] = message.split('.') as [string, string, string]
    const stranger = await fixedSigner('somebody else')
    const forged = Buffer.from(await stranger.sign(Buffer.from(`${header}.${payload}`))).toString('base64url')
    const wrong = [
      `${header}.${payload}.${forged}`,
      `${header}.${flip(payload, 40)}.${signature}`,
      `${header}.${payload}.${flip(signature, 3)}`,
      `${header}.${payload}.`,
      'no message at all',
    ]
    for (const each of wrong) {
      const answer = await post(b, each)
      expect(answer.statusCode).toBeGreaterThanOrEqual(400)
      expect(answer.statusCode).toBeLessThan(500)
      expect(answer.headers['content-type']).not.toBe(satpMediaType)
    }
    const entries = await quarantined(b)
    expect(entries).toHaveLength(wrong.length)
    expect(entries.every(({ counterpart, times }) => counterpart === null && times === 1)).toBe(true)
    expect((await b.operate('GET', '/transfers')).json().transfers).toEqual([])
    expect(await metric(b, /quarantined_total\{reason="ERR_SATP_SIGNATURE"\} (\d+)/)).toBeGreaterThanOrEqual(1)
    // The log says what was quarantined by its hash, and nothing of what it said.
    expect(lines.filter(line => line.includes('ALARM_GATEWAY_QUARANTINE'))).toHaveLength(wrong.length)
    expect(lines.join()).not.toContain('licence')
    await post(b, wrong[0]!)
    expect((await quarantined(b)).map(({ times }) => times).sort()).toEqual([1, 1, 1, 1, 2])
    // The true message is taken for all that.
    expect((await post(b, message)).statusCode).toBe(200)
  })

  test('an alarm is posted, signed, again and again until it is taken', async () => {
    writeFileSync(`${folder}/url`, 'http://alarms.localhost/hook\n')
    writeFileSync(`${folder}/secret`, 'a secret of alarms')
    const posts: { readonly body: string; readonly headers: Headers }[] = []
    const toWebhook: typeof fetch = async (_, init) => {
      posts.push({ body: String(init?.body), headers: new Headers(init?.headers) })
      return new Response(null, { status: posts.length === 1 ? 500 : 204 })
    }
    const environment = { ALARM_WEBHOOK_FILE: `${folder}/url`, ALARM_WEBHOOK_SECRET_FILE: `${folder}/secret` }
    const b = await open('b', { fetch: toWebhook, environment })
    await post(b, 'no message at all')
    await until(async () => posts.length >= 2)
    const [first, second] = posts as [(typeof posts)[0], (typeof posts)[0]]
    expect(second.body).toBe(first.body)
    expect(second.headers.get('hufu-delivery')).toBe(first.headers.get('hufu-delivery'))
    expect(JSON.parse(second.body)).toMatchObject({
      kind: 'raised',
      alarm: { code: 'ALARM_GATEWAY_QUARANTINE', times: 1, counterpart: null },
    })
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(second.headers.get('hufu-signature')!)!
    expect(createHmac('sha256', 'a secret of alarms').update(`${time}.${second.body}`).digest('hex')).toBe(signature)
    expect(second.body).not.toContain('no message')
  })

  test('a gateway whose proof is false: its chain’s word is not believed, and a true proof later is', async () => {
    let lies = 3
    const proveLeft: StandInChain['proveLeft'] = async transfer => {
      const proof = await chains.a.proveLeft(transfer)
      if (lies-- <= 0) return proof
      const { statement } = proof.evidence as { statement: string }
      const signature = Buffer.from(await (await fixedSigner('no stand-in')).sign(Buffer.from(statement))).toString('base64url')
      return { ...proof, evidence: { statement, signature } }
    }
    const lying = instead(chains.a, { proveLeft })
    const ends = chainsOf('a', chains.a)
    const a = await open('a', { chains: { ...ends, endOf: network => (network === networkOf('a') ? lying : undefined) } })
    const b = await open('b')
    const { assetId, body } = askFor()
    await a.operate('POST', '/transfers', body)
    await until(async () => (await stateOf(a, body.transferId)) === 'completed')
    expect(chains.b.refusedProofs).toBe(3)
    expect(await quarantined(b)).toMatchObject(Array(3).fill({ reason: 'ERR_SATP_PROOF', counterpart: didOf('a'), times: 1 }))
    expect(await chains.b.get(assetId)).toMatchObject({ status: 'held' })
  })

  test('an answer that is not the counterpart’s counts as none', async () => {
    const { a } = await openBoth()
    let lies = 2
    interfere = async (_, message) =>
      lies-- > 0
        ? new Response(flip(message.split('.').join('.'), 50), { status: 200, headers: { 'content-type': satpMediaType } })
        : undefined
    const { body } = askFor()
    await a.operate('POST', '/transfers', body)
    await until(async () => (await stateOf(a, body.transferId)) === 'completed')
    expect((await quarantined(a)).length).toBeGreaterThanOrEqual(1)
  })
})

describe('who may call what', () => {
  test('everything but messages, views and the page’s sign-in takes the operator’s token', async () => {
    const a = await open('a')
    const open_ = ['/', '/look.css', '/sign-in', '/sign-out', messagesPath, '/views', '/openapi.json', '/api', '/metrics']
    const routes = a.server.accessTable.filter(({ method }) => method !== 'HEAD')
    const closedRoutes = routes.filter(({ url }) => !open_.includes(url) && !url.startsWith('/health/') && !url.startsWith('/api'))
    expect(closedRoutes.map(({ url }) => url).sort()).toEqual(
      [
        '/networks/:id/switch',
        '/quarantine',
        '/status',
        '/transfers',
        '/transfers',
        '/transfers/:id',
        '/transfers/:id/abort',
        '/views/ask',
      ].sort(),
    )
    for (const { method, url } of closedRoutes) {
      const path = url.replace(':id', '0'.repeat(64))
      for (const authorization of [undefined, 'Bearer ', `Bearer ${operatorToken}x`, `Bearer ${operatorToken.slice(1)}`]) {
        const headers = authorization === undefined ? {} : { authorization }
        expect((await a.server.inject({ method: method as 'GET', url: path, headers })).statusCode).toBe(401)
      }
    }
  })

  test('messages are of their media type, and no longer than allowed', async () => {
    const a = await open('a', { environment: { BODY_LIMIT_BYTES: '16384' } })
    expect((await post(a, '{}', messagesPath, 'application/json')).statusCode).toBe(400)
    expect((await post(a, 'x'.repeat(16_385))).statusCode).toBe(413)
    expect((await post(a, 'x', messagesPath, 'text/plain')).statusCode).toBe(415)
  })

  test('the description of the routes says what they take', async () => {
    const a = await open('a')
    const { openapi, paths } = (await a.server.inject('/openapi.json')).json()
    expect(openapi).toBe('3.1.0')
    expect(Object.keys(paths[messagesPath].post.requestBody.content)).toEqual([satpMediaType])
    expect(paths['/transfers'].post.security).toEqual([{ system: [] }])
  })
})

describe('a view', () => {
  async function ask(gateway: TestGateway, changes: object = {}) {
    return gateway.operate('POST', '/views/ask', {
      ...{ counterpart: didOf('a'), network: networkOf('a'), contract: 'titles', path: ['title', 'licence-v'] },
      ...{ minAssurance: { kind: 'endorsementProof', minEndorsers: 1 }, ...changes },
    })
  }

  test('of a counterpart’s chain comes signed and proven', async () => {
    const { b } = await openBoth()
    chains.a.issue(titleOf('licence-v'))
    const answer = await ask(b)
    expect(answer.statusCode).toBe(200)
    expect(JSON.parse(Buffer.from(answer.json().value, 'base64').toString())).toMatchObject({ assetId: 'licence-v', status: 'held' })
    expect(answer.json()).toMatchObject({ assurance: 'endorsementProof', gateway: didOf('a') })
  })

  test.each([
    ['what is not shown', { path: ['secrets', 'licence-v'] }, 'ERR_GATEWAY_VIEW'],
    ['another contract', { contract: 'others' }, 'ERR_GATEWAY_VIEW'],
    ['what is not there', { path: ['title', 'licence-none'] }, 'ERR_CHAIN_ABSENT'],
  ])('of %s is refused there', async (_, changes, code) => {
    const { b } = await openBoth()
    chains.a.issue(titleOf('licence-v'))
    const answer = await ask(b, changes)
    expect(answer.statusCode).toBe(502)
    expect(answer.json()).toMatchObject({ code: 'ERR_GATEWAY_ANSWER', detail: expect.stringContaining(code) })
  })

  test('less well founded than asked for is refused here, and quarantined', async () => {
    const { b } = await openBoth()
    chains.a.issue(titleOf('licence-v'))
    expect((await ask(b, { minAssurance: { kind: 'lightClient' } })).json().detail).toContain('ERR_CHAIN_ASSURANCE')
    expect(await quarantined(b)).toMatchObject([{ reason: 'ERR_CHAIN_ASSURANCE', counterpart: didOf('a') }])
  })

  test('is not given while the network is off, on either side', async () => {
    const { a, b } = await openBoth()
    chains.a.issue(titleOf('licence-v'))
    await a.operate('POST', `/networks/${encodeURIComponent(networkOf('a'))}/switch`, { on: false })
    expect((await ask(b)).json().detail).toContain('ERR_GATEWAY_OFF')
    await b.operate('POST', `/networks/${encodeURIComponent(networkOf('a'))}/switch`, { on: false })
    expect((await ask(b)).json().code).toBe('ERR_GATEWAY_OFF')
  })

  test('with its proof exchanged, or its answer replayed, is refused and quarantined', async () => {
    const { b } = await openBoth()
    chains.a.issue(titleOf('licence-v'))
    let kept: string | undefined
    interfere = async (to, message) => {
      if (to !== 'a' || message.split('.').length !== 3) return undefined
      const answer = await fetchOf(() => gateways.a?.server)(`${urlOf('a')}/views`, {
        method: 'POST',
        headers: { 'content-type': satpMediaType },
        body: message,
      })
      const text = await answer.text()
      const before = kept
      kept = text
      return new Response(before ?? text, { status: 200, headers: { 'content-type': satpMediaType } })
    }
    expect((await ask(b)).statusCode).toBe(200)
    expect((await ask(b)).json().detail).toContain('ERR_SATP_VIEW')
    expect(await quarantined(b)).toMatchObject([{ reason: 'ERR_SATP_VIEW', counterpart: didOf('a') }])
  })

  test('a question counts once, for a minute, to whom it is asked, by whose key signed it', async () => {
    const { a } = await openBoth()
    chains.a.issue(titleOf('licence-v'))
    const own = { did: didOf('b'), kid: `${didOf('b')}#to-a`, signer: await fixedSigner('gateway b to a') }
    const counterpart = {
      did: didOf('a'),
      kid: `${didOf('a')}#to-b`,
      publicKey: (await fixedSigner('gateway a to b')).publicKey,
      networks: [networkOf('a')],
      own,
    }
    const request = (nonce: string) => ({ network: networkOf('a'), address: { contract: 'titles', path: ['title', 'licence-v'] }, nonce })
    const question = (nonce: string, changes: object = {}, nowMs = Date.now()) =>
      signViewQuestion(request(nonce), { ...counterpart, ...changes }, nowMs)
    const codeOf = async (text: string) => (await post(a, text, '/views')).json().code as string
    const first = await question('nonce-nonce-nonce-1')
    expect((await post(a, first, '/views')).statusCode).toBe(200)
    expect(await codeOf(first)).toBe('ERR_GATEWAY_REPLAY')
    expect(await codeOf(await question('nonce-nonce-nonce-2', {}, Date.now() - 61_000))).toBe('ERR_GATEWAY_MESSAGE')
    expect(await codeOf(await question('nonce-nonce-nonce-3', {}, Date.now() + 65_000))).toBe('ERR_GATEWAY_MESSAGE')
    expect(await codeOf(await question('nonce-nonce-nonce-4', { did: didOf('b') }))).toBe('ERR_GATEWAY_MESSAGE')
    expect(await codeOf(await question('nonce-nonce-nonce-5', { own: { ...own, signer: await fixedSigner('somebody else') } }))).toBe(
      'ERR_GATEWAY_MESSAGE',
    )
    expect(await codeOf(await question('nonce-nonce-nonce-6', { own: { ...own, kid: `${didOf('b')}#other` } }))).toBe('ERR_GATEWAY_MESSAGE')
    expect(await codeOf(await question('nonce-nonce-nonce-7', { own: { ...own, kid: 'did:neo:test:stranger#to-a' } }))).toBe(
      'ERR_GATEWAY_COUNTERPART',
    )
    const [header, payload, signature] = (await question('nonce-nonce-nonce-8')).split('.') as [string, string, string]
    expect(await codeOf(`${header}.${flip(payload, 30)}.${signature}`)).toBe('ERR_GATEWAY_MESSAGE')
    expect((await quarantined(a)).every(({ reason }) => reason === 'ERR_GATEWAY_MESSAGE' || reason === 'ERR_GATEWAY_REPLAY')).toBe(true)
    expect((await quarantined(a)).length).toBeGreaterThanOrEqual(7)
  })
})

describe('the page', () => {
  test('shows nothing without the token; with it networks, counterparts, transfers and quarantine in both languages', async () => {
    const { a } = await openBoth()
    const { assetId, body } = askFor()
    await a.operate('POST', '/transfers', body)
    await until(async () => (await stateOf(a, body.transferId)) === 'completed')
    await post(a, 'no message <script>')
    const closedPage = await a.server.inject('/')
    expect(closedPage.body).toContain('type="password"')
    expect(closedPage.body).not.toContain(assetId)
    expect(closedPage.headers['content-security-policy']).toContain("script-src 'self'")
    const signIn = (token: string, origin = urlOf('a')) =>
      a.server.inject({
        ...{ method: 'POST', url: '/sign-in', payload: new URLSearchParams({ token }).toString() },
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
      })
    expect((await signIn(`${operatorToken}x`)).statusCode).toBe(401)
    expect((await signIn(operatorToken, 'http://elsewhere.example')).statusCode).toBe(403)
    const answer = await signIn(operatorToken)
    expect(answer.statusCode).toBe(303)
    const cookie = String(answer.headers['set-cookie']).split(';')[0]!
    expect(String(answer.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/)
    const english = await a.server.inject({ url: '/?lang=en', headers: { cookie } })
    const chinese = await a.server.inject({ url: '/', headers: { cookie, 'accept-language': 'zh-CN,zh;q=0.9' } })
    expect(english.body).toContain('<html lang="en">')
    expect(chinese.body).toContain('<html lang="zh-CN">')
    for (const text of [assetId, networkOf('b'), didOf('b'), 'ERR_SATP_MALFORMED', 'completed']) expect(english.body).toContain(text)
    expect(chinese.body).toContain('已完成')
    // A cookie with its time changed is nobody's.
    const [name, value] = cookie.split('=') as [string, string]
    const later = `${name}=${Number(value.split('.')[0]) + 1}.${value.split('.')[1]}`
    expect((await a.server.inject({ url: '/', headers: { cookie: later } })).body).toContain('type="password"')
    expect((await a.server.inject({ url: '/?lang=fr' })).statusCode).toBe(400)
  })
})

function typeOf(message: string): string | undefined {
  const payload = JSON.parse(Buffer.from(message.split('.')[1] ?? '', 'base64url').toString() || '{}') as { messageType?: string }
  return payload.messageType?.split(':').at(-1)
}

/** Another character of base64url at a place. */
function flip(text: string, at: number): string {
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}
