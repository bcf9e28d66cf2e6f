import { fixedLoopMs } from './fixed-loop.ts'
import type { Shared } from './fixtures/shared.ts'
import { median, medianInterval, seededRandom } from './statistics.ts'

/** What a run gives, each a positive number such as `perSecond`. */
export type Figures = Readonly<Record<string, number>>

/** One side of a comparison: does a batch of work once and gives its figures, {@link cpuFigure} among them. */
export interface Side {
  readonly name: string
  run(): Promise<Figures>
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
  /** Whose work stands on the other side, by exact version. */
  peer(): string
  /** {@link cpuFigure} is added where it is not among them. */
  readonly measures: readonly Measure[]
  /** What it uses together with others; whoever runs several closes it after the last. */
  readonly shares?: readonly Pick<Shared<unknown>, 'close'>[]
  /**
   * Makes both sides ready. Throws where they do not do the same work: the comparison is then void. `close` releases what was taken.
   *
   * @param runs - how often each side will run
   */
  open(runs: number): Promise<{ readonly a: Side; readonly b: Side; close(): Promise<void> }>
}

/** Medians over the rounds, and the 95 % interval of what is judged. */
export interface MeasureResult extends Measure {
  readonly a: number
  readonly b: number
  readonly judged: number
  readonly low: number
  readonly high: number
}

/** One A B B A: means of each side, and how long the fixed loop took before and after. */
export interface Round {
  readonly a: Figures
  readonly b: Figures
  readonly loopMs: { readonly before: number; readonly after: number }
  readonly isKept: boolean
}

export interface ComparisonResult {
  readonly name: string
  readonly description: string
  readonly peer: string
  readonly a: string
  readonly b: string
  readonly rounds: number
  readonly dropped: number
  /** Until both sides were ready, and until the end. */
  readonly seconds: { readonly open: number; readonly all: number }
  readonly measures: readonly MeasureResult[]
  readonly perRound: readonly Round[]
}

export interface CompareOptions {
  /** Default {@link fewestRounds}. */
  readonly rounds?: number
  readonly onRound?: (round: number) => void
  /** Time of a piece of work that is always the same: how fast the machine is just now. */
  readonly loopMs?: () => number
}

/** CPU milliseconds of an operation, user and system, of all processes that take part. */
export const cpuFigure = 'cpuMsEach'

/** With fewer there is no verdict. */
export const fewestRounds = 9

/** A round during which the fixed loop's time moved by more than this share is dropped: the machine changed under it. */
const maxDrift = 0.15

/** Runs A B B A per round, after one warm-up of each side, and takes the ratio within each round, so that a machine that slows down slows both. */
export async function compare(comparison: Comparison, options: CompareOptions = {}): Promise<ComparisonResult> {
  const { rounds = fewestRounds, onRound = () => undefined, loopMs = fixedLoopMs } = options
  const { name, description } = comparison
  const peer = comparison.peer()
  const measures = withCpu(comparison.measures)
  const startedAt = performance.now()
  const { a, b, close } = await comparison.open(2 * rounds + 1)
  const openSeconds = secondsSince(startedAt)
  try {
    await a.run()
    await b.run()
    const all: Round[] = []
    for (let round = 0; round < rounds; round++) {
      onRound(round)
      const before = loopMs()
      const [first, second, third, fourth] = [await a.run(), await b.run(), await b.run(), await a.run()]
      const after = loopMs()
      const figures = { a: mean(first, fourth), b: mean(second, third) }
      expectFigures(measures, figures)
      all.push({ ...figures, loopMs: { before, after }, isKept: driftOf({ before, after }) <= maxDrift })
    }
    const kept = all.filter(({ isKept }) => isKept)
    const outcome = { rounds, dropped: rounds - kept.length }
    const results = measures.map(measure => resultOf(measure, isTooNoisy(outcome) ? all : kept))
    const seconds = { open: openSeconds, all: secondsSince(startedAt) }
    return { name, description, peer, a: a.name, b: b.name, ...outcome, seconds, measures: results, perRound: all }
  } finally {
    await close()
  }
}

/** True if more than a third of the rounds was dropped: there is no verdict then, and the figures are of all rounds. */
export function isTooNoisy({ rounds, dropped }: Pick<ComparisonResult, 'rounds' | 'dropped'>): boolean {
  return dropped > rounds / 3
}

/** By the median; undefined where nothing is claimed. */
export function isMet({ goal, judged }: Pick<MeasureResult, 'goal' | 'judged'>): boolean | undefined {
  if (goal === undefined) return undefined
  return 'atLeast' in goal ? judged >= goal.atLeast : judged <= goal.atMost
}

/** What a round says of a measure. */
export function judgedIn({ figure, of }: Measure, { a, b }: Pick<Round, 'a' | 'b'>): number {
  return of === 'A' ? a[figure]! : a[figure]! / b[figure]!
}

/** By what share the machine changed during a round. */
export function driftOf({ before, after }: Round['loopMs']): number {
  return Math.abs(after / before - 1)
}

function withCpu(measures: readonly Measure[]): readonly Measure[] {
  return measures.some(({ figure }) => figure === cpuFigure) ? measures : [...measures, { figure: cpuFigure, of: 'A/B' }]
}

/** A figure that a side does not give is a mistake of the comparison, which is then void. */
function expectFigures(measures: readonly Measure[], round: Pick<Round, 'a' | 'b'>): void {
  for (const measure of measures)
    if (!Number.isFinite(judgedIn(measure, round))) throw new Error(`expected both sides to give ${measure.figure}`)
}

function resultOf(measure: Measure, kept: readonly Round[]): MeasureResult {
  const judged = kept.map(round => judgedIn(measure, round))
  const [a, b] = [median(kept.map(round => round.a[measure.figure]!)), median(kept.map(round => round.b[measure.figure] ?? Number.NaN))]
  return { ...measure, a, b, judged: median(judged), ...medianInterval(judged, seededRandom(1)) }
}

function mean(left: Figures, right: Figures): Figures {
  return Object.fromEntries(Object.keys(left).map(figure => [figure, (left[figure]! + right[figure]!) / 2]))
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000
}
