import { type ComparisonResult, driftOf } from './compare.ts'
import type { Measured } from './day-results.ts'
import { median } from './statistics.ts'

/** How far the machine was at rest while results were taken. */
export interface Noise {
  /** Of the fixed loop's time within a round. */
  readonly medianDrift: number
  readonly droppedShare: number
  /** Load averages when comparisons began: the lowest and the highest. */
  readonly load: readonly [number, number]
  /** Times of the fixed loop in the order in which they were taken. */
  readonly loops: readonly { readonly ms: number; readonly isKept: boolean }[]
}

export function noiseOf(measured: readonly Measured[]): Noise {
  const inOrder = [...measured].sort((left, right) => left.circumstances.at.localeCompare(right.circumstances.at))
  const rounds = inOrder.flatMap(({ result }) => roundsOf(result))
  const loads = measured.map(({ circumstances }) => circumstances.load)
  const count = (of: 'rounds' | 'dropped') => measured.reduce((sum, { result }) => sum + result[of], 0)
  return {
    medianDrift: median(rounds.map(({ loopMs }) => driftOf(loopMs))),
    droppedShare: count('dropped') / count('rounds'),
    load: [Math.min(...loads), Math.max(...loads)],
    loops: rounds.flatMap(({ loopMs, isKept }) => [loopMs.before, loopMs.after].map(ms => ({ ms, isKept }))),
  }
}

/** How noisy the machine was, in a sentence. */
export function noiseText({ medianDrift, droppedShare, load: [lowest, highest] }: Noise): string {
  const drift = Number.isNaN(medianDrift) ? '' : `the fixed loop's time moved by ${percent(medianDrift)} within a round (median), `
  return `Noise: ${drift}${percent(droppedShare)} of the rounds were dropped, load ${lowest.toFixed(1)} to ${highest.toFixed(1)} when comparisons began.`
}

/** None in results from before they were kept. */
export function roundsOf(result: ComparisonResult): ComparisonResult['perRound'] {
  return (result.perRound as ComparisonResult['perRound'] | undefined) ?? []
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`
}
