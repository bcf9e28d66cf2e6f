import { AsyncLocalStorage } from 'node:async_hooks'
import { Random } from '@hufu/satp/fixture'
import { EventQueue } from './event-queue.ts'
import type { Enter, Life } from './life.ts'
import { type Globals, replaceGlobals } from './replace-globals.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { Trace } from './trace.ts'

/** A closer look at one seed: errors know where they came from, and the trace keeps so many of its last lines. */
export interface Watch {
  readonly lines: number
}

const startMs = Date.UTC(2026, 0, 1)
/** Captured before anything replaces it. */
const nextTurn = globalThis.setImmediate
let running: World | undefined

/**
 * A small world on one thread: its time, chance, disks and messages come from a seed, and nothing in it happens before everything that came before it is
 * done. Time goes on only when nobody has anything left to do now.
 */
export class World {
  readonly random: Random
  readonly trace: Trace
  readonly disks = new Map<string, SimulatedDisk>()
  /** By how much a machine's calendar clock is wrong, milliseconds; what counts the time that passed is not. */
  readonly clockErrors = new Map<string, number>()
  readonly #seed: number
  readonly #queue = new EventQueue()
  readonly #lives = new AsyncLocalStorage<Life | undefined>()
  readonly #asNobody: Enter = this.#lives.run(undefined, () => AsyncLocalStorage.snapshot())
  #nowMs = startMs
  #lifeNumber = 0
  #failure: { readonly error: unknown } | undefined

  readonly #keepsStacks: boolean

  constructor(seed: number, watch: Watch | undefined) {
    this.#seed = seed
    this.trace = new Trace(watch?.lines)
    this.#keepsStacks = watch !== undefined
    this.random = new Random(seed)
  }

  /** The world that runs now; undefined between two. */
  static get running(): World | undefined {
    return running
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** Whose code runs now; undefined for the world's own. */
  get life(): Life | undefined {
    return this.#lives.getStore()
  }

  note(line: string): void {
    this.trace.add(`${this.#nowMs - startMs} ${line}`)
  }

  /** Does something after a while, if whoever asked for it is still alive. @returns takes it back */
  after(ms: number, happen: () => void): () => void {
    const { life } = this
    const event = this.#queue.add(this.#nowMs + Math.max(0, ms), () => {
      if (life === undefined) happen()
      else if (life.isAlive) life.enter(happen)
    })
    return () => {
      event.happen = undefined
    }
  }

  /** Does something that belongs to nobody, whoever asks for it, such as a message that is on its way. */
  outside(ms: number, happen: () => void): void {
    this.#queue.add(this.#nowMs + ms, () => this.#asNobody(happen))
  }

  pause(ms: number): Promise<void> {
    return new Promise(resolve => this.after(ms, resolve))
  }

  disk(machine: string): SimulatedDisk {
    let disk = this.disks.get(machine)
    if (disk === undefined) {
      disk = new SimulatedDisk(this, machine)
      this.disks.set(machine, disk)
    }
    return disk
  }

  /** Starts a program on a machine. */
  start(machine: string): Life {
    const { promise, resolve } = Promise.withResolvers<void>()
    const die = (): void => {
      life.isAlive = false
      resolve()
    }
    const born = { machine, number: ++this.#lifeNumber, isAlive: true, death: promise, die }
    const life: Life = Object.assign(born, { enter: this.#lives.run(born as Life, () => AsyncLocalStorage.snapshot()) as Enter })
    this.note(`${machine} starts`)
    return life
  }

  /** Runs code as a program's. What it returns is lost if the program dies before. */
  as<T>(life: Life, work: () => Promise<T>): Promise<T> {
    return life.enter(work)
  }

  /** Ends a program; with its machine, the disk loses what was not on it for good. */
  kill(life: Life, withMachine: boolean): void {
    if (!life.isAlive) return
    this.note(`${life.machine} ${withMachine ? 'loses power' : 'is killed'}`)
    life.die()
    if (withMachine) this.disk(life.machine).losePower()
  }

  /** Tells that something is not as it must be. */
  fail(error: unknown): void {
    this.#failure ??= { error }
  }

  /** Lets time go on until the work, which belongs to nobody, is done. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (running !== undefined) throw new Error('expected one world at a time')
    running = this
    const restore = replaceGlobals(this.#globals())
    const { stackTraceLimit } = Error
    // Nodes refuse often, and where an error came from costs more than all the rest of it.
    Error.stackTraceLimit = this.#keepsStacks ? stackTraceLimit : 0
    try {
      let result: { readonly value: T } | undefined
      work().then(
        value => {
          result = { value }
        },
        error => this.fail(error),
      )
      await this.#goOn(() => result !== undefined)
      if (this.#failure !== undefined) throw this.#failure.error
      if (result === undefined) throw new Error('the world stands still: nothing is left to happen')
      return result.value
    } finally {
      Error.stackTraceLimit = stackTraceLimit
      restore()
      running = undefined
    }
  }

  async #goOn(isDone: () => boolean): Promise<void> {
    for (;;) {
      // All that can be done now is done when the next turn comes, for nothing is done on other threads.
      await new Promise<void>(resolve => nextTurn(resolve))
      if (isDone() || this.#failure !== undefined) return
      let event = this.#queue.take()
      while (event !== undefined && event.happen === undefined) event = this.#queue.take()
      if (event === undefined) return
      this.#nowMs = Math.max(this.#nowMs, event.atMs)
      event.happen?.()
    }
  }

  #globals(): Globals {
    const random = new Random(this.#seed ^ 0x5eed_0000)
    return {
      nowMs: () => this.#nowMs,
      calendarMs: () => this.#nowMs + (this.clockErrors.get(this.life?.machine ?? '') ?? 0),
      startMs,
      after: (ms, happen) => this.after(ms, happen),
      fillRandomly: bytes => {
        for (let index = 0; index < bytes.length; index++) bytes[index] = random.below(256)
      },
    }
  }
}
