import type { Clock } from '@hufu/primitives'
import { delay } from './delay.ts'
import type { DurableQuorum, Verdict } from './durable-quorum.ts'
import { LedgerError } from './errors.ts'
import type { Head, HeadWatcher } from './head-watcher.ts'
import type { Write, WriteOutcome } from './ledger-writer.ts'
import type { Header } from './light/header.ts'
import type { NodePool } from './node-pool.ts'
import type { OutboxStore, PendingRecord } from './outbox-store.ts'
import { type Outcome, readOutcome } from './read-outcome.ts'
import { sendTransaction } from './send-transaction.ts'

/** What a {@link WriteTracker} works with. */
export interface WriteTrackerOptions {
  readonly pool: NodePool
  readonly heads: HeadWatcher
  readonly quorum: DurableQuorum
  readonly outbox: OutboxStore
  readonly clock: Clock
  /** How long a caller waits before it hears ERR_LEDGER_UNKNOWN. */
  readonly waitMs: number
  /** A transaction that is not durable after this long is sent again. */
  readonly resendMs: number
}

interface Entry {
  readonly record: PendingRecord
  readonly inBlock: PromiseWithResolvers<WriteOutcome>
  readonly durable: PromiseWithResolvers<WriteOutcome>
  readonly onGone: () => void
  sentAtMs: number
  attempts: number
  /** How it ended, by one node's word; the quorum's comes after. */
  seen: Outcome | undefined
  verdict: Promise<void> | undefined
}

// Transactions enter blocks about in the order they were sent: when so many in a row are not there, the rest need no asking.
const maxMisses = 200
const chunkLength = 50
const retryMs = 1_000

/** Follows sent transactions until a quorum has told what became of each. Works only while there are any. */
export class WriteTracker {
  readonly #options: WriteTrackerOptions
  readonly #entries = new Map<string, Entry>()
  readonly #stop = new AbortController()
  #stopListening: (() => void) | undefined
  #newHead: Head | undefined
  #isLooking = false

  constructor(options: WriteTrackerOptions) {
    this.#options = options
  }

  /**
   * Begins to follow a transaction that the outbox holds. Sending it is the caller's part; sending it again is not.
   *
   * @param onGone - called when it is settled and the outbox knows
   */
  track(record: PendingRecord, onGone: () => void): Write {
    const entry: Entry = {
      record,
      inBlock: Promise.withResolvers(),
      durable: Promise.withResolvers(),
      onGone,
      sentAtMs: this.#options.clock.nowMs(),
      attempts: 1,
      seen: undefined,
      verdict: undefined,
    }
    // Nobody may be waiting when it fails.
    entry.inBlock.promise.catch(() => undefined)
    entry.durable.promise.catch(() => undefined)
    this.#entries.set(record.transactionHash, entry)
    this.#stopListening ??= this.#options.heads.listen(head => this.#onHead(head))
    return {
      transactionHash: record.transactionHash,
      inBlock: () => this.#withDeadline(entry.inBlock.promise, record),
      durable: () => this.#withDeadline(entry.durable.promise, record),
    }
  }

  /** No longer follows a transaction. */
  drop(transactionHash: string): void {
    this.#entries.delete(transactionHash)
    if (this.#entries.size > 0) return
    this.#stopListening?.()
    this.#stopListening = undefined
  }

  /** Stops following; the outbox still holds what was not settled. */
  close(): void {
    this.#stop.abort()
    for (const transactionHash of [...this.#entries.keys()]) this.drop(transactionHash)
  }

  #onHead(head: Head): void {
    this.#newHead = head
    if (!this.#isLooking) void this.#lookWhileNew()
  }

  /** Never rejects: what could not be read now is looked for again at the next block. */
  async #lookWhileNew(): Promise<void> {
    this.#isLooking = true
    for (let head = this.#newHead; head !== undefined; head = this.#newHead) {
      this.#newHead = undefined
      await this.#look(head)
      this.#sendAgainOrGiveUp(head)
    }
    this.#isLooking = false
  }

  /** Looks which transactions the node has in a block by now. */
  async #look(head: Head): Promise<void> {
    const unseen = this.#unseen()
    const headers = new Map<number, Promise<Header>>()
    for (let start = 0, misses = 0; start < unseen.length && misses < maxMisses; start += chunkLength) {
      const found = await Promise.all(unseen.slice(start, start + chunkLength).map(entry => this.#lookFor(entry, head.node, headers)))
      misses = found.includes(true) ? 0 : misses + found.length
    }
  }

  async #lookFor(entry: Entry, node: number, headers: Map<number, Promise<Header>>): Promise<boolean> {
    const seen = await readOutcome(this.#options.pool.at(node), entry.record.transactionHash, headers).catch(() => undefined)
    if (seen === undefined) return false
    entry.seen = seen
    this.#options.pool.stayWith(node)
    if (seen.halted) entry.inBlock.resolve(seen.outcome)
    else entry.inBlock.reject(faulted(entry.record, seen.reason))
    this.#askQuorum(entry, seen.blockIndex)
    return true
  }

  /** Also what is in a block already, but not durable: should all validators crash now, the block is lost, and the transaction with it. */
  #sendAgainOrGiveUp(head: Head): void {
    const { clock, resendMs, pool } = this.#options
    const nowMs = clock.nowMs()
    for (const entry of this.#entries.values()) {
      const { transaction, validUntilBlock } = entry.record
      if (head.blockIndex >= validUntilBlock) {
        if (entry.seen === undefined) this.#askQuorum(entry, validUntilBlock)
      } else if (nowMs - entry.sentAtMs >= resendMs) {
        entry.sentAtMs = nowMs
        void sendTransaction(pool, transaction, entry.attempts++)
      }
    }
  }

  #unseen(): readonly Entry[] {
    return [...this.#entries.values()].filter(entry => entry.seen === undefined)
  }

  #askQuorum(entry: Entry, dueBlockIndex: number): void {
    const { transactionHash, validUntilBlock } = entry.record
    const verdict = this.#options.quorum.settle(transactionHash, dueBlockIndex, validUntilBlock)
    entry.verdict ??= verdict.then(agreed => this.#settle(entry, agreed))
  }

  /** Settles by the quorum's word. Never rejects. */
  async #settle(entry: Entry, verdict: Verdict): Promise<void> {
    const { record } = entry
    // Refused meanwhile: its key is free, or names another write by now.
    if (!this.#isFollowed(entry)) return
    if (verdict.kind === 'expired') {
      await this.#free(entry)
      this.#fail(
        entry,
        new LedgerError('ERR_LEDGER_EXPIRED', 'transaction can no longer land', { transactionHash: record.transactionHash }),
      )
      return
    }
    const outcome = await this.#agreedOutcome(entry, verdict)
    if (outcome === undefined || !this.#isFollowed(entry)) return
    if (!outcome.halted) {
      await this.#free(entry)
      this.#fail(entry, faulted(record, outcome.reason))
      return
    }
    entry.inBlock.resolve(outcome.outcome)
    entry.durable.resolve(outcome.outcome)
    const { idempotencyKey, requestDigest, transactionHash } = record
    const { blockIndex } = outcome
    await this.#keep(() => this.#options.outbox.put({ state: 'durable', idempotencyKey, requestDigest, transactionHash, blockIndex }))
    this.drop(transactionHash)
    entry.onGone()
  }

  /** The outcome that the quorum means: the one seen, unless the node that told it was wrong. Undefined once closed. */
  async #agreedOutcome(entry: Entry, verdict: Verdict & { kind: 'included' }): Promise<Outcome | undefined> {
    const { pool } = this.#options
    const isAgreed = (outcome: Outcome | undefined) => outcome?.halted === verdict.halted && outcome.blockIndex === verdict.blockIndex
    if (isAgreed(entry.seen)) return entry.seen
    while (!this.#stop.signal.aborted) {
      for (const node of pool.order) {
        const outcome = await readOutcome(pool.at(node), entry.record.transactionHash).catch(() => undefined)
        if (isAgreed(outcome)) return outcome
      }
      await delay(retryMs, this.#stop.signal)
    }
    return undefined
  }

  #isFollowed(entry: Entry): boolean {
    return this.#entries.get(entry.record.transactionHash) === entry
  }

  async #free(entry: Entry): Promise<void> {
    await this.#keep(() => this.#options.outbox.remove(entry.record.idempotencyKey))
    this.drop(entry.record.transactionHash)
    entry.onGone()
  }

  /** A disk that is full at this moment does no harm: the record stays pending, and after a restart is settled again with the same end. */
  async #keep(change: () => Promise<void>): Promise<void> {
    try {
      await change()
    } catch {
      // See above.
    }
  }

  #fail(entry: Entry, error: LedgerError): void {
    entry.inBlock.reject(error)
    entry.durable.reject(error)
  }

  async #withDeadline(promise: Promise<WriteOutcome>, { transactionHash }: PendingRecord): Promise<WriteOutcome> {
    const waited = new AbortController()
    try {
      const outcome = await Promise.race([promise, delay(this.#options.waitMs, waited.signal)])
      if (outcome !== undefined) return outcome
      throw new LedgerError('ERR_LEDGER_UNKNOWN', 'transaction may still land', { transactionHash })
    } finally {
      waited.abort()
    }
  }
}

function faulted({ transactionHash }: PendingRecord, reason: string): LedgerError {
  return new LedgerError('ERR_LEDGER_FAULT', 'transaction failed in its block', { transactionHash, reason })
}
