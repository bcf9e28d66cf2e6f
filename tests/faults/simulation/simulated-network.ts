import { magic, type RpcAnswerer } from './answer-rpc.ts'
import { never } from './life.ts'
import { deadlineOf } from './replace-globals.ts'
import type { SimulatedLedger } from './simulated-ledger.ts'
import type { SimulatedValidator } from './simulated-validator.ts'
import type { World } from './world.ts'

/** What the network does to messages, each from 0 to 1. */
export interface NetworkTroubles {
  drop: number
  repeat: number
  slow: number
  /** A node that hears a question and stumbles. */
  error: number
}

const usualMs = 15
const slowMs = 6_000

/** Carries messages: late, in another order, twice, or not at all. */
export class SimulatedNetwork {
  readonly troubles: NetworkTroubles = { drop: 0, repeat: 0, slow: 0, error: 0 }
  /** Machines and validators that do not reach each other, as `machine validator`. */
  readonly cuts = new Set<string>()
  readonly #world: World
  readonly #ledger: SimulatedLedger
  readonly #answerer: RpcAnswerer

  constructor(world: World, ledger: SimulatedLedger, answerer: RpcAnswerer) {
    this.#world = world
    this.#ledger = ledger
    this.#answerer = answerer
  }

  /** All validators, for a client. */
  get descriptor(): {
    readonly magic: number
    readonly validators: readonly { name: string; publicKey: string; rpcUrl: string; metricsUrl: string }[]
  } {
    const validators = this.#ledger.validators.map(({ name }) => ({
      name,
      publicKey: '',
      rpcUrl: `sim://${name}/`,
      metricsUrl: `sim://${name}/metrics`,
    }))
    return { magic, validators }
  }

  /** In place of `fetch`, for the program that runs on a machine. */
  fetch: typeof globalThis.fetch = (url, init) => {
    const world = this.#world
    const { life } = world
    if (life?.isAlive !== true) return never()
    const [, name, path] = /^sim:\/\/(v\d+)\/(.*)$/.exec(String(url))!
    const validator = this.#ledger.validators.find(each => each.name === name)!
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    const deadlineMs = deadlineOf(init?.signal)
    let isOver = false
    const end = (settle: () => void): void => {
      if (isOver || !life.isAlive) return
      isOver = true
      forgetDeadline()
      settle()
    }
    const fail = (reason: string) => end(() => reject(new TypeError(reason)))
    const forgetDeadline = world.after((deadlineMs ?? Number.POSITIVE_INFINITY) - world.nowMs, () => fail('timed out'))
    const deliver = (): void =>
      this.#deliver(life.machine, validator, path!, String(init?.body ?? ''), answer => {
        if (answer === undefined) fail('connection lost')
        else end(() => resolve(responseOf(answer)))
      })
    this.#carry(deliver)
    return promise
  }

  #deliver(
    machine: string,
    validator: SimulatedValidator,
    path: string,
    body: string,
    answered: (answer: string | undefined) => void,
  ): void {
    if (this.cuts.has(`${machine} ${validator.name}`)) return
    if (validator.isHanging) return
    const answer = this.#answerOf(machine, validator, path, body)
    this.#carry(() => answered(answer))
  }

  /** @returns undefined if nobody is there */
  #answerOf(machine: string, validator: SimulatedValidator, path: string, body: string): string | undefined {
    if (!validator.isUp) return undefined
    if (this.#world.random.chance(this.troubles.error)) return '<html>'
    this.#world.note(`${validator.name} answers ${machine} ${path}${methodsOf(body)}`)
    return path === 'metrics' ? this.#answerer.metrics(validator) : this.#answerer.answer(validator, body)
  }

  /** Brings something to the other side, perhaps. */
  #carry(arrive: () => void): void {
    const { random } = this.#world
    const { drop, slow, repeat } = this.troubles
    if (drop > 0 && random.chance(drop)) return
    const ms = 1 + random.below(slow > 0 && random.chance(slow) ? slowMs : usualMs)
    this.#world.outside(ms, arrive)
    if (repeat > 0 && random.chance(repeat)) this.#world.outside(ms + random.below(slowMs), arrive)
  }
}

/** The methods in a request, for the trace. */
function methodsOf(body: string): string {
  return [...body.matchAll(/"method":"(\w+)"/g)].map(match => match[1]).join(' ')
}

/** As much of a response as the code in the simulation looks at: a real one reads its body in turns of its own. */
function responseOf(text: string): Response {
  return {
    ok: true,
    status: 200,
    headers: { get: () => String(text.length) },
    text: async () => text,
  } as unknown as Response
}
