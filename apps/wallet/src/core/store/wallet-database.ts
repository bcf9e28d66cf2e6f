import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb'
import { WalletError } from '../errors.ts'

/** What a record is about; also what its sealing is bound to. */
export type RecordKind = 'credential' | 'copy' | 'zk' | 'prepared' | 'pending' | 'history'

/** A record as it lies on the disk. */
export interface SealedRecord {
  readonly kind: RecordKind
  /** Random, or made of random parts: it says nothing. */
  readonly id: string
  readonly iv: Uint8Array<ArrayBuffer>
  readonly sealed: Uint8Array<ArrayBuffer>
}

/** A change of the records. */
export type RecordChange = { readonly put: SealedRecord } | { readonly remove: readonly [RecordKind, string] }

interface Schema extends DBSchema {
  /** Settings, the wrapped seed, headers of the ledger: nothing personal. */
  readonly plain: { readonly key: string; readonly value: unknown }
  readonly sealed: { readonly key: [RecordKind, string]; readonly value: SealedRecord }
}

const schemaVersion = 1
const strict = { durability: 'strict' } as const

/** The wallet's IndexedDB. A change settles when it is on the disk. All methods throw WalletError `ERR_WALLET_STORE`. */
export class WalletDatabase {
  readonly #name: string
  readonly #database: IDBPDatabase<Schema>

  private constructor(name: string, database: IDBPDatabase<Schema>) {
    this.#name = name
    this.#database = database
  }

  static async open(name: string): Promise<WalletDatabase> {
    const database = await guarded(() =>
      openDB<Schema>(name, schemaVersion, {
        upgrade(made) {
          made.createObjectStore('plain')
          made.createObjectStore('sealed', { keyPath: ['kind', 'id'] })
        },
        // Another tab deletes the wallet or has a newer program.
        blocking(_current, _blocked, event) {
          ;(event.target as IDBDatabase).close()
        },
      }),
    )
    return new WalletDatabase(name, database)
  }

  plain(key: string): Promise<unknown> {
    return guarded(() => this.#database.get('plain', key))
  }

  /** Writes all or nothing. */
  async writePlain(values: Readonly<Record<string, unknown>>): Promise<void> {
    await guarded(async () => {
      const transaction = this.#database.transaction('plain', 'readwrite', strict)
      await Promise.all([...Object.entries(values).map(([key, value]) => transaction.store.put(value, key)), transaction.done])
    })
  }

  /** All records of a kind, in the order of their identifiers. */
  records(kind: RecordKind): Promise<readonly SealedRecord[]> {
    return guarded(() => this.#database.getAll('sealed', rangeOf(kind)))
  }

  record(kind: RecordKind, id: string): Promise<SealedRecord | undefined> {
    return guarded(() => this.#database.get('sealed', [kind, id]))
  }

  /** Changes all or nothing. */
  async change(changes: readonly RecordChange[]): Promise<void> {
    await guarded(async () => {
      const transaction = this.#database.transaction('sealed', 'readwrite', strict)
      const done = changes.map(async change => {
        if ('put' in change) await transaction.store.put(change.put)
        else await transaction.store.delete([...change.remove])
      })
      await Promise.all([...done, transaction.done])
    })
  }

  /** Takes a record out for good, once, also across tabs. @returns false if it was not there any more */
  takeOut(kind: RecordKind, id: string): Promise<boolean> {
    return guarded(async () => {
      const transaction = this.#database.transaction('sealed', 'readwrite', strict)
      const found = (await transaction.store.getKey([kind, id])) !== undefined
      if (found) await transaction.store.delete([kind, id])
      await transaction.done
      return found
    })
  }

  close(): void {
    this.#database.close()
  }

  /** Deletes everything. The database cannot be used afterwards. */
  async erase(): Promise<void> {
    this.#database.close()
    await guarded(() => deleteDB(this.#name))
  }
}

function rangeOf(kind: RecordKind): IDBKeyRange {
  return IDBKeyRange.bound([kind, ''], [kind, '\uffff'])
}

async function guarded<Result>(task: () => Promise<Result>): Promise<Result> {
  try {
    return await task()
  } catch (cause) {
    if (cause instanceof WalletError) throw cause
    throw new WalletError('ERR_WALLET_STORE', 'store: the browser did not read or write', { cause })
  }
}
