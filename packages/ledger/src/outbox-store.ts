/** A write that was signed: kept before it is sent, so that a crash can neither lose nor double it. */
export type OutboxRecord = PendingRecord | DurableRecord

/** Signed, and perhaps sent. */
export interface PendingRecord {
  readonly state: 'pending'
  readonly idempotencyKey: string
  /** Hexadecimal SHA-256 of what the write asks for: another request under the same key is refused. */
  readonly requestDigest: string
  /** Big-endian hexadecimal. */
  readonly transactionHash: string
  /** The signed transaction in base64: sent again byte for byte, it is the same transaction. */
  readonly transaction: string
  /** Index of the last block that may hold it. */
  readonly validUntilBlock: number
}

/** Done: on the disks of a quorum of validators. */
export interface DurableRecord {
  readonly state: 'durable'
  readonly idempotencyKey: string
  readonly requestDigest: string
  readonly transactionHash: string
  readonly blockIndex: number
}

/**
 * Where a `LedgerClient` keeps its writes. Keyed by `idempotencyKey`, one record each. Only one client may use a store at a time.
 *
 * A store may forget durable records after a while of its choosing (days): so long does a repeated key find its write again.
 */
export interface OutboxStore {
  /** Every record with state `pending`. */
  pending(): Promise<readonly PendingRecord[]>
  find(idempotencyKey: string): Promise<OutboxRecord | undefined>
  /** Adds or replaces; settles only when the record would survive a crash of the machine. May be called many times in parallel. */
  put(record: OutboxRecord): Promise<void>
  /** Frees the key: the write was refused, failed or expired, so nothing came of it. */
  remove(idempotencyKey: string): Promise<void>
}
