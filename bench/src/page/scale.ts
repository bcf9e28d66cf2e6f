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
  const all = kind === 'log' ? powers(low, high) : steps(low, high, mostTicks)
  return { ticks: thinned(all, mostTicks), at: value => round(marginPercent + (100 - 2 * marginPercent) * share(value)) }
}

/** 1, 2 and 5 by powers of ten; only 1 where that is many. */
function powers(low: number, high: number): readonly number[] {
  const leads = high / low > 300 ? [1] : [1, 2, 5]
  const from = Math.floor(Math.log10(low))
  const decades = Array.from({ length: Math.ceil(Math.log10(high)) - from + 1 }, (_, index) => 10 ** (from + index))
  return decades.flatMap(decade => leads.map(lead => lead * decade)).filter(tick => tick >= low * 0.999 && tick <= high * 1.001)
}

function steps(low: number, high: number, most: number): readonly number[] {
  const rough = (high - low) / most
  const decade = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(lead => lead * decade).find(each => each >= rough)!
  const first = Math.ceil(low / step - 1e-9)
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

function thinned(ticks: readonly number[], most: number): readonly number[] {
  const every = Math.ceil(ticks.length / most)
  return ticks.filter((_, index) => index % every === 0)
}

function round(percent: number): number {
  return Math.round(percent * 100) / 100
}
