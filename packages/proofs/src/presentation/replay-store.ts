/** Something that may be used once. */
export interface OneUse {
  readonly kind: 'nonce' | 'commitment' | 'right'
  /** Names it within its kind. */
  readonly key: string
  /** Until when it must be remembered, in milliseconds; later it is refused for another reason. Undefined: for good. */
  readonly untilMs: number | undefined
}

/** What a verifier remembers so that nothing counts twice. Shared by all that verify in one name. */
export interface ReplayStore {
  /**
   * Records all of them if none was recorded before, in one step and durably; else records nothing.
   *
   * @returns the kind of the first one that was there already, or undefined if all are recorded now
   */
  recordOnce(uses: readonly OneUse[]): Promise<OneUse['kind'] | undefined>
}

/** A store for one process that keeps nothing across restarts: for tests, and for verifiers whose challenges do not outlive them. */
export class MemoryReplayStore implements ReplayStore {
  readonly #uses = new Map<string, number>()
  readonly #nowMs: () => number
  #sweepAt = 1024

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  async recordOnce(uses: readonly OneUse[]): Promise<OneUse['kind'] | undefined> {
    const nowMs = this.#nowMs()
    const used = uses.find(use => (this.#uses.get(nameOf(use)) ?? 0) > nowMs)
    if (used !== undefined) return used.kind
    for (const use of uses) this.#uses.set(nameOf(use), use.untilMs ?? Number.POSITIVE_INFINITY)
    this.#sweep(nowMs)
    return undefined
  }

  /** Forgets what need not be remembered, whenever there is twice as much as after the last time. */
  #sweep(nowMs: number): void {
    if (this.#uses.size < this.#sweepAt) return
    for (const [name, untilMs] of this.#uses) if (untilMs <= nowMs) this.#uses.delete(name)
    this.#sweepAt = Math.max(1024, 2 * this.#uses.size)
  }
}

function nameOf({ kind, key }: OneUse): string {
  return `${kind}:${key}`
}
