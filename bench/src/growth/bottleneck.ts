import type { CurvePoint } from './curve.ts'

/** How y grows with x between the last two points: 0 not at all, 1 as x does, 2 with its square. NaN for fewer than two points. */
export function growthExponent(points: readonly CurvePoint[]): number {
  const [before, last] = points.slice(-2)
  if (before === undefined || last === undefined) return Number.NaN
  return Math.log(last.y / before.y) / Math.log(last.x / before.x)
}

/** y of a further size, if it goes on as between the last two points. NaN for fewer than two points. */
export function extrapolated(points: readonly CurvePoint[], x: number): number {
  const [before, last] = points.slice(-2)
  if (before === undefined || last === undefined) return Number.NaN
  return last.y + ((last.y - before.y) / (last.x - before.x)) * (x - last.x)
}

/** Size at which y reaches a limit, if it goes on as between the last two points. Infinity where it does not grow. */
export function sizeAtLimit(points: readonly CurvePoint[], limit: number): number {
  const [before, last] = points.slice(-2)
  if (before === undefined || last === undefined) return Number.NaN
  const slope = (last.y - before.y) / (last.x - before.x)
  return slope <= 0 ? Number.POSITIVE_INFINITY : last.x + (limit - last.y) / slope
}

/** What cores can do of something that takes so much CPU, if nothing else holds it up. */
export function perSecondByCpu(cpuMsEach: number, cores: number): number {
  return (1000 * cores) / cpuMsEach
}

/** Who takes most of what is spent, and which share of it. @throws TypeError: nothing was spent */
export function largestShare(spent: Readonly<Record<string, number>>): { readonly name: string; readonly share: number } {
  const total = Object.values(spent).reduce((sum, each) => sum + each, 0)
  if (!(total > 0)) throw new TypeError('spent: expected something')
  const [name, most] = Object.entries(spent).reduce((best, each) => (each[1] > best[1] ? each : best))
  return { name, share: most / total }
}

/** Three digits that count. */
export function digits(value: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value)
}

/** A share as a percentage without decimals. */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
