import type { Clock } from '@hufu/primitives'
import { delay } from './delay.ts'
import { LedgerError, NodeError } from './errors.ts'
import { parseApplicationLog } from './execution.ts'
import { FlushRhythm } from './flush-rhythm.ts'
import { fetchPersistedHeight } from './persisted-height.ts'
import { quorumOf } from './quorum-of.ts'
import { rpcCode } from './rpc-code.ts'
import type { RpcNode } from './rpc-node.ts'

/** A validator to ask. */
export interface QuorumValidator {
  readonly rpc: RpcNode
  readonly metricsUrl: string
}

/** Settings of a {@link DurableQuorum}. */
export interface DurableQuorumOptions {
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly timeoutMs: number
  /** Time between questions to one validator when its next flush may come any moment. */
  readonly pollMs: number
}

/** What became of a transaction for good. */
export type Verdict = { readonly kind: 'included'; readonly blockIndex: number; readonly halted: boolean } | { readonly kind: 'expired' }

interface Question {
  readonly transactionHash: string
  readonly validUntilBlock: number
  /** An answer counts once the validator has this block on disk. */
  dueBlockIndex: number
  readonly votes: Map<QuorumValidator, string>
  readonly verdict: Promise<Verdict>
  readonly settle: (verdict: Verdict) => void
}

const unknownCodes: readonly number[] = [rpcCode.unknownTransaction, rpcCode.unknownContainer]
const retryMs = 1_000

/**
 * Finds out what became of transactions for good, by a quorum of the validators.
 *
 * A validator's answer counts only once the block in question is on its disk, as its metrics say; then each tells on its own whether it has the
 * transaction, in which block, and how it ended. Why n−f of them are needed (5 of 7): after a crash of all, another block of the same height would
 * need n−f signatures, which only those without the block (at most f) and f liars would give: 2f, fewer than n−f. And f liars among those that
 * answer still leave f+1 honest ones that have it.
 */
export class DurableQuorum {
  readonly #validators: readonly QuorumValidator[]
  readonly #options: DurableQuorumOptions
  readonly #questions = new Map<string, Question>()
  readonly #asking = new Set<QuorumValidator>()
  readonly #rhythms: ReadonlyMap<QuorumValidator, FlushRhythm>
  readonly #stop = new AbortController()

  constructor(validators: readonly QuorumValidator[], options: DurableQuorumOptions) {
    this.#validators = validators
    this.#options = options
    this.#rhythms = new Map(validators.map(validator => [validator, new FlushRhythm(options.pollMs)]))
  }

  /**
   * Waits until a quorum agrees; for ever if it must.
   *
   * @param dueBlockIndex - the block that seems to hold the transaction, or `validUntilBlock` once that has passed; a later call may name another
   */
  settle(transactionHash: string, dueBlockIndex: number, validUntilBlock: number): Promise<Verdict> {
    let question = this.#questions.get(transactionHash)
    if (question === undefined) {
      const { promise: verdict, resolve: settle } = Promise.withResolvers<Verdict>()
      question = { transactionHash, validUntilBlock, dueBlockIndex, votes: new Map(), verdict, settle }
      this.#questions.set(transactionHash, question)
    }
    question.dueBlockIndex = dueBlockIndex
    for (const validator of this.#validators) if (!this.#asking.has(validator)) void this.#ask(validator)
    return question.verdict
  }

  /** Stops asking; what is unsettled stays so. */
  close(): void {
    this.#stop.abort()
    this.#questions.clear()
  }

  /** Asks one validator until it has answered every question; its slowness holds up no other. Never rejects. */
  async #ask(validator: QuorumValidator): Promise<void> {
    this.#asking.add(validator)
    while (this.#openQuestions(validator).length > 0 && !this.#stop.signal.aborted) {
      const pauseMs = await this.#round(validator).catch(() => retryMs)
      await delay(pauseMs, this.#stop.signal)
    }
    this.#asking.delete(validator)
  }

  /** @returns how long to wait before the next round */
  async #round(validator: QuorumValidator): Promise<number> {
    const { fetch, clock, timeoutMs } = this.#options
    // The height first and the answers after it: what is on disk by then is what the answers tell of.
    const persisted = await fetchPersistedHeight(fetch, validator.metricsUrl, timeoutMs)
    const pauseMs = this.#rhythms.get(validator)!.observe(persisted, clock.nowMs())
    const due = this.#openQuestions(validator).filter(question => question.dueBlockIndex <= persisted)
    await Promise.all(due.map(question => this.#vote(validator, question, persisted)))
    return pauseMs
  }

  #openQuestions(validator: QuorumValidator): readonly Question[] {
    return [...this.#questions.values()].filter(question => !question.votes.has(validator))
  }

  async #vote(validator: QuorumValidator, question: Question, persisted: number): Promise<void> {
    const vote = await askValidator(validator.rpc, question, persisted)
    // Settled meanwhile: by now the same may be asked anew, and that question has votes of its own.
    if (vote === undefined || this.#questions.get(question.transactionHash) !== question) return
    const text = JSON.stringify(vote)
    question.votes.set(validator, text)
    const agreeing = [...question.votes.values()].filter(each => each === text).length
    if (agreeing < quorumOf(this.#validators.length)) {
      if (question.votes.size === this.#validators.length) this.#askAgain(question)
      return
    }
    this.#questions.delete(question.transactionHash)
    question.settle(vote)
  }

  /** All have answered and too few agree: some were wrong, such as one that stood alone with a block of its own. By now they may have been put right. */
  #askAgain(question: Question): void {
    question.votes.clear()
    for (const validator of this.#validators) if (!this.#asking.has(validator)) void this.#ask(validator)
  }
}

/** @returns undefined if the validator cannot tell for good yet */
async function askValidator(rpc: RpcNode, question: Question, persisted: number): Promise<Verdict | undefined> {
  const hash = `0x${question.transactionHash}`
  try {
    const [blockIndex, log] = await Promise.all([rpc.call('gettransactionheight', [hash]), rpc.call('getapplicationlog', [hash])])
    if (!Number.isSafeInteger(blockIndex)) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the index of a block')
    if ((blockIndex as number) > persisted) return undefined
    return { kind: 'included', blockIndex: blockIndex as number, halted: parseApplicationLog(log).halted }
  } catch (error) {
    if (!(error instanceof NodeError) || !unknownCodes.includes(error.rpcCode)) throw error
    return persisted >= question.validUntilBlock ? { kind: 'expired' } : undefined
  }
}
