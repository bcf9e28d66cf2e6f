import type { Code, FunctionReference, Local } from '../code.ts'
import { fixed, type Place } from '../field.ts'
import type { StaticMemory } from '../static-memory.ts'
import { factorLimit, type WideKernel, wideLimit, wideSizeOfProduct } from './wide-kernel.ts'

/** Functions on single pairs that the tower is written with. All but `carry` count as sums: see {@link TowerCode}. */
export interface PairFunctions {
  readonly add: FunctionReference
  readonly subtract: FunctionReference
  readonly negate: FunctionReference
  /** (destination, a): times 1 + u. */
  readonly timesXi: FunctionReference
  /** (destination, a): the same value with limbs of the size of reduced ones, but for a carry. */
  readonly carry: FunctionReference
}

/** A part of a wide sum: a wide value, or a pair that stands for itself times R, so often, and times 1 + u where `xi`. */
export interface WidePart {
  readonly wide?: Place
  readonly pair?: Place
  readonly times: number
  readonly xi?: boolean
}

/** A part of a wide sum. */
export function part(wide: Place, times = 1): WidePart {
  return { wide, times }
}

/** A part of a wide sum times 1 + u. */
export function xiPart(wide: Place, times = 1): WidePart {
  return { wide, times, xi: true }
}

/** A pair as a part of a wide sum that is to be reduced: it comes out of the reduction as it is, but for a multiple of the modulus. */
export function pairPart(pair: Place, times: number): WidePart {
  return { pair, times }
}

/** Starts the body of a function whose parameters are addresses. */
export type DefineTower = (
  name: string,
  parameterCount: number,
  body: (tower: TowerCode, parameters: readonly Local[]) => void,
) => FunctionReference

/** What a wide sum may have as its size where it goes from one function to another. */
const passedWideSize = 80

/** Slightly more than 1, for a pair whose limbs were carried. */
const carriedTerms = 1.001

/**
 * Writes straight-line functions on pairs and wide sums. It keeps count of the terms of every sum of pairs and of the size of every wide sum, and refuses to write a
 * product whose limbs could be too large to be multiplied exactly, or a sum whose columns could overflow: a function is right for every input, or is not written.
 */
export class TowerCode {
  readonly #code: Code
  readonly #memory: StaticMemory
  readonly #kernel: WideKernel
  readonly #pairs: PairFunctions
  readonly #terms = new Map<string, number>()
  readonly #wideSizes = new Map<string, number>()

  constructor(code: Code, memory: StaticMemory, kernel: WideKernel, pairs: PairFunctions) {
    this.#code = code
    this.#memory = memory
    this.#kernel = kernel
    this.#pairs = pairs
  }

  /** Room for so many pairs, one behind the other. */
  pairs(count: number): readonly Place[] {
    const address = this.#memory.reserve(count * this.#kernel.pairSize)
    return Array.from({ length: count }, (_, index) => fixed(address + index * this.#kernel.pairSize))
  }

  /** Room for so many wide sums, one behind the other. */
  wides(count: number): readonly Place[] {
    const address = this.#memory.reserve(count * this.#kernel.wideSize)
    return Array.from({ length: count }, (_, index) => fixed(address + index * this.#kernel.wideSize))
  }

  /** The pairs from an address in a local on. */
  pairsAt(base: Local, count: number): readonly Place[] {
    return Array.from({ length: count }, (_, index) => ({ base, offset: index * this.#kernel.pairSize }))
  }

  /** The wide sums from an address in a local on. */
  widesAt(base: Local, count: number): readonly Place[] {
    return Array.from({ length: count }, (_, index) => ({ base, offset: index * this.#kernel.wideSize }))
  }

  /** Says of a parameter how many terms it has; 1 where nothing is said. */
  declareTerms(place: Place, terms: number): void {
    this.#terms.set(keyOf(place), terms)
  }

  add(destination: Place, a: Place, b: Place): void {
    this.#call(this.#pairs.add, destination, a, b)
    this.#terms.set(keyOf(destination), this.#termsOf(a) + this.#termsOf(b))
  }

  subtract(destination: Place, a: Place, b: Place): void {
    this.#call(this.#pairs.subtract, destination, a, b)
    this.#terms.set(keyOf(destination), this.#termsOf(a) + this.#termsOf(b))
  }

  negate(destination: Place, a: Place): void {
    this.#call(this.#pairs.negate, destination, a)
    this.#terms.set(keyOf(destination), this.#termsOf(a))
  }

  copy(destination: Place, a: Place): void {
    for (let offset = 0; offset < this.#kernel.pairSize; offset += 16) {
      this.#push(destination)
      this.#push(a).memory('v128.load', offset).memory('v128.store', offset)
    }
    this.#terms.set(keyOf(destination), this.#termsOf(a))
  }

  timesXi(destination: Place, a: Place): void {
    this.#call(this.#pairs.timesXi, destination, a)
    this.#terms.set(keyOf(destination), 2 * this.#termsOf(a))
  }

  carry(destination: Place, a: Place): void {
    this.#call(this.#pairs.carry, destination, a)
    this.#terms.set(keyOf(destination), carriedTerms)
  }

  multiply(wide: Place, a: Place, b: Place): void {
    this.#product(wide, this.#termsOf(a) * this.#termsOf(b))
    this.#call(this.#kernel.multiply, wide, a, b)
  }

  square(wide: Place, a: Place): void {
    this.#product(wide, (2 * this.#termsOf(a)) ** 2)
    this.#call(this.#kernel.square, wide, a)
  }

  multiplyLanes(wide: Place, a: Place, b: Place): void {
    this.#product(wide, this.#termsOf(a) * this.#termsOf(b))
    this.#call(this.#kernel.multiplyLanes, wide, a, b)
  }

  /** Reduces wide sums, one behind the other, to pairs, one behind the other. */
  reduce(destinations: readonly Place[], wides: readonly Place[]): void {
    const { reduce, reduce2, reduce3, pairSize, wideSize } = this.#kernel
    expectRow(destinations, pairSize)
    expectRow(wides, wideSize)
    for (let start = 0; start < destinations.length; ) {
      const left = destinations.length - start
      // Four are two and two: one alone waits for itself.
      const size = left === 4 ? 2 : Math.min(left, 3)
      const target = size === 3 ? reduce3 : size === 2 ? reduce2 : reduce
      this.#call(target, destinations[start]!, wides[start]!)
      start += size
    }
    for (const destination of destinations) this.#terms.set(keyOf(destination), 1)
  }

  /** A call of another function of this kind, which must not write pairs that had more than one term before. */
  call(target: FunctionReference, ...places: readonly Place[]): void {
    this.#call(target, ...places)
  }

  /** Writes a sum of wide sums. The destination may be one of them. */
  sum(destination: Place, parts: readonly WidePart[]): void {
    this.#expectSize(destination, parts)
    const code = this.#code
    const [total, turned] = code.locals('v128', 2) as [Local, Local]
    const columns = this.#kernel.wideSize / 16
    const multiples = new Map<WidePart, Local>()
    const inner = parts.filter(({ xi }) => xi === true)
    const outer = parts.filter(({ xi }) => xi !== true)
    for (let column = 0; column < columns; column++) {
      let started = this.#addParts(inner, column, total, false, multiples)
      if (started) {
        // (t0 − t1, t1 + t0)
        code.get(total).op('i64x2.neg').get(total).shuffle64(1, 2).set(turned)
        code.get(total).get(turned).op('i64x2.add').set(total)
      }
      started = this.#addParts(outer, column, total, started, multiples)
      this.#push(destination)
      code.get(total).memory('v128.store', 16 * column)
    }
  }

  #addParts(parts: readonly WidePart[], column: number, total: Local, started: boolean, multiples: Map<WidePart, Local>): boolean {
    const code = this.#code
    const half = this.#kernel.wideSize / 32
    let hasTotal = started
    for (const each of parts) {
      const { wide, times } = each
      if (wide === undefined) {
        if (column < half) continue
        const multiple = multiples.get(each) ?? this.#multipleOfModulus(each)
        multiples.set(each, multiple)
        this.#pushLimbAsInteger(each, multiple, column - half)
        if (hasTotal) code.get(total).op('i64x2.add')
        code.set(total)
        hasTotal = true
        continue
      }
      this.#push(wide).memory('v128.load', 16 * column)
      this.#timesOnStack(Math.abs(times))
      if (hasTotal) {
        if (times > 0) code.get(total).op('i64x2.add')
        else {
          const subtrahend = code.local('v128')
          code.set(subtrahend).get(total).get(subtrahend).op('i64x2.sub')
        }
      } else if (times < 0) code.op('i64x2.neg')
      code.set(total)
      hasTotal = true
    }
    return hasTotal
  }

  /**
   * How many times the modulus fits into a pair taken so often, to the nearest. The reduction does not make a part smaller that stands for itself times R;
   * without this, squaring again and again would double it again and again.
   */
  #multipleOfModulus({ pair, times }: WidePart): Local {
    const code = this.#code
    const top = this.#kernel.modulusLimbs.length - 1
    const multiple = code.local('v128')
    this.#push(pair!).memory('v128.load', 16 * top)
    this.#loadDouble(times / this.#kernel.modulusLimbs[top]!)
    code.op('f64x2.mul').op('f64x2.nearest').set(multiple)
    return multiple
  }

  #pushLimbAsInteger({ pair, times }: WidePart, multiple: Local, limb: number): void {
    const code = this.#code
    const magic = 1.5 * 2 ** 52
    code.get(multiple)
    this.#loadDouble(-this.#kernel.modulusLimbs[limb]!)
    this.#push(pair!).memory('v128.load', 16 * limb)
    this.#loadDouble(times)
    code.op('f64x2.mul').op('f64x2.relaxed_madd')
    this.#loadDouble(magic)
    code.op('f64x2.add')
    code
      .i32(0)
      .memory('v128.load', this.#memory.integers(new BigUint64Array(Float64Array.of(magic).buffer)[0]!))
      .op('i64x2.sub')
  }

  #loadDouble(value: number): void {
    this.#code.i32(0).memory('v128.load', this.#memory.doubles(value))
  }

  #timesOnStack(times: number): void {
    const code = this.#code
    if (times % 3 === 0) {
      const once = code.local('v128')
      code.tee(once).get(once).get(once).op('i64x2.add').op('i64x2.add')
    }
    const shift = Math.log2(times % 3 === 0 ? times / 3 : times)
    if (!Number.isInteger(shift)) throw new TypeError('wide sum: expected 1 or 3 times a power of two')
    if (shift > 0) code.i32(shift).op('i64x2.shl')
  }

  #product(wide: Place, factors: number): void {
    if (factors > factorLimit) throw new TypeError(`product: ${factors} terms do not fit, expected at most ${factorLimit}`)
    this.#wideSizes.set(keyOf(wide), wideSizeOfProduct(factors))
  }

  #expectSize(destination: Place, parts: readonly WidePart[]): void {
    const sizeOf = ({ wide, times, xi }: WidePart) =>
      Math.abs(times) * (xi === true ? 2 : 1) * (wide === undefined ? 1 : (this.#wideSizes.get(keyOf(wide)) ?? passedWideSize))
    const size = parts.reduce((sum, each) => sum + sizeOf(each), 0)
    const limit = destination.base === undefined ? wideLimit : passedWideSize
    if (size > limit) throw new TypeError(`wide sum: ${size} does not fit, expected at most ${limit}`)
    this.#wideSizes.set(keyOf(destination), size)
  }

  #termsOf(place: Place): number {
    return this.#terms.get(keyOf(place)) ?? 1
  }

  #call(target: FunctionReference, ...places: readonly Place[]): void {
    for (const place of places) this.#push(place)
    this.#code.call(target)
  }

  #push({ base, offset }: Place): Code {
    const code = this.#code
    if (base === undefined) return code.i32(offset)
    code.get(base)
    return offset === 0 ? code : code.i32(offset).op('i32.add')
  }
}

function keyOf({ base, offset }: Place): string {
  return `${base?.index ?? 'fixed'} ${offset}`
}

function expectRow(places: readonly Place[], size: number): void {
  const first = places[0]!
  if (places.some(({ base, offset }, index) => base !== first.base || offset !== first.offset + index * size))
    throw new TypeError('reduce: expected places one behind the other')
}
