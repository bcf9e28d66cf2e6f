import type { G1Point } from '../../groth16/curve-point.ts'
import type { Address, PairingEngine } from './pairing-engine.ts'

/** Each scalar is four pieces of 64 bits, and each piece sixteen digits of four bits. */
const pieces = 4
const digitsPerPiece = 16
const digitBits = 4
const digitValues = 2 ** digitBits
const hexDigits = pieces * digitsPerPiece

/** X, Y and Z. */
const entryElements = 3

/**
 * Multiples of points that stay the same, so that sums of them are found quickly: those of a verifying key. Zeros among the scalars, and among their digits, cost nothing.
 */
export class InputTables {
  readonly #engine: PairingEngine
  readonly #count: number
  /** Entry by entry: X, Y and Z as single elements. */
  readonly #table: Address
  readonly #infinity: Address
  readonly #sum: Address
  readonly #addend: Address

  constructor(engine: PairingEngine, points: readonly G1Point[]) {
    this.#engine = engine
    this.#count = points.length
    this.#table = engine.allocate(Math.ceil((points.length * pieces * digitValues * entryElements) / 2))
    this.#infinity = engine.allocate(2)
    this.#sum = engine.allocate(3)
    this.#addend = engine.allocate(3)
    this.#writeInfinity(this.#sum)
    for (let coordinate = 0; coordinate < entryElements; coordinate++) {
      const element = this.#infinity + (coordinate * engine.pairSize) / 2
      engine.wasm['fp.split'](engine.pairAt(this.#sum, coordinate), element, element)
    }
    for (let index = 0; index < points.length; index += 2) this.#fill(index, points[index]!, points[index + 1] ?? points[index]!)
  }

  /** Writes Σ scalarᵢ · pointᵢ to lane 0 of three pairs: X, Y, Z. Scalars are below 2²⁵⁶, and there may be fewer of them than points. */
  sum(destination: Address, scalars: readonly bigint[]): void {
    const { wasm, pairSize } = this.#engine
    const digits = scalars.map(scalar => scalar.toString(16).padStart(hexDigits, '0'))
    this.#writeInfinity(this.#sum)
    for (let digit = digitsPerPiece - 1; digit >= 0; digit--) {
      if (digit < digitsPerPiece - 1) for (let bit = 0; bit < digitBits; bit++) wasm['g1.double'](this.#sum, this.#sum)
      this.#addEntries(this.#entriesAt(digits, digit))
    }
    // Both lanes hold a part.
    const [low, high] = [this.#addend, destination]
    for (let coordinate = 0; coordinate < 3; coordinate++) {
      const elements = low + coordinate * pairSize
      wasm['fp.split'](this.#sum + coordinate * pairSize, elements, elements + pairSize / 2)
      wasm['fp.join'](high + coordinate * pairSize, elements + pairSize / 2, elements + pairSize / 2)
    }
    wasm['g1.add'](destination, this.#sum, high)
  }

  /** Table entries that are added for one position in each piece. */
  #entriesAt(digits: readonly string[], digit: number): readonly Address[] {
    const entries: Address[] = []
    for (const [index, hex] of digits.entries()) {
      for (let piece = 0; piece < pieces; piece++) {
        const value = Number.parseInt(hex[hexDigits - 1 - piece * digitsPerPiece - digit]!, digitValues)
        if (value !== 0) entries.push(this.#entry(index, piece, value))
      }
    }
    return entries
  }

  /** Adds half of the entries in each lane. */
  #addEntries(entries: readonly Address[]): void {
    const { wasm, pairSize } = this.#engine
    const size = pairSize / 2
    for (let index = 0; index < entries.length; index += 2) {
      const [low, high] = [entries[index]!, entries[index + 1] ?? this.#infinity]
      for (let coordinate = 0; coordinate < 3; coordinate++) {
        wasm['fp.join'](this.#addend + coordinate * pairSize, low + coordinate * size, high + coordinate * size)
      }
      wasm['g1.add'](this.#sum, this.#sum, this.#addend)
    }
  }

  /** Entries of two points at once, one in each lane. */
  #fill(index: number, low: G1Point, high: G1Point): void {
    const engine = this.#engine
    const [base, multiple] = [this.#sum, this.#addend]
    engine.writePair(base, low.x, high.x)
    engine.writePair(engine.pairAt(base, 1), low.y, high.y)
    engine.writePair(engine.pairAt(base, 2), 1n)
    for (let piece = 0; piece < pieces; piece++) {
      engine.copy(multiple, base, 3)
      for (let value = 1; value < digitValues; value++) {
        if (value > 1) engine.wasm['g1.add'](multiple, multiple, base)
        this.#store(multiple, index, piece, value)
      }
      for (let bit = 0; bit < digitsPerPiece * digitBits; bit++) engine.wasm['g1.double'](base, base)
    }
  }

  #store(multiple: Address, index: number, piece: number, value: number): void {
    const { wasm, pairSize } = this.#engine
    const low = this.#entry(index, piece, value)
    // The last point of an odd number is in both lanes.
    const high = index + 1 < this.#count ? this.#entry(index + 1, piece, value) : low
    for (let coordinate = 0; coordinate < 3; coordinate++) {
      const offset = (coordinate * pairSize) / 2
      wasm['fp.split'](multiple + coordinate * pairSize, low + offset, high + offset)
    }
  }

  #entry(index: number, piece: number, value: number): Address {
    return this.#table + (((index * pieces + piece) * digitValues + value) * entryElements * this.#engine.pairSize) / 2
  }

  #writeInfinity(points: Address): void {
    this.#engine.writePair(points, 0n)
    this.#engine.writePair(this.#engine.pairAt(points, 1), 1n)
    this.#engine.writePair(this.#engine.pairAt(points, 2), 0n)
  }
}
