/** Middle value; of an even count the mean of the middle two. NaN for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Quantile by linear interpolation, `share` in 0…1. NaN for no values. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((left, right) => left - right)
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)]!
  const above = sorted[Math.ceil(position)]!
  return below + (above - below) * (position - Math.floor(position))
}

/**
 * Bootstrap interval of the median: resamples with replacement and takes the middle 95 %.
 *
 * @param random - uniform in [0, 1); seeded by the caller, so that a report can be made again from its figures
 */
export function medianInterval(values: readonly number[], random: () => number, resamples = 2000): { low: number; high: number } {
  const medians: number[] = []
  for (let round = 0; round < resamples; round++) medians.push(median(values.map(() => values[Math.floor(random() * values.length)]!)))
  return { low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}

/** A small seeded generator (mulberry32), uniform in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
