import type { Bound } from './compare.ts'

/** Three digits that count. */
export function short(value: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value)
}

/** As {@link short}, for the little room at an axis: `10K`, `1M`. */
export function tickText(value: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 3, notation: 'compact' }).format(value)
}

/** A goal in words. */
export function boundText(bound: Bound): string {
  return 'atLeast' in bound ? `≥ ${short(bound.atLeast)}` : `≤ ${short(bound.atMost)}`
}
