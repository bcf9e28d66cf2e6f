import { type OneUseStore, type PreparedCredential, parsePrepared, writePrepared } from '@hufu/proofs'
import type { PreparedRecord } from '../records.ts'
import type { SealedStore } from '../store/sealed-store.ts'

/** A prepared proof with what the wallet knows of it besides. */
export interface KeptProof extends PreparedCredential {
  /** Block time of its root list. */
  readonly rootsTimeMs: number
}

/** The wallet's prepared proofs, sealed. Once an item is taken out it is off the disk, for every tab. */
export class PreparedStore implements OneUseStore<KeptProof> {
  readonly #store: SealedStore

  constructor(store: SealedStore) {
    this.#store = store
  }

  async list(): Promise<readonly KeptProof[]> {
    const records = await this.#store.list<PreparedRecord>('prepared')
    const items = records.map(({ text, rootsTimeMs }) => ({ ...parsePrepared(text), rootsTimeMs }))
    return items.toSorted((left, right) => left.rootsTimeMs - right.rootsTimeMs)
  }

  async add(item: PreparedCredential & { readonly rootsTimeMs?: number }): Promise<void> {
    const { rootsTimeMs = 0, ...prepared } = item
    const value: PreparedRecord = { text: writePrepared(prepared), credentialId: item.credentialId, rootsTimeMs }
    await this.#store.change([{ kind: 'prepared', id: item.id, value }])
  }

  takeOut(id: string): Promise<boolean> {
    return this.#store.takeOut('prepared', id)
  }
}
