import { type FollowedBlocks, type LedgerClient, LedgerError, type NetworkDescriptor, type ScriptHash } from '@hufu/ledger'
import { errorCode } from '@hufu/primitives'
import type { Database } from './database.ts'
import { ServiceError } from './errors.ts'
import { pause } from './pause.ts'
import { type RegistryChange, type RegistryRow, readChanges } from './registry-changes.ts'
import { clearRegistry, prepareRegistry, readCursor, writeCursor } from './registry-schema.ts'

/** What a {@link RegistryFollower} needs. */
export interface RegistryFollowerOptions {
  readonly client: Pick<LedgerClient, 'follow' | 'invokeRead' | 'invokeReadMany' | 'getBlockCount'>
  readonly network: NetworkDescriptor
  readonly database: Database
  /** Is told of what went wrong; the follower tries again by itself. */
  readonly onError?: (error: unknown) => void
  /** Is told, after it is in the tables, of an identifier that changed; of all (undefined) where the tables were made anew. */
  readonly onChange?: (identifier: ScriptHash | undefined) => void
  readonly retryMs: number
}

const attemptsForHeight = 3

/**
 * Fills the tables from the contracts' notifications, block by block. The cursor moves in the same transaction, so a crash anywhere leaves
 * tables of whole blocks, and the next start goes on behind them. Where the chain is another than the cursor's, the tables are made anew.
 * Several processes may follow into one database.
 */
export class RegistryFollower {
  readonly #options: RegistryFollowerOptions
  readonly #network: string
  readonly #stop = new AbortController()
  readonly #done: Promise<void>
  #waiting: { readonly blockIndex: number; readonly resolve: () => void }[] = []
  #height = -1

  constructor(options: RegistryFollowerOptions) {
    const { name, magic, contracts } = options.network
    this.#options = options
    this.#network = [name, magic, contracts.identifiers.hash, contracts.trust.hash, contracts.status.hash].join(' ')
    this.#done = this.#run()
  }

  /** Index of the last block that is in the tables; -1 before the first. */
  get height(): number {
    return this.#height
  }

  /** Settles once the block is in the tables; rejects when the signal aborts. */
  reached(blockIndex: number, signal: AbortSignal): Promise<void> {
    if (this.#height >= blockIndex) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const waiter = { blockIndex, resolve }
      this.#waiting.push(waiter)
      signal.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter(each => each !== waiter)
        reject(signal.reason)
      })
    })
  }

  /** Ends the following, after the transaction that it is in. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#done
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { database, onError, retryMs } = this.#options
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await prepareRegistry(database, this.#network)
        await this.#follow(signal)
      } catch (error) {
        if (signal.aborted) return
        onError?.(error)
        await this.#recover(error)
        await pause(retryMs, signal)
      }
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { client, network, database } = this.#options
    const cursor = await database.transaction(readCursor)
    if (cursor !== undefined) await this.#expectHeight(cursor.blockIndex, signal)
    this.#advance(cursor?.blockIndex ?? -1)
    const { identifiers, trust, status } = network.contracts
    for await (const blocks of client.follow({ contracts: [identifiers.hash, trust.hash, status.hash], cursor, signal })) {
      await this.#apply(blocks)
    }
  }

  /** Tables that are ahead of the chain are of another one, unless the nodes are only late. */
  async #expectHeight(blockIndex: number, signal: AbortSignal): Promise<void> {
    const { client, retryMs } = this.#options
    for (let attempt = 0; attempt < attemptsForHeight; attempt++) {
      if ((await client.getBlockCount()) > blockIndex) return
      await pause(retryMs, signal)
    }
    throw new LedgerError('ERR_LEDGER_CHAIN', 'the tables are ahead of the chain')
  }

  async #apply({ blocks, notifications, cursor }: FollowedBlocks): Promise<void> {
    const { client, network, database, onChange } = this.#options
    const changes = await readChanges(client, network, notifications)
    await database.transaction(async queries => {
      // Another process may have come further meanwhile, or have emptied the tables.
      const stored = (await readCursor(queries))?.blockIndex ?? -1
      if (blocks[0]!.index > stored + 1) throw new ServiceError('ERR_SERVICE_BEHIND', 'the tables lack blocks before these')
      for (const { blockIndex, row } of changes) if (blockIndex > stored) await queries.query(insertOf(row), row.values)
      if (cursor.blockIndex > stored) await writeCursor(queries, this.#network, cursor)
    })
    for (const identifier of identifiersOf(changes)) onChange?.(identifier)
    this.#advance(cursor.blockIndex)
  }

  /** Only the chain itself can say that the tables are wrong; they are then made anew. */
  async #recover(error: unknown): Promise<void> {
    if (errorCode(error) !== 'ERR_LEDGER_CHAIN') return
    try {
      await clearRegistry(this.#options.database)
      this.#height = -1
      this.#options.onChange?.(undefined)
    } catch (failure) {
      this.#options.onError?.(failure)
    }
  }

  #advance(blockIndex: number): void {
    this.#height = blockIndex
    for (const { resolve } of this.#waiting.filter(waiter => waiter.blockIndex <= blockIndex)) resolve()
    this.#waiting = this.#waiting.filter(waiter => waiter.blockIndex > blockIndex)
  }
}

function insertOf({ table, values }: RegistryRow): string {
  return `insert into ${table} values (${values.map((_, index) => `$${index + 1}`).join(', ')})`
}

function identifiersOf(changes: readonly RegistryChange[]): ReadonlySet<ScriptHash> {
  return new Set(changes.flatMap(({ identifier }) => (identifier === undefined ? [] : [identifier])))
}
