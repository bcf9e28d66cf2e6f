import type { Institution } from '../institution.ts'
import type { IssuerLedger } from './issuer-ledger.ts'

const hourMs = 3_600_000
/** The ledger is asked again after this. */
const maxAgeMs = 10_000

/**
 * Which moment credentials say they were issued at: the beginning of the hour, so that copies of one person do not stand out by their time; the moment itself
 * where the institution was not accredited for that long, or has had the key that signs for less.
 */
export class IssueTimes {
  readonly #institution: Pick<Institution, 'self' | 'clock'>
  readonly #ledger: IssuerLedger
  readonly #known = new Map<string, { readonly atMs: number; readonly allowed: boolean }>()

  constructor(institution: Pick<Institution, 'self' | 'clock'>, ledger: IssuerLedger) {
    this.#institution = institution
    this.#ledger = ledger
  }

  /** To be asked outside of transactions: the ledger's tables may be in the same database. */
  async now(typeId: string): Promise<number> {
    const nowMs = this.#institution.clock.nowMs()
    const hour = nowMs - (nowMs % hourMs)
    return (await this.#mayIssue(typeId, hour, nowMs)) ? hour : nowMs - (nowMs % 1_000)
  }

  async #mayIssue(typeId: string, hour: number, nowMs: number): Promise<boolean> {
    const name = `${this.#institution.self.keys[0].id} ${hour} ${typeId}`
    const known = this.#known.get(name)
    if (known !== undefined && nowMs - known.atMs < maxAgeMs) return known.allowed
    const allowed = await this.#ledger.mayIssue(typeId, hour)
    this.#known.set(name, { atMs: nowMs, allowed })
    for (const [other, { atMs }] of this.#known) if (nowMs - atMs > hourMs) this.#known.delete(other)
    return allowed
  }
}
