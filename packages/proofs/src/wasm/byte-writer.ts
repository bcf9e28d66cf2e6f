/** Bytes that grow as they are written, with the number formats of the WebAssembly binary format. */
export class ByteWriter {
  #buffer = new Uint8Array(256)
  #length = 0

  byte(value: number): this {
    this.#reserve(1)
    this.#buffer[this.#length++] = value
    return this
  }

  bytes(values: Uint8Array): this {
    this.#reserve(values.length)
    this.#buffer.set(values, this.#length)
    this.#length += values.length
    return this
  }

  /** LEB128 of a number from 0 to 2³² − 1. */
  unsigned(value: number): this {
    let rest = value >>> 0
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    return this.byte(rest)
  }

  /** Signed LEB128 of a number from −2³¹ to 2³¹ − 1. */
  signed32(value: number): this {
    let rest = value
    while (rest < -0x40 || rest >= 0x40) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return this.byte(rest & 0x7f)
  }

  /** Signed LEB128 of up to 64 bits. */
  signed(value: bigint): this {
    let rest = value
    for (;;) {
      const low = Number(rest & 0x7fn)
      rest >>= 7n
      if ((rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40)) return this.byte(low)
      this.byte(low | 0x80)
    }
  }

  uint64(value: bigint): this {
    this.#reserve(8)
    new DataView(this.#buffer.buffer).setBigUint64(this.#length, value, true)
    this.#length += 8
    return this
  }

  float64(value: number): this {
    this.#reserve(8)
    new DataView(this.#buffer.buffer).setFloat64(this.#length, value, true)
    this.#length += 8
    return this
  }

  /** A name: its length in bytes and its UTF-8. */
  name(value: string): this {
    const encoded = new TextEncoder().encode(value)
    return this.unsigned(encoded.length).bytes(encoded)
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#buffer.slice(0, this.#length)
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#buffer.length) return
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + count))
    grown.set(this.#buffer)
    this.#buffer = grown
  }
}
