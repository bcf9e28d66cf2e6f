import type { Json } from '@hufu/primitives'
import { BatchError } from './errors.ts'
import type { RowKeys } from './row-keys.ts'

/** What a batch writes down: that it is about to sign, with all that was reserved for it, and that it has. No personal data. */
export type BatchRecord<Allocation extends Json> =
  | ({ readonly type: 'intent'; readonly allocation: Allocation } & RowKeys)
  | { readonly type: 'done'; readonly rowKey: string; readonly credentialHash: string }

/** What is to be done about a row. */
export type NextStep<Allocation> =
  | { readonly type: 'begin' }
  /** An earlier run was stopped between intent and done. */
  | { readonly type: 'complete'; readonly allocation: Allocation }
  | { readonly type: 'nothing' }
  /** It was begun with other content. */
  | { readonly type: 'conflict' }

interface Entry<Allocation> {
  readonly contentKey: string
  /** Undefined once this run has taken the row up, or it is done. */
  allocation?: Allocation | undefined
}

/** Which rows have been begun and done, by all runs so far. Takes some 250 bytes a row. */
export class BatchState<Allocation extends Json> {
  readonly #entries = new Map<string, Entry<Allocation>>()

  /** @throws BatchError `ERR_BATCH_JOURNAL`: the records contradict each other */
  constructor(records: Iterable<BatchRecord<Allocation>>) {
    for (const record of records) {
      const entry = this.#entries.get(record.rowKey)
      if (record.type === 'intent') {
        if (entry !== undefined)
          throw new BatchError('ERR_BATCH_JOURNAL', 'the journal has two intents for one row: two runs wrote to it at once')
        this.#entries.set(record.rowKey, { contentKey: record.contentKey, allocation: record.allocation })
      } else {
        if (entry === undefined)
          throw new BatchError('ERR_BATCH_JOURNAL', 'the journal has a credential without its intent: records are missing')
        entry.allocation = undefined
      }
    }
  }

  /** Says what is to be done about a row, once: from then on this run has taken it up. */
  take({ rowKey, contentKey }: RowKeys): NextStep<Allocation> {
    const entry = this.#entries.get(rowKey)
    if (entry === undefined) {
      this.#entries.set(rowKey, { contentKey })
      return { type: 'begin' }
    }
    if (entry.contentKey !== contentKey) return { type: 'conflict' }
    const { allocation } = entry
    if (allocation === undefined) return { type: 'nothing' }
    entry.allocation = undefined
    return { type: 'complete', allocation }
  }
}
