import { randomBytes } from 'node:crypto'
import type { PendingSignIn, SignedIn } from './provider.ts'

/** What the shop knows of a browser. */
export interface Visit {
  readonly id: string
  /** Text that its forms carry. */
  readonly csrf: string
  readonly expiresAtMs: number
  readonly pending?: PendingSignIn
  readonly signedIn?: SignedIn
}

const lifetimeMs = 3_600_000
/** Beyond these the oldest visit is forgotten. */
const mostVisits = 10_000

/** Visits, in this process alone: who restarts the shop has everybody sign in again. */
export class Visits {
  readonly #visits = new Map<string, Visit>()

  find(id: string | undefined, nowMs: number): Visit | undefined {
    const visit = id === undefined ? undefined : this.#visits.get(id)
    return visit !== undefined && visit.expiresAtMs > nowMs ? visit : undefined
  }

  /** Keeps what is known, under a new identifier: one that somebody planted in a browser is worth nothing after signing in. */
  replace(previous: Visit | undefined, content: Pick<Visit, 'pending' | 'signedIn'>, nowMs: number): Visit {
    if (previous !== undefined) this.#visits.delete(previous.id)
    const visit = { id: secret(), csrf: secret(), expiresAtMs: nowMs + lifetimeMs, ...content }
    this.#visits.set(visit.id, visit)
    const [oldest] = this.#visits.keys()
    if (this.#visits.size > mostVisits && oldest !== undefined) this.#visits.delete(oldest)
    return visit
  }

  forget(visit: Visit): void {
    this.#visits.delete(visit.id)
  }

  /** Ends the visits of somebody who signed out elsewhere. */
  forgetPerson(sub: string | undefined, sid: string | undefined): void {
    for (const visit of this.#visits.values()) {
      const { signedIn } = visit
      if (signedIn === undefined) continue
      if (sid === undefined ? signedIn.sub === sub : signedIn.sid === sid) this.forget(visit)
    }
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}
