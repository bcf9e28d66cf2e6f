import type { WasmModule } from './assembler.ts'

/** Lays out the fixed part of a module's memory: constants, each stored once, and room for intermediate values. Addresses are multiples of 16. */
export class StaticMemory {
  readonly #module: WasmModule
  /** Addresses of constants by their bytes, and of those that are asked for again and again by their value. */
  readonly #known = new Map<string, number>()
  readonly #integers = new Map<bigint, number>()
  readonly #doubles = new Map<number, number>()
  #end: number

  constructor(module: WasmModule, start = 1024) {
    this.#module = module
    this.#end = start
  }

  /** First address behind what was laid out so far. */
  get end(): number {
    return this.#end
  }

  /** Room that starts as zeros. */
  reserve(size: number): number {
    const address = this.#end
    this.#end += (size + 15) & ~15
    return address
  }

  /** Constant bytes; the same bytes have one address. */
  place(bytes: Uint8Array): number {
    const key = bytes.join()
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const address = this.reserve(bytes.length)
    this.#module.data(address, bytes)
    this.#known.set(key, address)
    return address
  }

  /** A 64-bit integer, in both lanes. */
  integers(value: bigint): number {
    const bits = BigInt.asUintN(64, value)
    let address = this.#integers.get(bits)
    if (address === undefined) {
      address = this.place(new Uint8Array(BigUint64Array.of(bits, bits).buffer))
      this.#integers.set(bits, address)
    }
    return address
  }

  /** A double, in both lanes. */
  doubles(value: number): number {
    let address = this.#doubles.get(value)
    if (address === undefined) {
      address = this.place(new Uint8Array(Float64Array.of(value, value).buffer))
      this.#doubles.set(value, address)
    }
    return address
  }
}
