import { type Clock, type Json, systemClock } from '@hufu/primitives'
import type { BatchRow } from './batch-row.ts'
import { type BatchRecord, BatchState } from './batch-state.ts'
import { type Pace, ProgressMeter } from './progress-meter.ts'
import { rowKeysOf } from './row-keys.ts'

/** One credential to be made. */
export interface Order<Content extends Json, Allocation extends Json> {
  /** Names the credential in the bureau's store; the same each time this order comes. */
  readonly id: string
  readonly row: BatchRow<Content>
  readonly allocation: Allocation
}

export interface IssueBatchOptions<Content extends Json, Allocation extends Json> {
  readonly credentialType: string
  readonly rows: AsyncIterable<BatchRow<Content>> | Iterable<BatchRow<Content>>
  /** The bureau's, at least 32 bytes, and always the same one: another makes every row a new one. */
  readonly secret: Uint8Array
  /** Settles once the record is kept for good. */
  readonly journal: { append(record: BatchRecord<Allocation>): Promise<void> }
  /** What earlier runs wrote to the journal, whatever their files. */
  readonly records: Iterable<BatchRecord<Allocation>>
  /** Reserves what a credential needs, such as an index of a status list, never the same twice. What a crash loses before the intent stays unused. */
  readonly allocate: () => Promise<Allocation>
  /**
   * Signs and keeps the credential. After a crash the same order may come again: if the store has a credential of that `id`, answer its hash and
   * sign nothing.
   */
  readonly issueOne: (order: Order<Content, Allocation>) => Promise<{ readonly credentialHash: string }>
  /** A row that was begun with other content, by an earlier run or an earlier row. Nothing is issued from it. */
  readonly onConflict?: (row: BatchRow<Content>) => void
  readonly onProgress?: (progress: BatchProgress) => void
  /** How many rows there are, for the time that remains. */
  readonly totalRows?: number
  /** Orders under way at once; default 16. Those that wait at the same time can share one write to the journal. */
  readonly concurrency?: number
  /** Stops after the orders under way. */
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

/** What became of the rows. */
export interface BatchCounts {
  readonly issued: number
  /** Of those issued, the ones that an earlier run had begun. */
  readonly completed: number
  /** Issued before, by an earlier run or from an earlier row that says the same. */
  readonly unchanged: number
  readonly conflicts: number
}

export type BatchProgress = BatchCounts & Pace

/**
 * Issues a credential from each row, once: a row that was issued is passed over, one that a crash interrupted is completed as it was begun. Can be
 * stopped anywhere, also by `kill -9`, and called again with the same or other rows in any order.
 *
 * @returns the counts of this run; `stopped` is true if the signal ended it before the last row
 * @throws BatchError `ERR_BATCH_JOURNAL`: the records contradict each other
 * @throws what the journal, `allocate` or `issueOne` throws, once the other orders under way have ended; call again to go on
 */
export async function issueBatch<Content extends Json, Allocation extends Json>(
  options: IssueBatchOptions<Content, Allocation>,
): Promise<BatchCounts & { readonly stopped: boolean }> {
  const { concurrency = 16, signal, clock = systemClock } = options
  const state = new BatchState(options.records)
  const counts = { issued: 0, completed: 0, unchanged: 0, conflicts: 0 }
  const meter = new ProgressMeter(clock, options.totalRows)
  const rowsDone = (): number => counts.issued + counts.unchanged + counts.conflicts
  const report = (pace: Pace | undefined): void => {
    if (pace !== undefined) options.onProgress?.({ ...counts, ...pace })
  }
  const underWay = new Set<Promise<void>>()
  const failures: unknown[] = []
  let stopped = false

  for await (const row of options.rows) {
    stopped = signal?.aborted === true
    if (stopped || failures.length > 0) break
    const task = handleRow(row, options, state, counts)
      .then(() => report(meter.measure(rowsDone())))
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(task))
    underWay.add(task)
    if (underWay.size >= concurrency) await Promise.race(underWay)
  }
  await Promise.all(underWay)
  if (failures.length > 0) throw failures[0]
  report(meter.finish(rowsDone()))
  return { ...counts, stopped }
}

async function handleRow<Content extends Json, Allocation extends Json>(
  row: BatchRow<Content>,
  options: IssueBatchOptions<Content, Allocation>,
  state: BatchState<Allocation>,
  counts: { -readonly [Name in keyof BatchCounts]: number },
): Promise<void> {
  const { journal, allocate, issueOne } = options
  const keys = rowKeysOf(options.secret, options.credentialType, row)
  const step = state.take(keys)
  if (step.type === 'conflict') {
    counts.conflicts++
    options.onConflict?.(row)
    return
  }
  if (step.type === 'nothing') {
    counts.unchanged++
    return
  }
  const allocation = step.type === 'complete' ? step.allocation : await allocate()
  if (step.type === 'begin') await journal.append({ type: 'intent', ...keys, allocation })
  const { credentialHash } = await issueOne({ id: keys.rowKey, row, allocation })
  await journal.append({ type: 'done', rowKey: keys.rowKey, credentialHash })
  counts.issued++
  if (step.type === 'complete') counts.completed++
}
