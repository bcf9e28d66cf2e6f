import type { OutboxRecord, OutboxStore, PendingRecord } from './outbox-store.ts'

/** An outbox that ends with the process: for tests, and for writes whose caller finds out for itself after a crash. */
export class MemoryOutbox implements OutboxStore {
  readonly #records = new Map<string, OutboxRecord>()

  async pending(): Promise<readonly PendingRecord[]> {
    return [...this.#records.values()].filter(record => record.state === 'pending')
  }

  async find(idempotencyKey: string): Promise<OutboxRecord | undefined> {
    return this.#records.get(idempotencyKey)
  }

  async put(record: OutboxRecord): Promise<void> {
    this.#records.set(record.idempotencyKey, record)
  }

  async remove(idempotencyKey: string): Promise<void> {
    this.#records.delete(idempotencyKey)
  }
}
