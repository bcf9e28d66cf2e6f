import type { OutboxRecord, OutboxStore, PendingRecord } from '@hufu/ledger'
import { Journal } from './journal.ts'

type Entry = { readonly kind: 'put'; readonly record: OutboxRecord } | { readonly kind: 'remove'; readonly idempotencyKey: string }

const maxKeptDurable = 10_000

/** An outbox in a file. After a crash it holds every write that was accepted, each at least as far as it had got. */
export class FileOutbox implements OutboxStore {
  readonly #journal: Journal<Entry>
  readonly #records: Map<string, OutboxRecord>

  private constructor(journal: Journal<Entry>, records: Map<string, OutboxRecord>) {
    this.#journal = journal
    this.#records = records
  }

  /**
   * Opens the outbox, for this process alone. Keeps the last 10,000 durable writes: so long does a repeated key find its write again.
   *
   * @throws FileError as `Journal.open`
   */
  static async open(file: string, options: { readonly lockWaitMs?: number } = {}): Promise<FileOutbox> {
    const { journal, records: entries } = await Journal.open<Entry>(file, options)
    const records = new Map<string, OutboxRecord>()
    for (const entry of entries) {
      const key = entry.kind === 'put' ? entry.record.idempotencyKey : entry.idempotencyKey
      // Deleted first, so that the map's order is that of the last change.
      records.delete(key)
      if (entry.kind === 'put') records.set(key, entry.record)
    }
    const durable = [...records.values()].filter(record => record.state === 'durable')
    for (const record of durable.slice(0, Math.max(0, durable.length - maxKeptDurable))) records.delete(record.idempotencyKey)
    if (entries.length > 2 * records.size + 100) await journal.rewrite([...records.values()].map(record => ({ kind: 'put', record })))
    return new FileOutbox(journal, records)
  }

  async pending(): Promise<readonly PendingRecord[]> {
    return [...this.#records.values()].filter(record => record.state === 'pending')
  }

  async find(idempotencyKey: string): Promise<OutboxRecord | undefined> {
    return this.#records.get(idempotencyKey)
  }

  async put(record: OutboxRecord): Promise<void> {
    await this.#journal.append({ kind: 'put', record })
    this.#records.set(record.idempotencyKey, record)
  }

  async remove(idempotencyKey: string): Promise<void> {
    if (!this.#records.has(idempotencyKey)) return
    await this.#journal.append({ kind: 'remove', idempotencyKey })
    this.#records.delete(idempotencyKey)
  }

  close(): Promise<void> {
    return this.#journal.close()
  }
}
