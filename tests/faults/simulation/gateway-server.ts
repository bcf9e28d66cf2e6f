import { ChainError } from '@hufu/chains'
import { errorCode, systemClock } from '@hufu/primitives'
import { type Counterpart, type Rules, SatpGateway } from '@hufu/satp'
import type { FakeChain } from '@hufu/satp/fixture'
import { JournalSessionLog } from './journal-session-log.ts'
import { type Life, never } from './life.ts'
import { Program } from './program.ts'
import { folderOf } from './simulated-files.ts'
import type { World } from './world.ts'

/** What goes wrong between gateways and their chains, each from 0 to 1. */
export interface GatewayTroubles {
  drop: number
  repeat: number
  slow: number
  /** A chain that gives no answer, before it took a call or after. */
  chain: number
}

export interface GatewayServerOptions {
  readonly chain: FakeChain
  readonly counterpart: Counterpart
  readonly troubles: GatewayTroubles
  readonly rules: Partial<Rules>
}

const usualMs = 30
const slowMs = 8_000
const timeoutMs = 4_000
const longestPauseMs = 900

/** A gateway before its chain: goes on with its sessions now and then, and takes the other's messages. */
export class GatewayServer extends Program {
  readonly #options: GatewayServerOptions
  other: GatewayServer | undefined
  #gateway: Promise<SatpGateway> | undefined

  constructor(world: World, machine: string, options: GatewayServerOptions) {
    super(world, machine)
    this.#options = options
  }

  protected begin(life: Life): void {
    this.#gateway = this.world.as(life, () => this.#open(life))
    this.#gateway.catch(error => this.endOf(life, error))
    this.world.as(life, () => this.#work(life)).catch(() => undefined)
  }

  /** Asks the gateway for something. @returns undefined if it died before it answered, or refused */
  ask<T>(work: (gateway: SatpGateway) => Promise<T>): Promise<T | undefined> {
    const { life } = this
    if (life === undefined) return Promise.resolve(undefined)
    const asking = this.world.as(life, async () => {
      try {
        return await work(await this.#gateway!)
      } catch (error) {
        this.#endIfBroken(life, error)
        return undefined
      }
    })
    return Promise.race([asking, life.death.then(() => undefined)])
  }

  async #open(life: Life): Promise<SatpGateway> {
    const { chain, counterpart, rules } = this.#options
    const world = this.world
    const log = await JournalSessionLog.open(`${folderOf(this.machine)}/sessions`)
    const end = chain.end((action, when) => this.#disturb(action, when))
    return new SatpGateway(
      {
        log,
        endOf: network => (network === chain.network ? end : undefined),
        counterparts: { find: async did => (did === counterpart.did ? counterpart : undefined) },
        send: message => this.#send(message, life),
        clock: systemClock,
        quarantine: async ({ code }) => world.note(`${this.machine} sets a message aside: ${code}`),
      },
      rules,
    )
  }

  async #work(life: Life): Promise<void> {
    const gateway = await this.#gateway!
    for (;;) {
      const progress = await gateway.resume((_sessionId, error) => this.#endIfBroken(life, error))
      for (const { problem } of progress) if (problem !== undefined) this.#endIfBroken(life, problem)
      await this.world.pause(this.world.random.below(longestPauseMs))
    }
  }

  /** A broken disk ends the program; whatever else is of ours is no reason. Anything that nobody threw on purpose is a fault. */
  #endIfBroken(life: Life, error: unknown): void {
    const cause = error instanceof Error && errorCode(error) === 'ERR_SATP_WAITING' && error.cause !== undefined ? error.cause : error
    if (errorCode(cause) === 'ERR_FILE_IO' || (errorCode(cause) === undefined && !(cause instanceof Lost))) this.endOf(life, cause)
  }

  async #disturb(action: string, when: 'before' | 'after'): Promise<void> {
    const { random } = this.world
    await this.world.pause(random.below(usualMs))
    if (action !== 'get') this.world.note(`${this.machine} ${when} ${action}`)
    if (random.chance(this.#options.troubles.chain))
      throw new ChainError(when === 'before' ? 'ERR_CHAIN_UNREACHABLE' : 'ERR_CHAIN_UNKNOWN', 'no answer')
  }

  /** A message and its answer, over a network that may lose either, or bring one twice. */
  #send(message: string, life: Life): Promise<string | undefined> {
    if (!life.isAlive) return never()
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
    const forget = this.world.after(timeoutMs, () => reject(new Lost('timed out')))
    this.#carry(() => {
      const target = this.other!
      this.world.note(`${target.machine} hears a message`)
      const { life: others } = target
      if (others === undefined) return
      this.world
        .as(others, async () => (await target.#gateway!).receive(message))
        .then(
          reply =>
            this.#carry(() => {
              forget()
              if (life.isAlive) resolve(reply.body)
            }),
          error => {
            target.#endIfBroken(others, error)
            this.#carry(() => {
              forget()
              if (life.isAlive) reject(new Lost('answered with an error'))
            })
          },
        )
    })
    return promise
  }

  #carry(arrive: () => void): void {
    const { random } = this.world
    const { drop, slow, repeat } = this.#options.troubles
    if (random.chance(drop)) return
    const ms = 1 + random.below(random.chance(slow) ? slowMs : usualMs)
    this.world.outside(ms, arrive)
    if (random.chance(repeat)) this.world.outside(ms + random.below(slowMs), arrive)
  }
}

/** The network gave no answer. */
class Lost extends Error {}
