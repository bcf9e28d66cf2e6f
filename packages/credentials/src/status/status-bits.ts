import { CredentialError } from '../errors.ts'

/** Bits per entry. */
export type StatusSize = 1 | 2 | 4 | 8

/** Which end of a byte holds the first entry: `lsb` in Token Status List §4.1, `msb` in W3C Bitstring Status List §3.1. */
export type BitOrder = 'lsb' | 'msb'

/** A packed array of small numbers, the content of a status list. */
export class StatusBits {
  readonly size: StatusSize
  readonly order: BitOrder
  readonly #bytes: Uint8Array<ArrayBuffer>

  /** Takes packed bytes as they are. */
  constructor(bytes: Uint8Array, size: StatusSize, order: BitOrder) {
    this.#bytes = new Uint8Array(bytes)
    this.size = size
    this.order = order
  }

  /** Entries, all zero: `length` rounded up to whole bytes. */
  static ofLength(length: number, size: StatusSize, order: BitOrder): StatusBits {
    if (!Number.isSafeInteger(length) || length < 1) throw new TypeError('expected a positive number of entries')
    return new StatusBits(new Uint8Array(Math.ceil((length * size) / 8)), size, order)
  }

  /** Number of entries. */
  get length(): number {
    return (this.#bytes.length * 8) / this.size
  }

  /** @throws CredentialError `ERR_CREDENTIAL_STATUS_INVALID`: the index is outside the list */
  get(index: number): number {
    const { at, shift, mask } = this.#locate(index)
    return (this.#bytes[at]! >> shift) & mask
  }

  /** @throws CredentialError `ERR_CREDENTIAL_STATUS_INVALID`: the index is outside the list */
  set(index: number, value: number): void {
    const { at, shift, mask } = this.#locate(index)
    if (!Number.isInteger(value) || value < 0 || value > mask) throw new TypeError(`expected a status of ${this.size} bits`)
    this.#bytes[at] = (this.#bytes[at]! & ~(mask << shift)) | (value << shift)
  }

  /** A copy of the packed bytes. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes)
  }

  #locate(index: number): { at: number; shift: number; mask: number } {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.length)
      throw new CredentialError('ERR_CREDENTIAL_STATUS_INVALID', 'index is outside the status list')
    const offset = (index * this.size) % 8
    return {
      at: Math.floor((index * this.size) / 8),
      shift: this.order === 'lsb' ? offset : 8 - this.size - offset,
      mask: (1 << this.size) - 1,
    }
  }
}
