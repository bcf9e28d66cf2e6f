import {
  asNumber,
  type ContractCall,
  type LedgerClient,
  LedgerError,
  type Notification,
  parseScriptHash,
  type StackItem,
  type Write,
} from '@hufu/ledger'
import { errorCode } from '@hufu/primitives'
import type { TestNetwork } from '@hufu/testkit'
import type { Effect, ObjectModel, RecordedRead, RecordedWrite } from './history.ts'

/** What an answer is made of: calls of one script, so that all answers are of one state. */
export interface Inquiry {
  readonly calls: readonly ContractCall[]
  decode(items: readonly StackItem[]): string
}

export interface RecorderOptions<State, Action, Question> {
  readonly model: ObjectModel<State, Action, Question>
  readonly inquire: (object: string, question: Question) => Inquiry
  /** Which object a notification is about, and what it says; undefined if about none of this kind. */
  readonly hear: (notification: Notification) => { readonly object: string; readonly said: string } | undefined
}

const ledgerContract = parseScriptHash('da65b600f7124ce6c79950c1772a36403104f2be')
const currentIndex: ContractCall = { contract: ledgerContract, method: 'currentIndex', args: [] }

/** Records what is done with objects of one kind, and what came of it. */
export class Recorder<State, Action, Question> {
  readonly initial = new Map<string, State>()
  readonly writes: RecordedWrite<Action>[] = []
  readonly reads: RecordedRead<Question>[] = []
  readonly model: ObjectModel<State, Action, Question>
  readonly #options: RecorderOptions<State, Action, Question>
  readonly #readers: readonly LedgerClient[]
  readonly #lives: readonly number[]
  readonly #open = new Set<Promise<unknown>>()

  /** @param lives - how often each node was started, as it changes */
  constructor(network: TestNetwork, lives: readonly number[], options: RecorderOptions<State, Action, Question>) {
    this.model = options.model
    this.#options = options
    this.#lives = lives
    this.#readers = network.descriptor.validators.map(({ rpcUrl }) => network.client({ nodes: [{ rpcUrl }], rpcTimeoutMs: 1_000 }))
  }

  /** Settled writes that nobody waited for, too. */
  async settled(): Promise<void> {
    await Promise.all([...this.#open])
  }

  /** Writes and waits until it is durable. Never rejects for what a fault explains. */
  write(object: string, action: Action, submit: () => Promise<Write>): Promise<RecordedWrite<Action>> {
    return this.#record(object, action, performance.now(), submit)
  }

  /** A write that somebody else waits for: what is submitted is recorded beside, and told as it is. */
  async submit(object: string, action: Action, submit: () => Promise<Write>): Promise<Write> {
    const calledMs = performance.now()
    const submitted = submit()
    const recorded = this.#record(object, action, calledMs, () => submitted)
    this.#open.add(recorded)
    void recorded.finally(() => this.#open.delete(recorded)).catch(() => undefined)
    return submitted
  }

  /** Asks one node. @returns undefined if it did not answer, or was killed meanwhile */
  async read(node: number, object: string, question: Question): Promise<RecordedRead<Question> | undefined> {
    return (await this.readTogether(node, [{ object, question }]))?.[0]
  }

  /** Asks one node several things at once: all answers are of one height, or of what came meanwhile. @returns as {@link read} */
  async readTogether(
    node: number,
    asked: readonly { readonly object: string; readonly question: Question }[],
  ): Promise<readonly RecordedRead<Question>[] | undefined> {
    const [calledMs, life] = [performance.now(), this.#lives[node]!]
    const inquiries = asked.map(({ object, question }) => this.#options.inquire(object, question))
    let items: readonly StackItem[]
    let laterHeight: number
    try {
      items = await this.#readers[node]!.invokeReadMany([currentIndex, ...inquiries.flatMap(({ calls }) => calls)])
      laterHeight = (await this.#readers[node]!.getBlockCount()) - 1
    } catch (error) {
      if (error instanceof LedgerError && error.code !== 'ERR_LEDGER_DRY_RUN_FAULT') return undefined
      throw error
    }
    if (this.#lives[node] !== life) return undefined
    const place = { node: `node ${node}`, life, height: asNumber(items[0]!), laterHeight, calledMs, returnedMs: performance.now() }
    let next = 1
    const reads = asked.map((each, index) => {
      const { calls, decode } = inquiries[index]!
      const answers = items.slice(next, next + calls.length)
      next += calls.length
      return { ...each, ...place, answer: decode(answers) }
    })
    this.reads.push(...reads)
    return reads
  }

  /** One effect for each transaction and object. */
  effects(notifications: readonly Notification[]): readonly Effect[] {
    const effects = new Map<string, Effect>()
    for (const notification of notifications) {
      const heard = this.#options.hear(notification)
      if (heard === undefined) continue
      const { transactionHash, blockIndex, blockTimeMs: timeMs } = notification
      const key = `${transactionHash} ${heard.object}`
      const before = effects.get(key)
      effects.set(key, {
        object: heard.object,
        transactionHash,
        blockIndex,
        timeMs,
        said: before === undefined ? heard.said : `${before.said}; ${heard.said}`,
      })
    }
    return [...effects.values()]
  }

  async #record(object: string, action: Action, calledMs: number, submit: () => Promise<Write>): Promise<RecordedWrite<Action>> {
    let transactionHash: string | undefined
    const outcome = await submit()
      .then(write => {
        transactionHash = write.transactionHash
        return write.durable()
      })
      .then(
        ({ blockIndex }) => ({ kind: 'durable', blockIndex }) as const,
        error => {
          transactionHash ??= (error as Partial<LedgerError>).transactionHash
          return failureOf(error, transactionHash)
        },
      )
    const returnedMs = outcome.kind === 'unknown' ? Number.POSITIVE_INFINITY : performance.now()
    const write = { object, action, transactionHash, calledMs, returnedMs, outcome }
    this.writes.push(write)
    return write
  }
}

/** What a caller knows who got this error. @throws what no fault explains */
function failureOf(error: unknown, transactionHash: string | undefined): RecordedWrite<unknown>['outcome'] {
  const code = errorCode(error)
  if (code === undefined || !(error instanceof LedgerError)) throw error
  // Priced in a state that another's write has changed since: it ran out of what was paid for.
  if (code === 'ERR_LEDGER_FAULT' && error.reason?.endsWith('GAS limit exceeded') === true) return { kind: 'failed' }
  if (code === 'ERR_LEDGER_DRY_RUN_FAULT' || code === 'ERR_LEDGER_FAULT') return { kind: 'refused', reason: error.reason ?? '' }
  if (code === 'ERR_LEDGER_EXPIRED' || code === 'ERR_LEDGER_REJECTED' || transactionHash === undefined) return { kind: 'failed' }
  return { kind: 'unknown' }
}
