import type { WasmModule } from '../assembler.ts'
import type { Code, FunctionReference, Local } from '../code.ts'
import type { FieldParameters } from '../field-parameters.ts'
import { invertOdd } from '../invert-odd.ts'
import type { StaticMemory } from '../static-memory.ts'

/**
 * Products of pairs that are not reduced yet: twice as many columns, each a 64-bit integer in each lane, without carries. They are added and taken from
 * each other for the price of an addition, and one reduction ends a whole sum of products. Pairs are those of the vector field (see there how a product's two halves are got):
 * a pair is read as an element c0 + c1 · u of the quadratic extension, c0 in lane 0.
 *
 * Bounds: limbs of a reduced pair are at most 2^(w − 1) in magnitude; the sums that are multiplied may have so many terms that the product of the two counts is
 * at most {@link factorLimit}; a wide sum may have the size {@link wideLimit}.
 */
export interface WideKernel {
  readonly pairSize: number
  readonly wideSize: number
  readonly modulusLimbs: readonly number[]
  /** (wide, a, b): a · b in the extension. */
  readonly multiply: FunctionReference
  /** (wide, a): a². `a` has one term only. */
  readonly square: FunctionReference
  /** (wide, a, b): a · b in each lane. */
  readonly multiplyLanes: FunctionReference
  /** (destination, wide): one pair out of a wide sum. */
  readonly reduce: FunctionReference
  /** (destination, wide): two pairs, one behind the other. */
  readonly reduce2: FunctionReference
  /** (destination, wide): three pairs, one behind the other. */
  readonly reduce3: FunctionReference
}

/** Terms of one factor times terms of the other. 2^(2w − 2) times this must not exceed half of the rounding constant, 2^(51 + w). */
export const factorLimit = 16

/**
 * What a product adds to the size of a wide sum: a column takes sixteen high halves of 2^(w − 2) for each term times term, and as many low ones of 2^(w − 1).
 * In units of 2^(w + 2).
 */
export function wideSizeOfProduct(factors: number): number {
  return factors + 2
}

/** The size that a wide sum may have: its columns stay below 2^62, and what comes out of the reduction stays below 1.5 p. */
export const wideLimit = 512

const bitsOfTwoTo52 = 0x4330000000000000n

export function emitWideKernel(module: WasmModule, memory: StaticMemory, parameters: FieldParameters): WideKernel {
  const emitter = new WideEmitter(memory, parameters)
  const { pairSize, wideSize } = emitter
  const reduceSeveral = (name: string, count: number) =>
    module.function(name, ['i32', 'i32'], [], (code, [destination, wide]) => emitter.reduce(code, destination, wide, count))
  return {
    pairSize,
    wideSize,
    modulusLimbs: emitter.modulusLimbs,
    multiply: module.function('wide.multiply', ['i32', 'i32', 'i32'], [], (code, [wide, a, b]) => emitter.multiply(code, wide, a, b)),
    square: module.function('wide.square', ['i32', 'i32'], [], (code, [wide, a]) => emitter.square(code, wide, a)),
    multiplyLanes: module.function('wide.multiplyLanes', ['i32', 'i32', 'i32'], [], (code, [wide, a, b]) =>
      emitter.multiplyLanes(code, wide, a, b),
    ),
    reduce: reduceSeveral('wide.reduce', 1),
    reduce2: reduceSeveral('wide.reduce2', 2),
    reduce3: reduceSeveral('wide.reduce3', 3),
  }
}

/** Pushes the two factors of one product of limbs. */
type Factors = (first: number, second: number) => void

/** See `#halves`. */
interface EmitHalves {
  (push: () => void, current: Local, next: Local, first: boolean): void
  /** The constant that is added to a product to get its high half. */
  readonly rounding: Local
}

/** One of several reductions on its way. */
interface Reduction {
  readonly digits: readonly Local[]
  readonly current: Local
  readonly next: Local
}

class WideEmitter {
  readonly pairSize: number
  readonly wideSize: number
  readonly #memory: StaticMemory
  readonly #count: number
  readonly #width: number
  readonly modulusLimbs: readonly number[]
  /** (p · k + 1) / 2^w. */
  readonly #multipleLimbs: readonly number[]
  /** k = −1/p modulo 2^w. */
  readonly #inverse: number
  readonly #half: bigint
  readonly #lift = 1n << 63n
  readonly #scratch: number

  constructor(memory: StaticMemory, { limbBits, limbCount, modulus }: FieldParameters) {
    this.#memory = memory
    this.#count = limbCount
    this.#width = limbBits
    this.pairSize = limbCount * 16
    this.wideSize = limbCount * 32
    this.modulusLimbs = balancedLimbs(modulus, limbCount, limbBits)
    const inverse = BigInt.asIntN(limbBits, -invertOdd(modulus, 1n << BigInt(limbBits)))
    this.#inverse = Number(inverse)
    this.#multipleLimbs = balancedLimbs((modulus * inverse + 1n) >> BigInt(limbBits), limbCount, limbBits)
    this.#half = 1n << BigInt(limbBits - 1)
    this.#scratch = memory.reserve(2 * this.pairSize)
  }

  /** (a0 b0 − a1 b1, a0 b1 + a1 b0): a0 in both lanes times b, and a1 in both lanes times (−b1, b0). */
  multiply(code: Code, wide: Local, a: Local, b: Local): void {
    const turned = this.#scratch
    const limb = code.local('v128')
    for (let index = 0; index < this.#count; index++) {
      code
        .get(b)
        .memory('v128.load', 16 * index)
        .set(limb)
      code
        .i32(0)
        .get(limb)
        .op('f64x2.neg')
        .get(limb)
        .shuffle64(1, 2)
        .memory('v128.store', turned + 16 * index)
    }
    this.#products(code, wide, [
      (first, second) => {
        code
          .get(a)
          .memory('v128.load64_splat', 16 * first)
          .get(b)
          .memory('v128.load', 16 * second)
      },
      (first, second) => {
        code
          .get(a)
          .memory('v128.load64_splat', 16 * first + 8)
          .i32(0)
          .memory('v128.load', turned + 16 * second)
      },
    ])
  }

  /** ((a0 + a1)(a0 − a1), a0 · 2 a1). */
  square(code: Code, wide: Local, a: Local): void {
    const [left, right] = [this.#scratch, this.#scratch + this.pairSize]
    const [limb, turned, zero] = code.locals('v128', 3) as [Local, Local, Local]
    for (let index = 0; index < this.#count; index++) {
      const offset = 16 * index
      code.get(a).memory('v128.load', offset).set(limb)
      // (a1, 0): added it makes (a0 + a1, a1), taken away (a0 − a1, a1).
      code.get(limb).get(zero).shuffle64(1, 2).set(turned)
      code.i32(0).get(limb).get(turned).op('f64x2.add').get(limb).shuffle64(0, 2)
      code.memory('v128.store', left + offset)
      code.i32(0).get(limb).get(turned).op('f64x2.sub').get(limb).get(limb).op('f64x2.add').shuffle64(0, 3)
      code.memory('v128.store', right + offset)
    }
    this.#products(code, wide, [
      (first, second) => {
        code
          .i32(0)
          .memory('v128.load', left + 16 * first)
          .i32(0)
          .memory('v128.load', right + 16 * second)
      },
    ])
  }

  multiplyLanes(code: Code, wide: Local, a: Local, b: Local): void {
    this.#products(code, wide, [
      (first, second) => {
        code
          .get(a)
          .memory('v128.load', 16 * first)
          .get(b)
          .memory('v128.load', 16 * second)
      },
    ])
  }

  /** Column by column: the low halves of this column's products, and the high halves for the next one. */
  #products(code: Code, wide: Local, factors: readonly Factors[]): void {
    const count = this.#count
    const [current, next] = code.locals('v128', 2) as [Local, Local]
    const emit = this.#halves(code)
    const lows = (column: number) => factors.length * pairsIn(column, count)
    for (let column = 0; column < 2 * count; column++) {
      const start = this.#bias(lows(column), lows(column - 1))
      if (column === 0) this.#load(code, start)
      else {
        code.get(next)
        this.#load(code, start)
        code.op('i64x2.add')
      }
      code.set(current)
      let first = true
      for (const push of factors) {
        for (const [left, right] of limbPairs(column, count)) {
          emit(() => push(left, right), current, next, first)
          first = false
        }
      }
      code
        .get(wide)
        .get(current)
        .memory('v128.store', 16 * column)
    }
  }

  /**
   * Montgomery's reduction of several sums beside each other: each waits for itself at every column, and meanwhile the others go on.
   *
   * Multiples of p · k are added where p · k = −1 modulo 2^w: the quotient is then the column's own digit, with nothing to multiply, and its lowest product
   * takes the digit away, with nothing to add. Only the last quotient is for p itself, so that the result is as small as with p alone.
   */
  reduce(code: Code, destination: Local, wide: Local, several: number): void {
    const emit = this.#halves(code)
    const states = Array.from({ length: several }, () => ({
      digits: code.locals('v128', this.#count),
      current: code.local('v128'),
      next: code.local('v128'),
    }))
    for (let column = 0; column < 2 * this.#count; column++) {
      for (const [index, state] of states.entries()) {
        code.get(wide).memory('v128.load', index * this.wideSize + 16 * column)
        this.#reduceColumn(code, emit, state, column)
        if (column < this.#count) continue
        code.get(destination)
        if (column < 2 * this.#count - 1) this.#digit(code, state.current)
        else {
          code.get(state.current)
          this.#load(code, this.#memory.doubles(1.5 * 2 ** 52))
          code.op('f64x2.sub')
        }
        code.memory('v128.store', index * this.pairSize + 16 * (column - this.#count))
      }
    }
  }

  /** From a column of the sum on the stack: what the quotients so far add to it, its own quotient if it has one, and what goes over to the next column. */
  #reduceColumn(code: Code, emit: EmitHalves, { digits, current, next }: Reduction, column: number): void {
    const count = this.#count
    const isLast = column === 2 * count - 1
    const products = this.#reductionProducts(column)
    this.#load(code, this.#reductionStart(column))
    code.op('i64x2.add')
    if (column > 0) code.get(next).op('i64x2.add')
    code.set(current)
    for (const [position, [quotient, limb]] of products.entries()) {
      // The last quotient is made of all that came before its own product.
      if (quotient === column) this.#lastQuotient(code, emit, current, digits[quotient]!)
      const push = () => {
        code.get(digits[quotient]!)
        this.#load(code, this.#memory.doubles(limb))
      }
      emit(push, current, next, position === 0)
    }
    if (column < count - 1) {
      this.#digit(code, current)
      code.set(digits[column]!)
    }
    if (isLast) return
    code.get(current).i32(this.#width).op('i64x2.shr_u')
    if (products.length > 0) code.get(next).op('i64x2.add')
    code.set(next)
  }

  /** Columns are made positive before they are shifted, and what that adds is taken off the next one. The last one is not shifted: it becomes a double. */
  #reductionStart(column: number): number {
    const isLast = column === 2 * this.#count - 1
    const lift = isLast ? doubleBits(1.5 * 2 ** 52) : this.#lift + this.#half
    const before = column === 0 ? 0n : this.#lift >> BigInt(this.#width)
    return this.#bias(this.#reductionProducts(column).length, this.#reductionProducts(column - 1).length, lift - before)
  }

  /** The quotient for p itself: the column's digit times k. The bias of the product that is still to come must not be in it. */
  #lastQuotient(code: Code, { rounding }: EmitHalves, current: Local, quotient: Local): void {
    const [high, digit] = code.locals('v128', 2) as [Local, Local]
    code.get(current)
    this.#load(code, this.#memory.integers(doubleBits(1.5 * 2 ** 52)))
    code.op('i64x2.add').set(high)
    this.#digit(code, high)
    code.tee(digit)
    this.#load(code, this.#memory.doubles(this.#inverse))
    code.get(rounding).op('f64x2.relaxed_madd').set(high)
    code.get(digit)
    this.#load(code, this.#memory.doubles(this.#inverse))
    code.get(rounding).get(high).op('f64x2.sub').op('f64x2.relaxed_madd').set(quotient)
  }

  /** Quotient and limb of each product that falls into a column: 2^w · p · k from the column after the quotient's on, and p for the last quotient. */
  #reductionProducts(column: number): readonly (readonly [quotient: number, limb: number])[] {
    const last = this.#count - 1
    return [...limbPairs(column, 2 * this.#count)].flatMap(([quotient, offset]) => {
      if (quotient > last) return []
      const limb = quotient === last ? this.modulusLimbs[offset] : this.#multipleLimbs[offset - 1]
      return limb === undefined ? [] : [[quotient, limb] as const]
    })
  }

  /** The lowest digit of a lifted column, from −2^(w − 1) on, as a double. */
  #digit(code: Code, column: Local): void {
    code.get(column)
    this.#load(code, this.#memory.integers((1n << BigInt(this.#width)) - 1n))
    code.op('v128.and')
    this.#load(code, this.#memory.integers(bitsOfTwoTo52))
    code.op('v128.or')
    this.#load(code, this.#memory.doubles(2 ** 52 + Number(this.#half)))
    code.op('f64x2.sub')
  }

  /** Emits both halves of one product: the low one added to `current`, the high one to `next`, or set as that where it is the first. */
  #halves(code: Code): EmitHalves {
    const [rounding, both, high] = code.locals('v128', 3) as [Local, Local, Local]
    const c = 1.5 * 2 ** (52 + this.#width)
    this.#load(code, this.#memory.doubles(c))
    code.set(rounding)
    this.#load(code, this.#memory.doubles(c + 1.5 * 2 ** 52))
    code.set(both)
    const emit = (push: () => void, current: Local, next: Local, first: boolean): void => {
      push()
      code.get(rounding).op('f64x2.relaxed_madd').set(high)
      push()
      code.get(both).get(high).op('f64x2.sub').op('f64x2.relaxed_madd').get(current).op('i64x2.add').set(current)
      code.get(high)
      if (!first) code.get(next).op('i64x2.add')
      code.set(next)
    }
    return Object.assign(emit, { rounding })
  }

  /** What takes off the exponents' bits of so many low and high halves, plus something. */
  #bias(lows: number, highs: number, plus = 0n): number {
    const c = doubleBits(1.5 * 2 ** (52 + this.#width))
    return this.#memory.integers(plus - BigInt(lows) * doubleBits(1.5 * 2 ** 52) - BigInt(highs) * c)
  }

  #load(code: Code, address: number): void {
    code.i32(0).memory('v128.load', address)
  }
}

/** How many products of limbs fall into a column. */
function pairsIn(column: number, count: number): number {
  if (column < 0 || column > 2 * count - 2) return 0
  return Math.min(column + 1, 2 * count - 1 - column)
}

function* limbPairs(column: number, count: number): Generator<readonly [number, number]> {
  for (let left = Math.max(0, column - count + 1); left < count && left <= column; left++) yield [left, column - left]
}

function balancedLimbs(value: bigint, count: number, width: number): number[] {
  const limbs: number[] = []
  let rest = value
  for (let limb = 0; limb < count - 1; limb++) {
    const digit = BigInt.asIntN(width, rest)
    limbs.push(Number(digit))
    rest = (rest - digit) >> BigInt(width)
  }
  return [...limbs, Number(rest)]
}

function doubleBits(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0]!
}
