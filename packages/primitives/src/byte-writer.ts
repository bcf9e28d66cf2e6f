/** Builds bytes from little-endian fields, the counterpart of `ByteReader`. */
export class ByteWriter {
  #buffer = new Uint8Array(256)
  #view = new DataView(this.#buffer.buffer)
  #length = 0

  bytes(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length)
    this.#buffer.set(bytes, at)
    return this
  }

  uint8(value: number): this {
    const at = this.#grow(1)
    this.#view.setUint8(at, value)
    return this
  }

  uint16(value: number): this {
    const at = this.#grow(2)
    this.#view.setUint16(at, value, true)
    return this
  }

  uint32(value: number): this {
    const at = this.#grow(4)
    this.#view.setUint32(at, value, true)
    return this
  }

  int32(value: number): this {
    const at = this.#grow(4)
    this.#view.setInt32(at, value, true)
    return this
  }

  uint64(value: bigint): this {
    const at = this.#grow(8)
    this.#view.setBigUint64(at, value, true)
    return this
  }

  /** Neo's variable-length integer, shortest form. */
  varUint(value: number): this {
    if (value < 0xfd) return this.uint8(value)
    if (value <= 0xffff) return this.uint8(0xfd).uint16(value)
    if (value <= 0xffffffff) return this.uint8(0xfe).uint32(value)
    return this.uint8(0xff).uint64(BigInt(value))
  }

  varBytes(bytes: Uint8Array): this {
    return this.varUint(bytes.length).bytes(bytes)
  }

  /** A copy of what was written so far. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.slice(0, this.#length)
  }

  /** Makes room and returns the offset to write at. Called on a line of its own: it may replace the buffer and the view. */
  #grow(length: number): number {
    const start = this.#length
    this.#length += length
    if (this.#length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#buffer.length * 2))
      larger.set(this.#buffer)
      this.#buffer = larger
      this.#view = new DataView(larger.buffer)
    }
    return start
  }
}
