import { fixedLoopMs } from './fixed-loop.ts'
import { median, medianInterval, seededRandom } from './statistics.ts'

/** One side of a comparison: does a batch of work once and gives its figures, each a positive number such as `perSecond`. */
export interface Side {
  readonly name: string
  run(): Promise<Readonly<Record<string, number>>>
}

export type Bound = { readonly atLeast: number } | { readonly atMost: number }

/** A figure that both sides give, and what is claimed of it. */
export interface Measure {
  readonly figure: string
  /** `A/B`: the ratio within each round. `A`: what the first side reaches, whatever the other does. */
  readonly of: 'A/B' | 'A'
  /** Without it, the figure is for information. */
  readonly goal?: Bound
}

/** Two sides measured in one run. */
export interface Comparison {
  readonly name: string
  readonly description: string
  readonly measures: readonly Measure[]
  readonly rounds: number
  /** Makes both sides ready. Throws where they do not do the same work: the comparison is then void. `close` releases what was taken. */
  open(): Promise<{ readonly a: Side; readonly b: Side; close(): Promise<void> }>
}

/** Medians over the rounds, and the 95 % interval of what is judged. */
export interface MeasureResult extends Measure {
  readonly a: number
  readonly b: number
  readonly judged: number
  readonly low: number
  readonly high: number
}

export interface ComparisonResult {
  readonly name: string
  readonly description: string
  readonly a: string
  readonly b: string
  readonly rounds: number
  readonly dropped: number
  readonly measures: readonly MeasureResult[]
}

export interface CompareOptions {
  readonly onRound?: (round: number) => void
  /** Time of a piece of work that is always the same: how fast the machine is just now. */
  readonly loopMs?: () => number
}

interface Round {
  readonly a: Readonly<Record<string, number>>
  readonly b: Readonly<Record<string, number>>
}

/** A round during which the fixed loop's time moved by more than this share is dropped: the machine changed under it. */
const maxDrift = 0.15

/** Runs A B B A per round, after one warm-up of each side, and takes the ratio within each round, so that a machine that slows down slows both. */
export async function compare(comparison: Comparison, options: CompareOptions = {}): Promise<ComparisonResult> {
  const { onRound = () => undefined, loopMs = fixedLoopMs } = options
  const { name, description, rounds, measures } = comparison
  const { a, b, close } = await comparison.open()
  try {
    await a.run()
    await b.run()
    const all: Round[] = []
    const kept: Round[] = []
    for (let round = 0; round < rounds; round++) {
      onRound(round)
      const before = loopMs()
      const [first, second, third, fourth] = [await a.run(), await b.run(), await b.run(), await a.run()]
      const result = { a: mean(first, fourth), b: mean(second, third) }
      all.push(result)
      if (Math.abs(loopMs() / before - 1) <= maxDrift) kept.push(result)
    }
    const outcome = { name, description, a: a.name, b: b.name, rounds, dropped: rounds - kept.length }
    return { ...outcome, measures: measures.map(measure => resultOf(measure, isTooNoisy(outcome) ? all : kept)) }
  } finally {
    await close()
  }
}

/** True if more than a third of the rounds was dropped: there is no verdict then, and the figures are of all rounds. */
export function isTooNoisy({ rounds, dropped }: Pick<ComparisonResult, 'rounds' | 'dropped'>): boolean {
  return dropped > rounds / 3
}

/** By the median; undefined where nothing is claimed. */
export function isMet({ goal, judged }: MeasureResult): boolean | undefined {
  if (goal === undefined) return undefined
  return 'atLeast' in goal ? judged >= goal.atLeast : judged <= goal.atMost
}

function resultOf(measure: Measure, kept: readonly Round[]): MeasureResult {
  const { figure, of } = measure
  const a = kept.map(round => round.a[figure]!)
  const b = kept.map(round => round.b[figure]!)
  const judged = of === 'A' ? a : a.map((value, index) => value / b[index]!)
  return { ...measure, a: median(a), b: median(b), judged: median(judged), ...medianInterval(judged, seededRandom(1)) }
}

function mean(left: Readonly<Record<string, number>>, right: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.keys(left).map(figure => [figure, (left[figure]! + right[figure]!) / 2]))
}
