import type { PreparedCredential } from './prepare-credential.ts'
import type { PublishedRoots } from './root-list.ts'

/** Where a wallet keeps items of which each is used once. */
export interface OneUseStore<Item> {
  /** The items that are there, oldest first. */
  list(): Promise<readonly Item[]>
  add(item: Item): Promise<void>
  /**
   * Takes an item out for good, once, whoever asks. Settles when that is durable: after a crash at any moment the item is either still there and was never used,
   * or gone.
   *
   * @returns false if it was not there any more
   */
  takeOut(id: string): Promise<boolean>
}

/** Which prepared items fit. */
export interface Wanted {
  readonly credentialId: string
  /** Of the statement: type and slots. */
  readonly meta: PreparedCredential['meta']
}

export interface PreparedPoolOptions {
  readonly store: OneUseStore<PreparedCredential>
  /** Items to have ready of each kind; default 3. */
  readonly size?: number
}

/** A wallet's prepared proofs. An item is out of the store before anything of it is shown: two showings with one commitment would be one person's. */
export class PreparedPool {
  readonly #store: OneUseStore<PreparedCredential>
  readonly #size: number
  /** One change at a time. */
  #idle: Promise<unknown> = Promise.resolve()

  constructor({ store, size = 3 }: PreparedPoolOptions) {
    this.#store = store
    this.#size = size
  }

  /**
   * Takes out the newest item that fits, for one showing.
   *
   * @param leastHeight - height of the oldest epoch whose roots the verifier takes
   * @returns undefined if there is none: prepare one now
   */
  take(wanted: Wanted, leastHeight: number): Promise<PreparedCredential | undefined> {
    return this.#inTurn(async () => {
      const items = (await this.#store.list()).filter(item => fits(item, wanted) && item.roots.height >= leastHeight)
      for (const item of items.toSorted(newestFirst)) if (await this.#store.takeOut(item.id)) return item
      return undefined
    })
  }

  /**
   * Fills up with items of the current epoch, then drops those of earlier ones.
   *
   * @param prepare - makes one item on these roots
   * @param options.signal - stops between items
   * @returns how many were made
   */
  async refill(
    wanted: Wanted,
    { list: { height } }: PublishedRoots,
    prepare: () => Promise<PreparedCredential>,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<number> {
    const isCurrent = (item: PreparedCredential) => fits(item, wanted) && item.roots.height >= height
    const missing = this.#size - (await this.#store.list()).filter(isCurrent).length
    let made = 0
    // Proofs take long: showings go on meanwhile.
    while (made < missing && options.signal?.aborted !== true) {
      const item = await prepare()
      await this.#inTurn(() => this.#store.add(item))
      made++
    }
    if (made >= missing) await this.#drop(item => fits(item, wanted) && item.roots.height < height)
    return made
  }

  /** Drops what was prepared of a credential, such as one that was revoked or renewed. */
  async dropCredential(credentialId: string): Promise<void> {
    await this.#drop(item => item.credentialId === credentialId)
  }

  #drop(isStale: (item: PreparedCredential) => boolean): Promise<void> {
    return this.#inTurn(async () => {
      for (const item of (await this.#store.list()).filter(isStale)) await this.#store.takeOut(item.id)
    })
  }

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#idle.then(task)
    this.#idle = result.catch(() => undefined)
    return result
  }
}

/** A store that keeps nothing across restarts: items that are lost were never shown. */
export class MemoryOneUseStore<Item extends { readonly id: string }> implements OneUseStore<Item> {
  readonly #items = new Map<string, Item>()

  async list(): Promise<readonly Item[]> {
    return [...this.#items.values()]
  }

  async add(item: Item): Promise<void> {
    this.#items.set(item.id, item)
  }

  async takeOut(id: string): Promise<boolean> {
    return this.#items.delete(id)
  }
}

function fits(item: PreparedCredential, { credentialId, meta }: Wanted): boolean {
  return item.credentialId === credentialId && item.meta === meta
}

function newestFirst(left: PreparedCredential, right: PreparedCredential): number {
  return right.roots.height - left.roots.height
}
