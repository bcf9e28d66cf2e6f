// neo-go writes to disk once a second, counted from the start of the write before.
const flushIntervalMs = 1_000
// The rhythm drifts by a few milliseconds with each write.
const maxAgeMs = 20_000

/**
 * When to ask a validator for its metrics: it is left in peace between two writes to its disk, because an answer costs it more than a small
 * transaction does. Learns the rhythm from the answers; without one, asks every `pollMs`.
 */
export class FlushRhythm {
  readonly #pollMs: number
  #persisted = -1
  #askedAtMs = Number.NEGATIVE_INFINITY
  #flushedAtMs: number | undefined
  #isFruitless = false

  constructor(pollMs: number) {
    this.#pollMs = pollMs
  }

  /** Takes note of an answer, and says how long to wait before the next question. */
  observe(persisted: number, nowMs: number): number {
    this.#isFruitless = persisted === this.#persisted
    // Only a question shortly before tells when it was.
    if (!this.#isFruitless && nowMs - this.#askedAtMs <= 2 * this.#pollMs) this.#flushedAtMs = nowMs
    this.#persisted = persisted
    this.#askedAtMs = nowMs
    return this.#pauseMs(nowMs)
  }

  #pauseMs(nowMs: number): number {
    const ageMs = nowMs - (this.#flushedAtMs ?? Number.NEGATIVE_INFINITY)
    const marginMs = 2 * this.#pollMs
    const isLate = this.#isFruitless && ageMs >= flushIntervalMs - marginMs
    if (isLate || ageMs > maxAgeMs) return this.#pollMs
    return Math.max(this.#pollMs, flushIntervalMs - (ageMs % flushIntervalMs) - marginMs)
  }
}
