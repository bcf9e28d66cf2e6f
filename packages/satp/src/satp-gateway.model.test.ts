import { env } from 'node:process'
import { ChainError } from '@hufu/chains'
import { describe, expect, test } from 'vitest'
import { SatpError } from './errors.ts'
import { counterpartA, counterpartB, formerHolder, GatewayPair, newHolder, titleId } from './fixture/gateway-pair.ts'
import { Random } from './fixture/random.ts'
import type { SatpMessage } from './message/message.ts'
import { openMessage, sealMessage } from './message/sealed-message.ts'
import type { GatewayPorts } from './ports.ts'
import type { SessionLog } from './session/session-log.ts'

/** Transfers that are tried: TRIES=100000 for a long look. */
const tries = Number(env.TRIES ?? 300)
const firstSeed = Number(env.SEED ?? 1)

/** The process is gone: nothing that it does counts any more. */
class Crash extends Error {}

/** Signed messages of other sessions, and of this one's past, which somebody may send again. */
class Trials {
  readonly random: Random
  readonly pair: GatewayPair
  readonly #seen: string[] = []
  readonly #delayed: string[] = []
  readonly #dead = new Set<object>()
  /** While false the world is well. */
  isFaulty = true

  constructor(seed: number) {
    this.random = new Random(seed)
    this.pair = new GatewayPair({ retryMaxMs: 20_000 })
    this.pair.disturbA = () => undefined
    this.pair.carry = (message, deliver) => this.#carry(message, deliver)
    this.restart('A')
    this.restart('B')
  }

  /** A new process over the same log. */
  restart(side: 'A' | 'B'): void {
    const life = {}
    const isAlive = (): void => {
      if (this.#dead.has(life)) throw new Crash()
    }
    const crash = (probability: number): void => {
      isAlive()
      if (!this.isFaulty || !this.random.chance(probability)) return
      this.#dead.add(life)
      throw new Crash()
    }
    const log = side === 'A' ? this.pair.logA : this.pair.logB
    const chain = side === 'A' ? this.pair.origin : this.pair.destination
    const crashingLog: SessionLog = {
      append: async (sessionId, position, record) => {
        crash(0.03)
        await log.append(sessionId, position, record)
        crash(0.03)
      },
      read: async sessionId => {
        isAlive()
        return log.read(sessionId)
      },
      open: () => log.open(),
    }
    const end = chain.end((_action, when) => {
      crash(0.04)
      if (!this.isFaulty || !this.random.chance(0.08)) return
      throw new ChainError(when === 'before' ? 'ERR_CHAIN_UNREACHABLE' : 'ERR_CHAIN_UNKNOWN', 'no answer')
    })
    const change = (ports: GatewayPorts): GatewayPorts => ({
      ...ports,
      log: crashingLog,
      endOf: network => (network === chain.network ? end : undefined),
      send: async (message, to) => {
        isAlive()
        const answer = await ports.send(message, to)
        isAlive()
        return answer
      },
    })
    if (side === 'A') this.pair.startA(change)
    else this.pair.startB(change)
  }

  /** A process that is dead is started again by whoever looks after it. */
  async tolerant(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (error instanceof Crash || error instanceof ChainError || error instanceof SatpError) return
      throw error
    } finally {
      for (const side of ['A', 'B'] as const) if (await this.#isDead(side)) this.restart(side)
    }
  }

  async #isDead(side: 'A' | 'B'): Promise<boolean> {
    try {
      await (side === 'A' ? this.pair.a : this.pair.b).status('00'.repeat(32))
      return false
    } catch {
      return true
    }
  }

  /** Drops, repeats, delays, re-orders, flips a bit, brings something old, or lies with a true signature. */
  async #carry(message: string, deliver: (message: string) => Promise<string | undefined>): Promise<string | undefined> {
    const { random } = this
    this.#seen.push(message)
    if (!this.isFaulty) return deliver(message)
    if (random.chance(0.08)) throw new Error('dropped')
    if (random.chance(0.06)) {
      this.#delayed.push(message)
      throw new Error('delayed')
    }
    if (random.chance(0.05)) await this.#hostile(() => deliver(flip(message, random)))
    if (random.chance(0.08)) await this.#hostile(() => deliver(random.pick(this.#seen)))
    if (random.chance(0.05)) await this.#hostile(async () => deliver(await this.#lieOfA(message)))
    if (random.chance(0.08)) await this.#hostile(() => deliver(message))
    if (this.#delayed.length > 0 && random.chance(0.3)) await this.#hostile(() => deliver(this.#delayed.shift()!))
    const answer = await deliver(message)
    if (random.chance(0.08)) throw new Error('answer dropped')
    if (answer === undefined) return undefined
    const former = random.pick(this.#seen)
    this.#seen.push(answer)
    if (random.chance(0.04)) return flip(answer, random)
    if (random.chance(0.02)) return this.#lieOfB(message)
    if (random.chance(0.04)) return former
    return answer
  }

  /** What a thief, or the network, does besides; nobody waits for how it goes. */
  async #hostile(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (error instanceof Crash || error instanceof SatpError || error instanceof ChainError) return
      throw error
    }
  }

  /** Signed by A, and not what is so: a proof of what did not happen, an old hash, another content. */
  async #lieOfA(message: string): Promise<string> {
    const { message: content } = openMessage(message)
    const { random, pair } = this
    const { sessionId, transferContextId } = content
    const hashPrevMessage = 'hashPrevMessage' in content ? content.hashPrevMessage : 'ab'.repeat(32)
    if (random.chance(0.5)) {
      const records = await pair.logA.read(sessionId)
      const opened = records[0]
      if (opened?.kind !== 'opened') return message
      const { transfer } = opened
      const evidence = random.chance(0.5) ? { ...transfer } : { ...transfer, toHolder: 'did:neo:pilot:NThief' }
      // Before it left this is no proof; after that, only what is exactly so.
      const isSo = pair.origin.recordOfLeft(sessionId) !== undefined && evidence.toHolder === transfer.toHolder
      if (!isSo) {
        const lie: SatpMessage = {
          kind: 'commit-final-msg',
          sessionId,
          transferContextId,
          hashPrevMessage,
          burnAssertionClaimFormat: 'BURN_ASSERTION_CLAIM_FORMAT_1',
          burnAssertionClaim: {
            networkId: transfer.fromNetwork,
            titleId: transfer.assetId,
            proof: { format: 'fake/1', network: transfer.fromNetwork, evidence },
          },
        }
        return (await sealMessage(lie, counterpartB)).text
      }
    }
    return (await sealMessage({ ...content, hashPrevMessage: 'cd'.repeat(32) } as SatpMessage, counterpartB)).text
  }

  /** Signed by B, whose process knows nothing of it: a refusal, or an end. */
  async #lieOfB(message: string): Promise<string> {
    const { message: content, hash } = openMessage(message)
    const { sessionId, transferContextId } = content
    const header = { sessionId, transferContextId, hashPrevMessage: hash, timestamp: '2026-01-01T00:00:00.000Z' }
    const lie: SatpMessage = this.random.chance(0.5)
      ? { kind: 'session-abort-msg', ...header, reason: 'operator' }
      : { kind: 'error-msg', version: '1.0', ...header, code: 'err_0.1.1', prevMessageType: undefined }
    return (await sealMessage(lie, counterpartA)).text
  }

  /** What anybody may do on the chains themselves. */
  async anybody(sessionId: string): Promise<void> {
    const opened = (await this.pair.logA.read(sessionId))[0]
    if (opened?.kind !== 'opened') return
    const { transfer } = opened
    await this.#hostile(async () => {
      switch (this.random.below(3)) {
        case 0:
          return this.pair.origin.end().leave(transfer)
        case 1:
          return this.pair.origin.end().unlock(transfer)
        default:
          return this.pair.destination.end().arrive(transfer, await this.pair.origin.end().proveLeft(transfer))
      }
    })
  }
}

function flip(text: string, random: Random): string {
  const at = random.below(text.length)
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}

/** One transfer through all that may happen, and then in peace until it is over. */
async function tryTransfer(seed: number): Promise<{ readonly isThere: boolean; readonly faults: number }> {
  const trials = new Trials(seed)
  const { pair, random } = trials
  let sessionId: string | undefined
  while (sessionId === undefined)
    await trials.tolerant(async () => {
      sessionId = (await pair.a.begin(pair.request('7e'.repeat(32)))).sessionId
    })
  const steps = 10 + random.below(40)
  for (let step = 0; step < steps; step++) {
    const name = sessionId
    if (random.chance(0.02)) await trials.tolerant(() => pair.a.abort(name))
    if (random.chance(0.01)) await trials.tolerant(() => pair.b.abort(name))
    if (random.chance(0.02)) await trials.anybody(name)
    if (random.chance(0.03)) pair.destination.isOn = !pair.destination.isOn
    if (random.chance(0.3)) pair.clock.advance(random.below(random.chance(0.1) ? 400_000 : 5_000))
    await trials.tolerant(() => (random.chance(0.7) ? pair.a.resume() : pair.b.resume()))
  }
  trials.isFaulty = false
  pair.destination.isOn = true
  for (let round = 0; (await pair.logA.open()).length + (await pair.logB.open()).length > 0; round++) {
    if (round > 300) throw new Error('a session is stuck for good')
    await trials.tolerant(() => pair.a.resume())
    await trials.tolerant(() => pair.b.resume())
    pair.clock.advance(20_000)
  }
  return checkEnd(pair, sessionId)
}

async function checkEnd(pair: GatewayPair, sessionId: string): Promise<{ isThere: boolean; faults: number }> {
  for (const count of [...pair.origin.effects.values(), ...pair.destination.effects.values()]) expect(count).toBe(1)
  const isThere = pair.destination.has(titleId)
  expect(pair.origin.has(titleId)).toBe(!isThere)
  expect(pair.places()[isThere ? 'destination' : 'origin']).toMatchObject({ status: 'held', holder: isThere ? newHolder : formerHolder })
  const outcome = isThere ? 'completed' : 'aborted'
  expect((await pair.a.status(sessionId))?.outcome).toBe(outcome)
  // A proposal that never came opened nothing.
  expect((await pair.b.status(sessionId))?.outcome ?? outcome).toBe(outcome)
  expect(await answersOf(pair, sessionId)).toBe(true)
  for (const item of pair.quarantineB) expect([counterpartA.did, undefined]).toContain(item.signedBy)
  return { isThere, faults: pair.quarantineA.length + pair.quarantineB.length }
}

/** No request has two answers. */
async function answersOf(pair: GatewayPair, sessionId: string): Promise<boolean> {
  const answered = new Set<string>()
  for (const record of await pair.logB.read(sessionId)) {
    if (record.kind !== 'sent') continue
    const { message } = openMessage(record.message)
    if (!('hashPrevMessage' in message) || message.kind === 'session-abort-msg') continue
    if (answered.has(message.hashPrevMessage)) return false
    answered.add(message.hashPrevMessage)
  }
  return true
}

describe('whatever the network, the chains, a thief and crashes do', () => {
  test(`${tries} transfers each take effect exactly once or not at all, and none is stuck`, { timeout: 3_600_000 }, async () => {
    let there = 0
    let faults = 0
    for (let seed = firstSeed; seed < firstSeed + tries; seed++) {
      try {
        const end = await tryTransfer(seed)
        there += end.isThere ? 1 : 0
        faults += end.faults
      } catch (cause) {
        throw new Error(`the transfer of seed ${seed} went wrong`, { cause })
      }
    }
    // The trials are worth something only if both ends are common, and refusals too.
    expect(there).toBeGreaterThan(tries * 0.2)
    expect(tries - there).toBeGreaterThan(tries * 0.1)
    expect(faults).toBeGreaterThan(tries)
  })
})

describe('a crash at each place', () => {
  /** Counts the places of an undisturbed transfer, or crashes at one. */
  async function run(side: 'A' | 'B', crashAt: number): Promise<number> {
    const pair = new GatewayPair()
    let place = 0
    let isDead = false
    const pass = (): void => {
      if (isDead || place++ === crashAt) {
        isDead = true
        throw new Crash()
      }
    }
    const log = side === 'A' ? pair.logA : pair.logB
    const chain = side === 'A' ? pair.origin : pair.destination
    const change = (ports: GatewayPorts): GatewayPorts => ({
      ...ports,
      log: {
        ...ports.log,
        open: () => log.open(),
        read: sessionId => log.read(sessionId),
        append: async (sessionId, position, record) => {
          pass()
          await log.append(sessionId, position, record)
          pass()
        },
      },
      endOf: network => (network === chain.network ? chain.end(pass) : undefined),
      send: async (message, to) => {
        pass()
        const answer = await ports.send(message, to)
        pass()
        return answer
      },
    })
    const { sessionId } = await pair.a.begin(pair.request())
    if (side === 'A') pair.startA(change)
    else pair.startB(change)
    await pair.a.resume()
    if (isDead) {
      pair.startA()
      pair.startB()
    }
    for (let round = 0; round < 50; round++) {
      await pair.b.resume()
      await pair.a.resume()
      pair.clock.advance(1_000)
    }
    const end = await checkEnd(pair, sessionId)
    expect(end.isThere).toBe(true)
    return place
  }

  test.each(['A', 'B'] as const)('before and after each record and each action of %s: the title arrives, once', async side => {
    const places = await run(side, -1)
    expect(places).toBeGreaterThan(side === 'A' ? 45 : 20)
    for (let place = 0; place < places; place++) await run(side, place)
  })
})
