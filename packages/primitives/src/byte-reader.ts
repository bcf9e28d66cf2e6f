import { EncodingError } from './errors.ts'

/** Reads little-endian fields from bytes an attacker may have made; every read is bounded. All throw EncodingError `ERR_ENCODING_BINARY` at the end of input. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    const start = this.#take(length)
    // Not `slice`: that of Node's Buffer copies nothing.
    return new Uint8Array(this.#bytes.subarray(start, start + length))
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true)
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true)
  }

  /** Neo's variable-length integer, shortest form only, at most `max`. */
  varUint(max: number): number {
    const first = this.uint8()
    const value = first < 0xfd ? first : first === 0xfd ? this.uint16() : first === 0xfe ? this.uint32() : Number(this.uint64())
    const shortest = first < 0xfd || (first === 0xfd ? value >= 0xfd : first === 0xfe ? value > 0xffff : value > 0xffffffff)
    if (!shortest) throw new EncodingError('ERR_ENCODING_BINARY', 'length is not in its shortest form')
    if (value > max) throw new EncodingError('ERR_ENCODING_BINARY', `length is over ${max}`)
    return value
  }

  /** Bytes behind their own variable-length count. */
  varBytes(max: number): Uint8Array<ArrayBuffer> {
    return this.bytes(this.varUint(max))
  }

  /** Refuses bytes left over. */
  end(): void {
    if (this.remaining !== 0) throw new EncodingError('ERR_ENCODING_BINARY', 'bytes are left over at the end')
  }

  #take(length: number): number {
    if (length > this.remaining) throw new EncodingError('ERR_ENCODING_BINARY', 'input ends too early')
    const start = this.#offset
    this.#offset += length
    return start
  }
}
