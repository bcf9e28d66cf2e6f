import { generateKeyPairSync, sign } from 'node:crypto'
import { median, medianInterval, seededRandom } from './statistics.ts'

/** One side of a comparison: does a batch of work once and gives its figures, each a positive number such as `perSecond` or `cpuMsPerOperation`. */
export interface Side {
  readonly name: string
  run(): Promise<Readonly<Record<string, number>>>
}

/** What is claimed of the ratio A/B of one figure. */
export interface Goal {
  readonly figure: string
  readonly ratio: { readonly atLeast: number } | { readonly atMost: number }
}

/** Two sides measured in one run. `close` releases what `open` took. */
export interface Comparison {
  readonly name: string
  readonly description: string
  readonly goals: readonly Goal[]
  readonly rounds: number
  open(): Promise<{ a: Side; b: Side; close(): Promise<void> }>
}

export interface GoalResult {
  readonly figure: string
  readonly a: number
  readonly b: number
  readonly ratio: number
  readonly low: number
  readonly high: number
  readonly goal: Goal['ratio']
  readonly met: boolean
}

export interface ComparisonResult {
  readonly name: string
  readonly description: string
  readonly a: string
  readonly b: string
  readonly rounds: number
  readonly dropped: number
  readonly goals: readonly GoalResult[]
}

/** A round in which the fixed loop moved by more than this share is dropped: the machine changed under it. */
const maxDrift = 0.15

/** Runs A B B A per round, after one warm-up of each side, and takes the ratio within each round, so that a machine that slows down slows both. */
export async function compare(comparison: Comparison, onRound: (round: number) => void): Promise<ComparisonResult> {
  const { a, b, close } = await comparison.open()
  try {
    await a.run()
    await b.run()
    const kept: { a: Record<string, number>; b: Record<string, number> }[] = []
    let dropped = 0
    for (let round = 0; round < comparison.rounds; round++) {
      onRound(round)
      const before = fixedLoopMs()
      const first = await a.run()
      const second = await b.run()
      const third = await b.run()
      const fourth = await a.run()
      const after = fixedLoopMs()
      if (Math.abs(after / before - 1) > maxDrift) dropped++
      else kept.push({ a: mean(first, fourth), b: mean(second, third) })
    }
    const random = seededRandom(1)
    const goals = comparison.goals.map(goal => {
      const ratios = kept.map(round => round.a[goal.figure]! / round.b[goal.figure]!)
      const ratio = median(ratios)
      const { low, high } = medianInterval(ratios, random)
      const met = 'atLeast' in goal.ratio ? ratio >= goal.ratio.atLeast : ratio <= goal.ratio.atMost
      return {
        figure: goal.figure,
        a: median(kept.map(round => round.a[goal.figure]!)),
        b: median(kept.map(round => round.b[goal.figure]!)),
        ratio,
        low,
        high,
        goal: goal.ratio,
        met,
      }
    })
    return { name: comparison.name, description: comparison.description, a: a.name, b: b.name, rounds: comparison.rounds, dropped, goals }
  } finally {
    await close()
  }
}

function mean(left: Readonly<Record<string, number>>, right: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.keys(left).map(figure => [figure, (left[figure]! + right[figure]!) / 2]))
}

const loopKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

/** The same work every time: 400 P-256 signatures. Its time tells how fast the machine is just now. */
function fixedLoopMs(): number {
  const started = performance.now()
  for (let index = 0; index < 400; index++) sign('sha256', Buffer.from([index & 0xff]), loopKey)
  return performance.now() - started
}
