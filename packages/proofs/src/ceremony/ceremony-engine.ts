import type { CurveEngine, Points } from '../wasm/engine.ts'

/** What a ceremony asks of the curve engine. */
export type CeremonyEngine = Pick<CurveEngine, 'load' | 'free' | 'msm' | 'scaleEach' | 'lagrange' | 'combine'>

/** Makes as many bytes as asked that nobody can foresee. */
export type Randomness = (length: number) => Uint8Array

/** Loads points for the time of a task. */
export function withPoints<Result>(engine: CeremonyEngine, points: Points, task: (points: Points) => Result): Result {
  try {
    return task(points)
  } finally {
    engine.free(points)
  }
}
