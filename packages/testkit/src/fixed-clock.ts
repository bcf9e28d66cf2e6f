import type { Clock } from '@hufu/primitives'

/** A clock that stands still until it is moved. */
export class FixedClock implements Clock {
  #nowMs: number

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  advance(ms: number): void {
    this.#nowMs += ms
  }
}
