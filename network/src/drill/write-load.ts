import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, LedgerError, type LedgerWriter, type ScriptHash } from '@hufu/ledger'
import { errorCode } from '@hufu/primitives'
import { gasTransfer } from '../treasury.ts'

/** One write of the load and how far it got; times on this process's steady clock. */
export interface LoadedWrite {
  /** When it was handed to the client: signing and sending are part of what a user waits for. */
  readonly sentAtMs: number
  /** Absent if the client never got it out. */
  transactionHash?: string
  /** Set once the client said that it is durable: from then on it must never be lost. */
  acknowledgedAtMs?: number
  blockIndex?: number
  /** Code of the error that the caller got. */
  failure?: string
}

export interface WriteLoadOptions {
  readonly ledger: LedgerWriter
  /** Pays and signs. */
  readonly payer: Account
  readonly receiver: ScriptHash
  /** Writes a second; it does not wait for any of them. */
  readonly perSecond: number
  /** Begins the idempotency keys. */
  readonly name: string
}

const tickMs = 10
const settleStepMs = 50

/**
 * Writes to the ledger at a steady rate, whatever the network does, and keeps a list of what was acknowledged. Each write is a transfer of 10⁻⁸ GAS, so that
 * the receiver's balance on each node must be the number of writes that are in a block.
 */
export class WriteLoad {
  readonly writes: LoadedWrite[] = []
  readonly #options: WriteLoadOptions
  #timer: NodeJS.Timeout | undefined
  #open = 0
  #owed = 0
  #tickedAtMs = 0

  constructor(options: WriteLoadOptions) {
    this.#options = options
  }

  start(): void {
    this.#tickedAtMs = performance.now()
    this.#timer ??= setInterval(() => this.#tick(), tickMs)
  }

  /** No more writes; those on their way go on. */
  pause(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Pauses, and waits until no write is on its way. @returns how many still were when the time was over */
  async settle(timeoutMs: number): Promise<number> {
    this.pause()
    const deadline = performance.now() + timeoutMs
    while (this.#open > 0 && performance.now() < deadline) await sleep(settleStepMs)
    return this.#open
  }

  #tick(): void {
    const nowMs = performance.now()
    this.#owed += ((nowMs - this.#tickedAtMs) / 1_000) * this.#options.perSecond
    this.#tickedAtMs = nowMs
    for (; this.#owed >= 1; this.#owed--) void this.#write()
  }

  /** Never rejects. */
  async #write(): Promise<void> {
    const { ledger, payer, receiver, name } = this.#options
    const write: LoadedWrite = { sentAtMs: performance.now() }
    const idempotencyKey = `${name} ${this.writes.length}`
    this.writes.push(write)
    this.#open++
    try {
      const sent = await ledger.submit([gasTransfer(payer.scriptHash, receiver, 1n)], { account: payer, idempotencyKey })
      write.transactionHash = sent.transactionHash
      const { blockIndex } = await sent.durable()
      write.blockIndex = blockIndex
      write.acknowledgedAtMs = performance.now()
    } catch (error) {
      write.failure = errorCode(error) ?? (error as Error).name
      if (error instanceof LedgerError && error.transactionHash !== undefined) write.transactionHash ??= error.transactionHash
    } finally {
      this.#open--
    }
  }
}
