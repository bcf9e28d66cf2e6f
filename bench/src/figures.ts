import type { Bound } from './compare.ts'

/** Three digits that count. */
export function short(value: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value)
}

/** A goal in words. */
export function boundText(bound: Bound): string {
  return 'atLeast' in bound ? `≥ ${short(bound.atLeast)}` : `≤ ${short(bound.atMost)}`
}
