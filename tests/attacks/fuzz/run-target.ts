import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { seededRandom } from '@hufu/network'
import { errorCode } from '@hufu/primitives'
import { expect } from 'vitest'
import { describeDifference } from './describe-difference.ts'
import { type FuzzTarget, meaningOf } from './fuzz-target.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Longer than this for one input is a hang, however busy the machine is. */
const hangMs = 30_000
/** Three times as many tries as before may leave so much behind: what caches of bounded size keep. */
const maxGrowthBytes = 16_000_000
/** Fewer tries tell nothing about growth, and collecting garbage for it would take longer than they do. */
const fewestForGrowth = 1_000

const documented: ReadonlySet<string> = new Set(
  readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8').match(/\bERR_[A-Z0-9_]+/g),
)

export interface RunOptions {
  readonly tries: number
  readonly seed: string
  /** This try alone. */
  readonly index: number | undefined
  /** Of the file that runs it, for the command that repeats a try. */
  readonly file: string
}

/** Tries a target, and fails at the first input that is wrongly taken, ends without a code, or takes too long; also if the heap grows. */
export async function runTarget(target: FuzzTarget, options: RunOptions): Promise<void> {
  for (const original of target.originals) expect(await outcomeOf(target, original), 'the original').toBe('as true as before')
  const tried = new Tally(target, options)
  const [first, end] = options.index === undefined ? [0, options.tries] : [options.index, options.index + 1]
  let settledBytes: number | undefined
  for (let index = first; index < end; index += target.atOnce ?? 1) {
    const indexes = Array.from({ length: Math.min(target.atOnce ?? 1, end - index) }, (_, offset) => index + offset)
    await Promise.all(indexes.map(each => tried.tryOne(each)))
    if (settledBytes === undefined && options.tries >= fewestForGrowth && index >= end / 4) settledBytes = heapBytes()
  }
  console.log(tried.summary())
  if (options.index !== undefined) return
  if (settledBytes !== undefined)
    expect(heapBytes() - settledBytes, 'bytes of heap that three times as many tries leave behind').toBeLessThan(maxGrowthBytes)
  expect(tried.refused / options.tries, 'most of what is tried is wrong').toBeGreaterThan(0.1)
}

class Tally {
  readonly #target: FuzzTarget
  readonly #options: RunOptions
  readonly #outcomes = new Map<string, number>()
  #slowest = { index: 0, ms: 0 }

  constructor(target: FuzzTarget, options: RunOptions) {
    this.#target = target
    this.#options = options
  }

  get refused(): number {
    return [...this.#outcomes].filter(([outcome]) => outcome.startsWith('ERR_')).reduce((sum, [, count]) => sum + count, 0)
  }

  async tryOne(index: number): Promise<void> {
    // Each try has a seed of its own, so that one alone can be made again.
    const input = await this.#target.make(seededRandom(`${this.#options.seed}, ${this.#target.name}, ${index}`))
    const startMs = performance.now()
    const outcome = await outcomeOf(this.#target, input)
    const ms = performance.now() - startMs
    if (ms > this.#slowest.ms) this.#slowest = { index, ms }
    if (outcome === 'accepted' || outcome.startsWith('no code') || ms > hangMs)
      this.#fail(index, `${outcome} after ${ms.toFixed(0)} ms`, input)
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1)
  }

  #fail(index: number, what: string, input: unknown): never {
    const { seed, file } = this.#options
    const again = `SEED='${seed}' INDEX=${index} npm run test:chain -- tests/attacks/${file} -t '${this.#target.name}'`
    expect.fail(`${what}\nagain: ${again}\n${describeDifference(this.#target.originals, input)}`)
  }

  summary(): string {
    const outcomes = [...this.#outcomes].sort((a, b) => b[1] - a[1]).map(([outcome, count]) => `${count} ${outcome}`)
    const tries = [...this.#outcomes.values()].reduce((sum, count) => sum + count, 0)
    return `${this.#target.name}: ${tries} tries, slowest ${this.#slowest.ms.toFixed(0)} ms (${this.#slowest.index}): ${outcomes.join(', ')} [same if ${this.#target.sameIf}]`
  }
}

async function outcomeOf({ take, codes }: FuzzTarget, input: unknown): Promise<string> {
  try {
    const taken = await inTime(take(input))
    return taken === true ? 'as true as before' : taken === false ? 'accepted' : taken
  } catch (error) {
    const code = errorCode(error)
    const isExpected = code !== undefined && documented.has(code) && codes.some(prefix => code.startsWith(prefix))
    return isExpected ? code : `no code: ${error instanceof Error ? error.stack : meaningOf(error)}`
  }
}

/** What waits for ever is ended here; what computes for ever is ended by the test's own time. */
async function inTime<Value>(value: Promise<Value> | Value): Promise<Value> {
  if (!(value instanceof Promise)) return value
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('hangs')), hangMs)
  })
  try {
    return await Promise.race([value, late])
  } finally {
    clearTimeout(timer)
  }
}

function heapBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
