// Two gateways that are killed, cut off from each other and lied to. Their chains are stand-ins: files, with the rules of titles and proofs of their own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ChainProof } from '@hufu/chains'
import type { Transfer } from '@hufu/chains/titles'
import { seededRandom } from '@hufu/network'
import { bytesToBase64url, bytesToHex, canonicalJson, randomBytes, utf8ToBytes } from '@hufu/primitives'
import { type Database, openEmbeddedDatabase, openPostgresDatabase } from '@hufu/service'
import { fixedSigner, freePort, isPostgresInstalled, startPostgres, type TestPostgres } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
  otherOf,
  type Side,
  settingsOf,
  type TestGateway,
  testFolder,
  titleOf,
  until,
} from '../../apps/gateway/src/gateway-fixture.ts'
import { readStandInEvents, type StandInChain, standInProofFormat } from '../../apps/gateway/src/stand-in-chain-fixture.ts'
import type { GatewayOrder } from './gateway-process.ts'
import { unreliableFetch } from './unreliable-fetch.ts'

const isLong = process.env.LONG === '1'
/** Every so many steps a gateway is killed; `EVERY_STEP=1` for all of them. */
const stride = process.env.EVERY_STEP === '1' || isLong ? 1 : 11
const sides = ['a', 'b'] as const
/** A machine that has much to do starts a process in many seconds. */
const patienceMs = 180_000
const messages = Number(process.env.MESSAGES ?? (isLong ? 10_000 : 300))
const seed = process.env.SEED ?? 'gateway 7'

/** What the stand-ins say of the transfers: each took effect once, proven, and no title is in two places or in none. */
function checkChains(folder: string, expected: { readonly transfers: number; readonly isEveryOneCompleted: boolean }): void {
  const events = { a: readStandInEvents(join(folder, 'chain-a.log')), b: readStandInEvents(join(folder, 'chain-b.log')) }
  const where = new Map<string, Set<Side>>()
  const left = new Map<string, string>()
  const arrived = new Map<string, string>()
  for (const side of sides)
    for (const event of events[side]) {
      const assetId = event.kind === 'issued' ? event.assetId : event.transfer.assetId
      const places = where.get(assetId) ?? new Set()
      where.set(assetId, places)
      if (event.kind === 'issued') places.add(side)
      if (event.kind === 'left') {
        expect(left.has(event.transfer.transferId)).toBe(false)
        left.set(event.transfer.transferId, JSON.stringify(event.transfer))
        places.delete(side)
      }
      if (event.kind === 'arrived') {
        expect(arrived.has(event.transfer.transferId)).toBe(false)
        arrived.set(event.transfer.transferId, JSON.stringify(event.transfer))
        places.add(side)
      }
    }
  expect([...where.values()].filter(places => places.size !== 1)).toEqual([])
  expect([...arrived].filter(([id, transfer]) => left.get(id) !== transfer)).toEqual([])
  expect(arrived.size).toBe(left.size)
  if (expected.isEveryOneCompleted) expect(arrived.size).toBe(expected.transfers)
}

/** A gateway's process, which is started anew once it has died. */
class GatewayProcess {
  readonly #order: GatewayOrder
  #child: ChildProcess | undefined
  #next = launch()
  deaths = 0

  constructor(order: GatewayOrder) {
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
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('the gateway ended before it listened')))
    await Promise.race([once(createInterface({ input: child.stdout! }), 'line'), ended])
    ended.catch(() => undefined)
  }

  /** Starts again if it has died. */
  async revive(): Promise<void> {
    if (isAlive(this.#child!)) return
    this.deaths++
    await this.start()
  }

  async ask<Answer>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer | undefined> {
    const headers = { authorization: `Bearer ${operatorToken}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    try {
      const response = await fetch(this.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
      return response.ok ? ((await response.json()) as Answer) : undefined
    } catch {
      await this.revive()
      return undefined
    }
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
  return spawn(process.execPath, [join(import.meta.dirname, 'gateway-process.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

describe.runIf(isPostgresInstalled)('a gateway killed at any step of a transfer', () => {
  let postgres: TestPostgres
  let folder: string
  let gateways: Record<Side, GatewayProcess>
  let databases: Record<Side, Database>
  const titles = 100
  let transfers = 0

  beforeAll(async () => {
    postgres = await startPostgres()
    folder = testFolder()
    const chain = await openStandIn('a', folder)
    for (let index = 0; index < titles; index++) chain.issue(titleOf(`licence-${index}`))
    const ports = { a: await freePort(), b: await freePort() }
    const urls = { a: postgres.url, b: await postgres.createDatabase() }
    const start = (side: Side) =>
      new GatewayProcess({ side, folder, databaseUrl: urls[side], port: ports[side], otherPort: ports[otherOf(side)] })
    gateways = { a: start('a'), b: start('b') }
    databases = { a: openPostgresDatabase(urls.a), b: openPostgresDatabase(urls.b) }
    await Promise.all([gateways.a.start(), gateways.b.start()])
  })
  afterAll(async () => {
    await Promise.all([gateways?.a.close(), gateways?.b.close()])
    await Promise.all([databases?.a.close(), databases?.b.close()])
    await postgres?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A transfer from a to b, whatever dies meanwhile. */
  async function transfer(): Promise<void> {
    const body = {
      ...{ assetId: `licence-${transfers++}`, fromNetwork: networkOf('a'), toNetwork: networkOf('b'), toHolder: holder },
      ...{ counterpart: didOf('b'), transferId: bytesToHex(randomBytes(32)) },
    }
    const isDone = async (side: Side): Promise<boolean> => {
      await gateways[side].revive()
      const answer = await gateways[side].ask<{ transfer: { state: string } }>('GET', `/transfers/${body.transferId}`)
      return answer?.transfer.state === 'completed'
    }
    await until(async () => (await gateways.a.ask('POST', '/transfers', body)) !== undefined, patienceMs)
    // Both are asked, whatever one says: whoever is asked is started again.
    await until(async () => (await Promise.all([isDone('a'), isDone('b')])).every(done => done), patienceMs)
  }

  test('on either side, and goes on', { timeout: 1_800_000 }, async () => {
    const killed = { a: 0, b: 0 }
    for (let steps = 1; ; steps += stride) {
      const before = { a: gateways.a.deaths, b: gateways.b.deaths }
      for (const side of sides) await until(async () => (await gateways[side].ask('POST', '/test/arm', { steps })) !== undefined)
      await transfer()
      const died = sides.filter(side => gateways[side].deaths > before[side])
      for (const side of died) killed[side]++
      // Both lived: a transfer has fewer steps than that, and whoever was killed at each has been killed everywhere.
      if (died.length === 0) break
    }
    console.log(`gateways killed: ${killed.a} and ${killed.b} times, in ${transfers} transfers`)
    expect(killed.a).toBeGreaterThanOrEqual(Math.floor(40 / stride))
    expect(killed.b).toBeGreaterThanOrEqual(Math.floor(25 / stride))
  })

  test('nothing was lost, doubled or left lying', async () => {
    checkChains(folder, { transfers, isEveryOneCompleted: true })
    for (const side of sides) {
      const [sessions] = await databases[side].query<{ all: number; completed: number }>(
        `select count(*)::integer as all, count(*) filter (where outcome = 'completed')::integer as completed from gateway_sessions`,
      )
      expect(sessions).toEqual({ all: transfers, completed: transfers })
      // A gateway that was killed is no liar.
      expect(await databases[side].query('select reason from gateway_quarantine')).toEqual([])
    }
  })
})

describe('two gateways with an unreliable way between them', () => {
  let databases: Record<Side, Database>
  let folder: string
  let chains: Record<Side, StandInChain>
  let postgres: TestPostgres | undefined
  const gateways: Partial<Record<Side, TestGateway>> = {}
  /** Requests that each is taking. */
  const taken: Record<Side, Set<Promise<unknown>>> = { a: new Set(), b: new Set() }

  beforeAll(async () => {
    folder = testFolder()
    // The embedded one is as good; for many messages a server is faster.
    postgres = isPostgresInstalled ? await startPostgres() : undefined
    databases =
      postgres === undefined
        ? { a: await openEmbeddedDatabase(), b: await openEmbeddedDatabase() }
        : { a: openPostgresDatabase(postgres.url), b: openPostgresDatabase(await postgres.createDatabase()) }
  })
  afterAll(async () => {
    await Promise.all(Object.values(gateways).map(gateway => gateway.close()))
    await Promise.all([databases.a.close(), databases.b.close()])
    await postgres?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test(`${messages} messages, seed ${seed}: each transfer once in effect, nothing without proof, nothing stuck`, {
    timeout: 3_600_000,
  }, async () => {
    const draw = seededRandom(seed)
    const random = (): number => draw.below(2 ** 32) / 2 ** 32
    const stranger = await fixedSigner('somebody else')
    const figures = { transfers: 0, falseProofs: 0, outages: 0, refusedProofs: 0, acceptedUnproven: 0 }

    /** Brings a message to whoever is there. */
    const carry: typeof fetch = async (input, init) => {
      const side: Side = new URL(String(input)).host.startsWith('gateway-a') ? 'a' : 'b'
      const server = gateways[side]?.server
      const answer = fetchOf(() => server)(input, init)
      taken[side].add(answer)
      return answer.finally(() => taken[side].delete(answer))
    }

    const way = unreliableFetch({ fetch: carry, random, stranger })

    /** Transfers whose gateway said that the title left before it did, and how often it showed a proof of that. */
    const pretended = new Map<string, number>()
    const proofs: ChainProof[] = []

    /** What a true proof says, signed by nobody who may. */
    async function forged({ format, network, left }: Omit<ChainProof, 'evidence'> & { readonly left: Transfer }): Promise<ChainProof> {
      figures.falseProofs++
      const statement = canonicalJson({ left: { ...left } })
      const signature = bytesToBase64url(await stranger.sign(utf8ToBytes(statement)))
      return { format, network, evidence: { statement, signature } }
    }

    function otherProof(proof: ChainProof): ChainProof {
      proofs.push(proof)
      figures.falseProofs++
      return proofs[Math.floor(random() * (proofs.length - 1))] ?? { ...proof, evidence: {} }
    }

    async function open(side: Side): Promise<void> {
      const chain = await openStandIn(side, folder)
      chains = { ...chains, [side]: chain }
      const end = instead(chain, {
        // A gateway that lies about its chain, now and then. It says that a title left which has not, …
        async leave(transfer) {
          if (random() > 0.1 || pretended.has(transfer.transferId)) return chain.leave(transfer)
          pretended.set(transfer.transferId, 0)
          return chain.lock(transfer)
        },
        // … and shows as proof what nobody signed, or what is true of another transfer.
        async proveLeft(transfer) {
          const shown = pretended.get(transfer.transferId) ?? 2
          pretended.set(transfer.transferId, shown + 1)
          if (shown < 2) return forged({ format: standInProofFormat, network: chain.network, left: transfer })
          if (shown === 2) await chain.leave(transfer)
          const proof = await chain.proveLeft(transfer)
          if (random() > 0.15) return proof
          return random() < 0.5 ? forged({ ...proof, left: transfer }) : otherProof(proof)
        },
        async arrive(transfer, proof) {
          const receipt = await chain.arrive(transfer, proof)
          const hasLeft = await chains[otherOf(side)].proveLeft(transfer).then(
            () => true,
            () => false,
          )
          if (!hasLeft) figures.acceptedUnproven++
          return receipt
        },
      })
      gateways[side] = await openTestGateway({
        ...{ side, folder, database: databases[side], chain, fetch: way.fetch },
        settings: await settingsOf(side, folder, { lockForMs: 60_000 }),
        chains: { ...chainsOf(side, chain), endOf: network => (network === networkOf(side) ? end : undefined) },
        rules: { minLockMs: 1_000, leaveMarginMs: 5_000, agreeWithinMs: 30_000, graceMs: 5_000, completeWithinMs: 600_000 },
        environment: { RETRY_MS: '5', MAX_RETRY_MS: '200', LOOK_EVERY_MS: '500', COUNTERPART_TIMEOUT_MS: '30000' },
      })
    }

    async function close(side: Side): Promise<void> {
      const gateway = gateways[side]!
      delete gateways[side]
      // A request that is being taken would go on in a gateway that is closed.
      while (taken[side].size > 0) await Promise.allSettled(taken[side])
      await gateway.close()
      figures.refusedProofs += chains[side].refusedProofs
    }

    /** A new title on one of the chains is to go to the other. */
    async function begin(): Promise<void> {
      const side: Side = random() < 0.5 ? 'a' : 'b'
      const gateway = gateways[side]
      if (gateway === undefined) return
      const assetId = `licence-${figures.transfers}`
      chains[side].issue(titleOf(assetId))
      const answer = await gateway.operate('POST', '/transfers', {
        ...{
          assetId,
          fromNetwork: networkOf(side),
          toNetwork: networkOf(otherOf(side)),
          toHolder: holder,
          counterpart: didOf(otherOf(side)),
        },
      })
      expect(answer.statusCode).toBe(201)
      figures.transfers++
    }

    const underWay = async () => (await Promise.all(sides.map(side => openSessions(databases[side])))).reduce((sum, each) => sum + each)

    await Promise.all([open('a'), open('b')])
    const startedMs = Date.now()
    let nextOutage = 60
    while (way.counts.messages < messages) {
      if ((await underWay()) < 40) await begin()
      else await new Promise(resolve => setTimeout(resolve, 5))
      if (way.counts.messages < nextOutage) continue
      // One side is down, then the other.
      nextOutage = way.counts.messages + 60 + Math.floor(random() * 200)
      const side: Side = figures.outages++ % 2 === 0 ? 'a' : 'b'
      await close(side)
      await new Promise(resolve => setTimeout(resolve, random() * 200))
      await open(side)
    }
    await until(async () => (await underWay()) === 0, 300_000)
    await way.settle()
    const seconds = (Date.now() - startedMs) / 1000
    const outcomes = await Promise.all(sides.map(side => outcomesOf(databases[side])))
    for (const side of sides) await close(side)
    console.log(JSON.stringify({ seed, ...way.counts, ...figures, seconds: Math.round(seconds), outcomes }))
    checkChains(folder, { transfers: figures.transfers, isEveryOneCompleted: false })
    // What began came to its end; and far most of it to a good one, for whoever tries again gets through.
    for (const { underWay: still } of outcomes) expect(still).toBe(0)
    const arrived = sides
      .flatMap(side => readStandInEvents(join(folder, `chain-${side}.log`)))
      .filter(({ kind }) => kind === 'arrived').length
    expect(arrived).toBeGreaterThanOrEqual(figures.transfers * 0.9)
    expect(figures.acceptedUnproven).toBe(0)
    // The liars were there, and were noticed.
    expect(figures.falseProofs).toBeGreaterThan(0)
    expect(figures.refusedProofs).toBeGreaterThan(0)
    expect(way.counts.falseQuestions).toBeGreaterThan(0)
    const [reasons] = await databases.b.query<{ count: number }>('select count(*)::integer as count from gateway_quarantine')
    expect(reasons!.count).toBeGreaterThan(0)
  })
})

async function openSessions(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>('select count(*)::integer as count from gateway_sessions where outcome is null')
  return row!.count
}

async function outcomesOf(
  database: Database,
): Promise<{ readonly underWay: number; readonly completed: number; readonly aborted: number }> {
  const [row] = await database.query<{ under_way: number; completed: number; aborted: number }>(
    `select count(*) filter (where outcome is null)::integer as under_way, count(*) filter (where outcome = 'completed')::integer as completed,
       count(*) filter (where outcome = 'aborted')::integer as aborted from gateway_sessions`,
  )
  const { under_way: underWay, ...others } = row!
  return { underWay, ...others }
}
