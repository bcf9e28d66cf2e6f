const pageSize = 65536
const alignment = 64

/** Hands out the memory of a module behind its fixed part. Blocks are given back one by one; neighbours that are free become one again. */
export class EngineMemory {
  readonly #memory: WebAssembly.Memory
  /** Free blocks by address, none next to another; what lies behind `#end` is free as well. */
  readonly #free: { address: number; size: number }[] = []
  readonly #sizes = new Map<number, number>()
  #end: number
  #bytes: Uint8Array
  #words: Int32Array

  constructor(memory: WebAssembly.Memory, start: number) {
    this.#memory = memory
    this.#end = aligned(start)
    this.#bytes = new Uint8Array(memory.buffer)
    this.#words = new Int32Array(memory.buffer)
  }

  /** All of memory. Ask again after every allocation: growing replaces it. */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) this.#refresh()
    return this.#bytes
  }

  /** All of memory as 32-bit words; index = address / 4. */
  get words(): Int32Array {
    if (this.#words.length === 0) this.#refresh()
    return this.#words
  }

  /** A block of at least `size` bytes, with any content. @throws RangeError when there is no more memory */
  allocate(size: number): number {
    const needed = aligned(Math.max(size, 1))
    const index = this.#free.findIndex(block => block.size >= needed)
    const block = this.#free[index]
    let address: number
    if (block === undefined) {
      address = this.#end
      this.#end += needed
      const missing = this.#end - this.#memory.buffer.byteLength
      if (missing > 0) {
        // A little more than asked for, so that growing stays rare.
        this.#memory.grow(Math.ceil(missing / pageSize) + 16)
        this.#refresh()
      }
    } else {
      address = block.address
      if (block.size === needed) this.#free.splice(index, 1)
      else this.#free[index] = { address: address + needed, size: block.size - needed }
    }
    this.#sizes.set(address, needed)
    return address
  }

  release(address: number): void {
    const size = this.#sizes.get(address)
    if (size === undefined) throw new TypeError('engine: expected a block that is in use')
    this.#sizes.delete(address)
    let index = this.#free.findIndex(block => block.address > address)
    if (index < 0) index = this.#free.length
    this.#free.splice(index, 0, { address, size })
    for (const left of [index, index - 1]) {
      const [block, next] = [this.#free[left], this.#free[left + 1]]
      if (block !== undefined && next !== undefined && block.address + block.size === next.address) {
        this.#free.splice(left, 2, { address: block.address, size: block.size + next.size })
      }
    }
    const last = this.#free.at(-1)
    if (last !== undefined && last.address + last.size === this.#end) {
      this.#end = last.address
      this.#free.pop()
    }
  }

  /** Runs a task with blocks of the given sizes and gives them back. */
  with<Result>(sizes: readonly number[], task: (...addresses: number[]) => Result): Result {
    const addresses: number[] = []
    try {
      for (const size of sizes) addresses.push(this.allocate(size))
      return task(...addresses)
    } finally {
      for (const address of addresses) this.release(address)
    }
  }

  #refresh(): void {
    this.#bytes = new Uint8Array(this.#memory.buffer)
    this.#words = new Int32Array(this.#memory.buffer)
  }
}

function aligned(size: number): number {
  return Math.ceil(size / alignment) * alignment
}
