import type { Rules } from './rules.ts'
import type { SessionState } from './session/session-state.ts'

/** When to try again: ever later while nothing changes. Forgotten with the process, which then tries at once. */
export class RetryTimes {
  readonly #rules: Pick<Rules, 'retryMinMs' | 'retryMaxMs'>
  readonly #tries = new Map<string, { readonly count: number; readonly place: string }>()

  constructor(rules: Pick<Rules, 'retryMinMs' | 'retryMaxMs'>) {
    this.#rules = rules
  }

  /** The time of the next try of a session that could not go on. */
  next({ sessionId, asset, lastHash, opened }: SessionState, nowMs: number): number {
    const place = `${asset} ${lastHash}`
    const before = this.#tries.get(sessionId)
    const count = before?.place === place ? before.count + 1 : 0
    this.#tries.set(sessionId, { count, place })
    const atMs = nowMs + Math.min(this.#rules.retryMaxMs, this.#rules.retryMinMs * 2 ** Math.min(count, 30))
    // What is asked for then is refused before the lock's time is over.
    return asset === 'unlocking' ? Math.max(atMs, opened.transfer.lockUntilMs + 1) : atMs
  }

  forget(sessionId: string): void {
    this.#tries.delete(sessionId)
  }
}
