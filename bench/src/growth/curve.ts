import type { Circumstances } from '../circumstances.ts'

/** What was measured at one size. */
export interface CurvePoint {
  readonly x: number
  /** The median, where more than one was measured. */
  readonly y: number
  /** 5th and 95th percentile of what was measured there. */
  readonly low?: number
  readonly high?: number
}

/** One line of a curve. */
export interface CurveSeries {
  readonly name: string
  readonly points: readonly CurvePoint[]
}

/** How one figure grows with the size of something. */
export interface Curve {
  readonly name: string
  readonly xLabel: string
  readonly yLabel: string
  /** Of y. */
  readonly unit: string
  /** Sizes are powers of ten. */
  readonly logX?: boolean
  readonly series: readonly CurveSeries[]
  /** One sentence: what is in the way of the next step, with the figures that say so. */
  readonly bottleneck: string
  readonly circumstances: Circumstances
}

/** A curve, without when and where it was measured. */
export type MeasuredCurve = Omit<Curve, 'circumstances'>

/** Series under names, with the points that each was given as it was measured. */
export class SeriesSet {
  readonly #points = new Map<string, CurvePoint[]>()

  add(name: string, x: number, y: number, range: { readonly low?: number; readonly high?: number } = {}): void {
    const points = this.#points.get(name) ?? []
    this.#points.set(name, [...points, { x, y, ...range }])
  }

  get series(): readonly CurveSeries[] {
    return [...this.#points].map(([name, points]) => ({ name, points }))
  }

  /** @throws TypeError: nothing was measured under this name */
  points(name: string): readonly CurvePoint[] {
    const points = this.#points.get(name)
    if (points === undefined) throw new TypeError(`series: expected one of ${[...this.#points.keys()].join(', ')}`)
    return points
  }

  /** y at the largest size. */
  last(name: string): number {
    return this.points(name).at(-1)!.y
  }
}
