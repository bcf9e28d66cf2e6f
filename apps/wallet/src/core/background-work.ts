import { errorCode } from '@hufu/primitives'
import { holdingsOf } from './present/held-for-query.ts'
import { provenOf } from './present/open-request.ts'
import { collectPending } from './receive/collect-pending.ts'
import type { Session } from './session.ts'
import { refreshStatuses } from './statuses.ts'

const dayMs = 86_400_000
/** What was not asked for a month is not prepared for. */
const askedWithinMs = 30 * dayMs
/** Lists that run out sooner are not worth a proof ahead: it is made while the person reads the request. */
const leastRootAgeMs = 300_000
const statusEveryMs = 1_800_000
/** People open a wallet to show something: statuses are not looked up right then, so that the issuer does not see when. */
const firstStatusWithinMs = 300_000
/** Between two tries to collect what is pending. */
const leastWaitMs = 1_000
const longestWaitMs = 60_000

/** What an open wallet does by itself: looks up statuses, collects what was deferred, makes proofs ahead. It ends with its signal. */
export class BackgroundWork {
  readonly #session: Session
  readonly #signal: AbortSignal
  #underWay: Promise<void> | undefined
  #soon: ReturnType<typeof setTimeout> | undefined
  #statusesDueMs: number

  constructor(session: Session, signal: AbortSignal) {
    this.#session = session
    this.#signal = signal
    this.#statusesDueMs = session.clock.nowMs() + Math.random() * firstStatusWithinMs
  }

  /** One round; joins the one under way. @param options.statuses - `now`: whether it is time or not */
  async run(options: { readonly statuses?: 'now' } = {}): Promise<void> {
    // The one under way may have looked too early, or not at all.
    if (options.statuses === 'now') await this.#underWay
    this.#underWay ??= this.#round(options.statuses === 'now').finally(() => {
      this.#underWay = undefined
    })
    return this.#underWay
  }

  async #round(isAsked: boolean): Promise<void> {
    const nowMs = this.#session.clock.nowMs()
    const parts: readonly (() => Promise<void>)[] = [
      async () => {
        if (!isAsked && nowMs < this.#statusesDueMs && !(await this.#isOverdue(nowMs))) return
        await refreshStatuses(this.#session)
        this.#statusesDueMs = nowMs + statusEveryMs
      },
      () => this.#collect(),
      () => this.#prepareAhead(),
    ]
    for (const part of parts) {
      if (this.#signal.aborted) return
      // What fails on purpose, such as the network, is tried again in the next round.
      await part().catch(error => {
        if (errorCode(error) === undefined) throw error
      })
    }
  }

  /** Whoever opens the wallet for a moment only must learn of a revocation, too. */
  async #isOverdue(nowMs: number): Promise<boolean> {
    const holdings = await holdingsOf(this.#session)
    return holdings.some(({ record: { statusCheckedAtMs = 0 } }) => nowMs - statusCheckedAtMs > dayMs)
  }

  async #collect(): Promise<void> {
    clearTimeout(this.#soon)
    const nextMs = await collectPending(this.#session)
    if (nextMs === undefined || this.#signal.aborted) return
    const waitMs = Math.max(leastWaitMs, nextMs - this.#session.clock.nowMs())
    if (waitMs > longestWaitMs) return
    this.#soon = setTimeout(() => {
      if (!this.#signal.aborted) this.run().catch(error => console.error(error))
    }, waitMs)
  }

  async #prepareAhead(): Promise<void> {
    const { proofs, clock } = this.#session
    await proofs.dropStale(dayMs)
    const holdings = await holdingsOf(this.#session)
    if (holdings.some(({ zk }) => zk !== undefined) && !this.#signal.aborted) await proofs.load()
    for (const holding of holdings) {
      if (holding.zk === undefined || holding.status !== 'valid') continue
      const proven = provenOf(holding)
      for (const { slots, meta, maxRootAgeSeconds, lastMs } of holding.zk.record.asked) {
        if (this.#signal.aborted) return
        if (maxRootAgeSeconds * 1000 < leastRootAgeMs || clock.nowMs() - lastMs > askedWithinMs) continue
        await proofs.warm(proven, { slots, meta: BigInt(meta), maxRootAgeMs: maxRootAgeSeconds * 500 })
      }
    }
  }
}
