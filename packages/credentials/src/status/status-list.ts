import { randomBytes } from '@hufu/primitives'
import { type RandomSource, randomBelow } from '../random-below.ts'
import { type BitOrder, StatusBits, type StatusSize } from './status-bits.ts'

/** Values of a status (Token Status List §7.1). */
export const credentialStatus = { valid: 0, revoked: 1, suspended: 2 } as const

/**
 * An issuer's status list: which entries are given out, and the status of each.
 * Every copy of a credential gets an entry at random, so that neighbours in the list have nothing to do with each other: an order would be a name.
 */
export class StatusList {
  readonly #statuses: StatusBits
  readonly #taken: StatusBits
  #free: number
  readonly #random: RandomSource

  /**
   * @param options.capacity - entries; the more people share a list, the better they hide: 131,072 and up in earnest
   * @param options.size - bits per entry: 1 for valid and revoked, 2 for suspended too
   * @param options.order - `lsb` for Token Status List (default), `msb` for Bitstring Status List
   */
  constructor({
    capacity,
    size,
    order = 'lsb',
    random = randomBytes,
  }: { capacity: number; size: StatusSize; order?: BitOrder; random?: RandomSource }) {
    this.#statuses = StatusBits.ofLength(capacity, size, order)
    this.#taken = StatusBits.ofLength(this.#statuses.length, 1, 'lsb')
    this.#free = this.#statuses.length
    this.#random = random
  }

  get size(): StatusSize {
    return this.#statuses.size
  }

  /** Entries not given out yet. */
  get free(): number {
    return this.#free
  }

  /** Gives out an entry that was never given out, at random; undefined once the list is full. Store it before the credential leaves the house. */
  allocate(): number | undefined {
    if (this.#free === 0) return undefined
    for (;;) {
      const index = randomBelow(this.#statuses.length, this.#random)
      if (this.#taken.get(index) === 0) {
        this.take(index)
        return index
      }
    }
  }

  /** Marks an entry as given out, when a list is put together again from stored entries. @throws TypeError: it is given out already */
  take(index: number): void {
    if (this.#taken.get(index) === 1) throw new TypeError('entry is given out already')
    this.#taken.set(index, 1)
    this.#free--
  }

  /** @throws CredentialError `ERR_CREDENTIAL_STATUS_INVALID`: the index is outside the list */
  get(index: number): number {
    return this.#statuses.get(index)
  }

  /** @throws CredentialError `ERR_CREDENTIAL_STATUS_INVALID`: the index is outside the list. @throws TypeError: the status has more bits than an entry */
  set(index: number, status: number): void {
    this.#statuses.set(index, status)
  }

  /** The packed statuses. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#statuses.toBytes()
  }
}
