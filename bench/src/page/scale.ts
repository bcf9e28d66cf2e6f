/** Where values stand on an axis, in percent of its length, and which of them are written at it. */
export interface Scale {
  readonly ticks: readonly number[]
  at(value: number): number
}

/** Left free at both ends, so that what is written there fits. */
const marginPercent = 5

/** An axis that holds all values: by powers where they are positive and lie far apart. */
export function scaleOf(values: readonly number[], options: { readonly kind?: 'log' | 'linear'; readonly mostTicks?: number } = {}): Scale {
  const { mostTicks = 5 } = options
  const finite = values.filter(Number.isFinite)
  let [low, high] = [Math.min(...finite), Math.max(...finite)]
  const kind = options.kind ?? (low > 0 && high / low >= 3 ? 'log' : 'linear')
  if (low === high)
    [low, high] = kind === 'log' ? [low / 1.5, high * 1.5] : [low - (Math.abs(low) || 1) / 10, high + (Math.abs(high) || 1) / 10]
  const along = kind === 'log' ? Math.log : (value: number) => value
  const share = (value: number) => (along(value) - along(low)) / (along(high) - along(low))
  const ticks = kind === 'log' ? powers(low, high, mostTicks) : steps(low, high, mostTicks)
  return { ticks, at: value => round(marginPercent + (100 - 2 * marginPercent) * share(value)) }
}

/** By powers of ten, with 2 and 5 between where there is room. */
function powers(low: number, high: number, most: number): readonly number[] {
  const from = Math.floor(Math.log10(low))
  const decades = Array.from({ length: Math.ceil(Math.log10(high)) - from + 1 }, (_, index) => 10 ** (from + index))
  const within = (leads: readonly number[]) =>
    decades.flatMap(decade => leads.map(lead => lead * decade)).filter(tick => tick >= low * 0.999 && tick <= high * 1.001)
  return [[1, 2, 5], [1, 5], [1]].map(within).find(ticks => ticks.length <= most) ?? thinned(within([1]), most)
}

function steps(low: number, high: number, most: number): readonly number[] {
  const rough = (high - low) / most
  const decade = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(lead => lead * decade).find(each => each >= rough)!
  const first = Math.ceil(low / step - 1e-9)
  const all = Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, index) => (first + index) * step)
  return thinned(
    all.map(tick => Number(tick.toPrecision(12))),
    most,
  )
}

function thinned(ticks: readonly number[], most: number): readonly number[] {
  const every = Math.ceil(ticks.length / most)
  return ticks.filter((_, index) => index % every === 0)
}

function round(percent: number): number {
  return Math.round(percent * 100) / 100
}
