import type { Clock } from '@hufu/primitives'

/** How fast a batch goes. */
export interface Pace {
  readonly rowsPerSecond: number
  /** Null while it is not known how many rows there are, or none has been done. */
  readonly remainingMs: number | null
}

const intervalMs = 200
/** Share of the newest interval: the pace follows a change within a few seconds without jumping. */
const weight = 0.2

/** Measures pace, at most five times a second. */
export class ProgressMeter {
  readonly #clock: Clock
  readonly #totalRows: number | undefined
  #lastMs: number
  #lastRows = 0
  #rowsPerSecond: number | undefined

  constructor(clock: Clock, totalRows: number | undefined) {
    this.#clock = clock
    this.#totalRows = totalRows
    this.#lastMs = clock.nowMs()
  }

  /** @returns the pace, or undefined if it was told less than 200 ms ago */
  measure(rows: number): Pace | undefined {
    return this.#clock.nowMs() - this.#lastMs < intervalMs ? undefined : this.finish(rows)
  }

  /** The pace, however little time has passed. */
  finish(rows: number): Pace {
    const nowMs = this.#clock.nowMs()
    const passedMs = nowMs - this.#lastMs
    if (passedMs > 0) {
      const newest = ((rows - this.#lastRows) * 1000) / passedMs
      this.#rowsPerSecond = this.#rowsPerSecond === undefined ? newest : weight * newest + (1 - weight) * this.#rowsPerSecond
      this.#lastMs = nowMs
      this.#lastRows = rows
    }
    const rowsPerSecond = this.#rowsPerSecond ?? 0
    const isKnown = this.#totalRows !== undefined && rowsPerSecond > 0
    return { rowsPerSecond, remainingMs: isKnown ? (Math.max(0, this.#totalRows - rows) * 1000) / rowsPerSecond : null }
  }
}
