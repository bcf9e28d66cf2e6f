/** The value that a share of all does not exceed (nearest rank); infinite without values, so that nothing measured keeps no promise. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.POSITIVE_INFINITY
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}
