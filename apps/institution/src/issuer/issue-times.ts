import { dayInChina } from '@hufu/primitives'
import type { Institution } from '../institution.ts'
import type { IssuerLedger } from './issuer-ledger.ts'

const secondMs = 1_000
const dayMs = 86_400_000
/** The ledger is asked again after this. */
const maxAgeMs = 10_000

/**
 * Which moment credentials say they were issued at: the beginning of the day in China, the same for everybody who got one that day, so that nobody stands out by
 * the time. On a day in which the institution was accredited, or got the key that signs, it is the second from which verifiers accept that: the same for everybody, too.
 */
export class IssueTimes {
  readonly #institution: Pick<Institution, 'self' | 'clock'>
  readonly #ledger: Pick<IssuerLedger, 'mayIssue'>
  readonly #known = new Map<string, { readonly atMs: number; readonly momentMs: number }>()

  constructor(institution: Pick<Institution, 'self' | 'clock'>, ledger: Pick<IssuerLedger, 'mayIssue'>) {
    this.#institution = institution
    this.#ledger = ledger
  }

  /** To be asked outside of transactions: the ledger's tables may be in the same database. */
  async now(typeId: string): Promise<number> {
    const nowMs = this.#institution.clock.nowMs()
    const day = dayInChina(nowMs)
    const name = `${this.#institution.self.keys[0].id} ${day} ${typeId}`
    const known = this.#known.get(name)
    if (known !== undefined && nowMs - known.atMs < maxAgeMs) return known.momentMs
    const momentMs = await this.#momentOf(typeId, Date.parse(`${day}T00:00:00+08:00`), nowMs - (nowMs % secondMs))
    this.#known.set(name, { atMs: nowMs, momentMs })
    for (const [other, { atMs }] of this.#known) if (nowMs - atMs > dayMs) this.#known.delete(other)
    return momentMs
  }

  /** The first whole second of a part of the day at which the institution may issue, as it may at its end; 17 questions at the most. */
  async #momentOf(typeId: string, startMs: number, endMs: number): Promise<number> {
    if (await this.#ledger.mayIssue(typeId, startMs)) return startMs
    let [refusedMs, allowedMs] = [startMs, endMs]
    while (allowedMs - refusedMs > secondMs) {
      const middleMs = refusedMs + secondMs * Math.floor((allowedMs - refusedMs) / (2 * secondMs))
      if (await this.#ledger.mayIssue(typeId, middleMs)) allowedMs = middleMs
      else refusedMs = middleMs
    }
    return allowedMs
  }
}
