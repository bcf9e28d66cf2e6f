import type { OutboxRecord, OutboxStore, PendingRecord } from '@hufu/ledger'
import { Journal } from './journal.ts'

type Entry = { readonly kind: 'put'; readonly record: OutboxRecord } | { readonly kind: 'remove'; readonly idempotencyKey: string }

const defaultMaxKeptDurable = 10_000
/** The file is written anew once it is twice as long as need be, and this many bytes more. */
const slackBytes = 1_048_576

/** Settings of a {@link FileOutbox}. */
export interface FileOutboxOptions {
  /** How long to wait for another process to let go; default 0. */
  readonly lockWaitMs?: number
  /** How many durable writes are remembered: so long does a repeated key find its write again; default 10,000. */
  readonly maxKeptDurable?: number
}

/** An outbox in a file. After a crash it holds every write that was accepted, each at least as far as it had got. */
export class FileOutbox implements OutboxStore {
  readonly #journal: Journal<Entry>
  readonly #records = new Map<string, OutboxRecord>()
  readonly #maxKeptDurable: number
  #compactAtBytes = slackBytes
  #appending = 0
  #compacting: Promise<void> | undefined

  private constructor(journal: Journal<Entry>, maxKeptDurable: number) {
    this.#journal = journal
    this.#maxKeptDurable = maxKeptDurable
  }

  /** Opens the outbox, for this process alone. @throws FileError as `Journal.open` */
  static async open(file: string, options: FileOutboxOptions = {}): Promise<FileOutbox> {
    const { maxKeptDurable = defaultMaxKeptDurable, ...journalOptions } = options
    const { journal, records: entries } = await Journal.open<Entry>(file, journalOptions)
    const outbox = new FileOutbox(journal, maxKeptDurable)
    for (const entry of entries) outbox.#apply(entry)
    outbox.#forgetOldest()
    outbox.#compactAtBytes = slackBytes + 2 * [...outbox.#records.values()].reduce((sum, record) => sum + JSON.stringify(record).length, 0)
    if (journal.byteLength > outbox.#compactAtBytes) await outbox.#compact()
    return outbox
  }

  /** Tries whether a disk that failed can be written again, as the next `put` would; does nothing while all is well. @throws FileError: it cannot */
  mend(): Promise<void> {
    return this.#journal.mend()
  }

  async pending(): Promise<readonly PendingRecord[]> {
    return [...this.#records.values()].filter(record => record.state === 'pending')
  }

  async find(idempotencyKey: string): Promise<OutboxRecord | undefined> {
    return this.#records.get(idempotencyKey)
  }

  async put(record: OutboxRecord): Promise<void> {
    await this.#change({ kind: 'put', record })
  }

  async remove(idempotencyKey: string): Promise<void> {
    if (this.#records.has(idempotencyKey)) await this.#change({ kind: 'remove', idempotencyKey })
  }

  /** Waits for what was put, and lets go of the file. */
  async close(): Promise<void> {
    await this.#compacting
    await this.#journal.close()
  }

  async #change(entry: Entry): Promise<void> {
    while (this.#compacting !== undefined) await this.#compacting
    this.#appending++
    try {
      await this.#journal.append(entry)
      this.#apply(entry)
    } finally {
      this.#appending--
    }
    if (this.#appending === 0 && this.#journal.byteLength > this.#compactAtBytes) this.#compacting ??= this.#compact()
  }

  #apply(entry: Entry): void {
    const key = entry.kind === 'put' ? entry.record.idempotencyKey : entry.idempotencyKey
    // Deleted first, so that the map's order is that of the last change.
    this.#records.delete(key)
    if (entry.kind === 'put') this.#records.set(key, entry.record)
  }

  #forgetOldest(): void {
    const durable = [...this.#records.values()].filter(record => record.state === 'durable')
    for (const { idempotencyKey } of durable.slice(0, Math.max(0, durable.length - this.#maxKeptDurable)))
      this.#records.delete(idempotencyKey)
  }

  /** Writes the file anew without what is out of date. Never rejects: the longer file says the same, and a broken disk shows at the next `put`. */
  async #compact(): Promise<void> {
    this.#forgetOldest()
    try {
      await this.#journal.rewrite([...this.#records.values()].map(record => ({ kind: 'put', record })))
    } catch {
      // See above.
    }
    this.#compactAtBytes = slackBytes + 2 * this.#journal.byteLength
    this.#compacting = undefined
  }
}
