import type { MeasuredCurve } from './curve.ts'

/** Measurements that belong together, made in one process of their own. */
export interface GrowthPart {
  readonly name: string
  readonly description: string
  /** @param long - all sizes, however long it takes */
  run(long: boolean, progress: (what: string) => void): Promise<readonly MeasuredCurve[]>
}
