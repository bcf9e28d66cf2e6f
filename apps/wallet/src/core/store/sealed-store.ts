import { bytesToUtf8, type Json, parseJson, randomBytes, utf8ToBytes } from '@hufu/primitives'
import { WalletError } from '../errors.ts'
import type { RecordChange, RecordKind, SealedRecord, WalletDatabase } from './wallet-database.ts'

/** What is to be changed, in the open. */
export type Change =
  | { readonly kind: RecordKind; readonly id: string; readonly value: object }
  | { readonly kind: RecordKind; readonly remove: string }

const maxLength = 4_194_304

/**
 * Records that can be read while the wallet is open: AES-256-GCM with the data key, a new random nonce each time, bound to kind and identifier so that records
 * cannot be exchanged for one another.
 */
export class SealedStore {
  readonly #database: WalletDatabase
  readonly #key: CryptoKey

  constructor(database: WalletDatabase, key: CryptoKey) {
    this.#database = database
    this.#key = key
  }

  /** All records of a kind. @throws WalletError `ERR_WALLET_STORE`: damaged, or sealed by another wallet */
  async list<Value>(kind: RecordKind): Promise<readonly (Value & { readonly id: string })[]> {
    return Promise.all((await this.#database.records(kind)).map(async record => ({ ...(await this.#open<Value>(record)), id: record.id })))
  }

  async get<Value>(kind: RecordKind, id: string): Promise<(Value & { readonly id: string }) | undefined> {
    const record = await this.#database.record(kind, id)
    return record === undefined ? undefined : { ...(await this.#open<Value>(record)), id }
  }

  /** Changes all or nothing. */
  async change(changes: readonly Change[]): Promise<void> {
    await this.#database.change(await Promise.all(changes.map(change => this.#seal(change))))
  }

  /** Takes a record out for good, once. @returns false if it was not there any more */
  takeOut(kind: RecordKind, id: string): Promise<boolean> {
    return this.#database.takeOut(kind, id)
  }

  async #seal(change: Change): Promise<RecordChange> {
    if ('remove' in change) return { remove: [change.kind, change.remove] }
    const { kind, id, value } = change
    const iv = randomBytes(12)
    const plain = utf8ToBytes(JSON.stringify(value))
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: nameOf(kind, id) }, this.#key, plain)
    return { put: { kind, id, iv, sealed: new Uint8Array(sealed) } }
  }

  async #open<Value>({ kind, id, iv, sealed }: SealedRecord): Promise<Value> {
    try {
      const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: nameOf(kind, id) }, this.#key, sealed)
      return parseJson(bytesToUtf8(new Uint8Array(plain)), { maxLength }) as Json as Value
    } catch (cause) {
      throw new WalletError('ERR_WALLET_STORE', 'store: a record does not open', { cause })
    }
  }
}

function nameOf(kind: RecordKind, id: string): Uint8Array<ArrayBuffer> {
  return utf8ToBytes(`hufu wallet record\n${kind}\n${id}`)
}
