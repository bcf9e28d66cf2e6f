import type { Code, Local } from './code.ts'
import type { Place } from './field.ts'
import { invertOdd } from './invert-odd.ts'
import type { StaticMemory } from './static-memory.ts'

/** Limbs as the stream needs them: balanced digits of the modulus, and their width. */
export interface LimbShape {
  readonly limbBits: number
  readonly modulus: bigint
  readonly modulusLimbs: readonly bigint[]
}

const twoTo52 = 2 ** 52
const bitsOfTwoTo52 = 0x4330000000000000n

/**
 * One reduced sum of products of pairs, on doubles, in the making: row by row, first what the caller adds up, then the multiple of the modulus that clears the
 * lowest column.
 *
 * With c = 1.5·2^(52+w) and d = 1.5·2^52 for limbs of w bits, a fused multiply-add gives both halves of a product exactly: hi = x·y + c rounds x·y to a
 * multiple of 2^w, whose integer stands in the low bits of hi; and lo = x·y + (c + d − hi) has the rest in its low bits. Both are added up as
 * 64-bit integers, exponents and all; what the exponents add to a column is known when this code is written (`#biases`) and taken off with
 * the carry.
 */
export class MontgomeryStream {
  readonly #code: Code
  readonly #memory: StaticMemory
  readonly #shape: LimbShape
  readonly #columns: Local[]
  readonly #biases: (bigint | undefined)[]
  readonly #constants: StreamConstants
  readonly #high: Local
  readonly #factor: Local
  readonly #quotient: Local

  constructor(code: Code, memory: StaticMemory, shape: LimbShape, constants: StreamConstants) {
    this.#code = code
    this.#memory = memory
    this.#shape = shape
    this.#constants = constants
    this.#columns = code.locals('v128', shape.modulusLimbs.length + 1)
    this.#biases = this.#columns.map(() => undefined)
    this.#high = code.local('v128')
    this.#factor = code.local('v128')
    this.#quotient = code.local('v128')
  }

  /** Adds x · y, or takes it away, at a column counted from the row that is being worked on. */
  accumulate(column: number, x: Local, y: Local, negative = false): void {
    this.#multiplyHigh(x, y, negative)
    const code = this.#code
    code.get(x).get(y)
    if (this.#together) code.get(this.#constants.cd).get(this.#high).op('f64x2.sub')
    else code.get(this.#constants.c).get(this.#high).op('f64x2.sub').get(this.#constants.cd).op('f64x2.add')
    code.op(negative ? 'f64x2.relaxed_nmadd' : 'f64x2.relaxed_madd')
    this.#addTo(column, bitsOfDouble(d))
    code.get(this.#high)
    this.#addTo(column + 1, bitsOfDouble(this.#c))
  }

  /** Clears the lowest column by a multiple of the modulus, and goes on to the next row. */
  reduce(): void {
    const code = this.#code
    const { limbBits, modulusLimbs } = this.#shape
    const width = BigInt(limbBits)
    const { factor: m, tieRounding } = reductionConstants(this.#shape)
    const lowest = this.#columns[0] as Local
    this.#removeLowBias(0)
    const bias = this.#biases[0] ?? 0n
    // As a double 2^52 + v. That 2^52 · m is taken off again stands in the constant of the rounding, so the quotient is v · m modulo 2^w.
    const shifted = this.#c - twoTo52 * m
    code.get(lowest)
    this.#load(this.#memory.integers((1n << width) - 1n))
    code.op('v128.and')
    this.#load(this.#memory.integers(bitsOfTwoTo52))
    code.op('v128.or').set(this.#factor)
    code.get(this.#factor)
    this.#load(this.#memory.doubles(m))
    this.#load(this.#memory.doubles(shifted))
    code.op('f64x2.relaxed_madd').set(this.#high)
    code.get(this.#factor)
    this.#load(this.#memory.doubles(m))
    this.#load(this.#memory.doubles(shifted))
    code.get(this.#high).op('f64x2.sub').op('f64x2.relaxed_madd').set(this.#quotient)
    // The low half of quotient · lowest limb is known without computing it: it makes the column a multiple of 2^w. So the carry need not wait.
    code.get(lowest)
    this.#load(this.#memory.integers((1n << 63n) + tieRounding - bias))
    code.op('i64x2.add').i32(limbBits).op('i64x2.shr_u')
    this.#addTo(1, 1n << (63n - width))
    this.#removeLowBias(1)
    modulusLimbs.forEach((limb, column) => {
      this.#load(this.#memory.doubles(Number(limb)))
      code.set(this.#factor)
      if (column === 0) {
        this.#multiplyHigh(this.#factor, this.#quotient, false)
        code.get(this.#high)
        this.#addTo(1, bitsOfDouble(this.#c))
      } else this.accumulate(column, this.#factor, this.#quotient)
    })
    this.#columns.push(this.#columns.shift() as Local)
    this.#biases.shift()
    this.#biases.push(undefined)
  }

  /** Stores what is left after all rows, with carries, as balanced limbs. */
  finish(destination: Place): void {
    const code = this.#code
    const { limbBits, modulusLimbs } = this.#shape
    const width = BigInt(limbBits)
    const half = 1n << (width - 1n)
    const last = modulusLimbs.length - 1
    for (let limb = 0; limb <= last; limb++) {
      const column = this.#columns[limb] as Local
      const bias = this.#biases[limb] ?? 0n
      code.get(column)
      if (limb === last) {
        this.#load(this.#memory.integers(bitsOfDouble(d) - bias))
        code.op('i64x2.add')
        this.#load(this.#memory.doubles(d))
        code.op('f64x2.sub').set(this.#high)
      } else {
        this.#load(this.#memory.integers((1n << 63n) + half - bias))
        code.op('i64x2.add').tee(column)
        this.#load(this.#memory.integers((1n << width) - 1n))
        code.op('v128.and')
        this.#load(this.#memory.integers(bitsOfTwoTo52))
        code.op('v128.or')
        this.#load(this.#memory.doubles(twoTo52 + Number(half)))
        code.op('f64x2.sub').set(this.#high)
        code.get(column).i32(limbBits).op('i64x2.shr_u')
        this.#addTo(limb + 1, 1n << (63n - width))
      }
      if (destination.base === undefined) code.i32(0)
      else code.get(destination.base)
      code.get(this.#high).memory('v128.store', destination.offset + limb * 16)
    }
  }

  get #c(): number {
    return roundingConstant(this.#shape.limbBits)
  }

  /** Above 51 bits c + d is no double, and d is added in a step of its own. */
  get #together(): boolean {
    return this.#shape.limbBits <= 51
  }

  /** high ← the high half of x · y; adding it up is left to the caller. */
  #multiplyHigh(x: Local, y: Local, negative: boolean): void {
    this.#code
      .get(x)
      .get(y)
      .get(this.#constants.c)
      .op(negative ? 'f64x2.relaxed_nmadd' : 'f64x2.relaxed_madd')
      .set(this.#high)
  }

  /** Adds the vector on the stack to a column. `bits` is what stands in it beside the number. */
  #addTo(column: number, bits: bigint): void {
    const target = this.#columns[column] as Local
    const bias = this.#biases[column]
    if (bias !== undefined) this.#code.get(target).op('i64x2.add')
    this.#code.set(target)
    this.#biases[column] = BigInt.asUintN(64, (bias ?? 0n) + bits)
  }

  /** Makes the low bits of a column those of its number, where they are not. */
  #removeLowBias(column: number): void {
    const bias = this.#biases[column]
    if (bias === undefined || BigInt.asUintN(this.#shape.limbBits, bias) === 0n) return
    this.#load(this.#memory.integers(-bias))
    this.#addTo(column, -bias)
  }

  #load(address: number): void {
    this.#code.i32(0).memory('v128.load', address)
  }
}

/** Locals that hold what all streams of a function have in common. */
export interface StreamConstants {
  readonly c: Local
  readonly cd: Local
}

const d = 1.5 * twoTo52

export function loadStreamConstants(code: Code, memory: StaticMemory, limbBits: number): StreamConstants {
  const [c, cd] = [code.local('v128'), code.local('v128')]
  const rounding = roundingConstant(limbBits)
  code.i32(0).memory('v128.load', memory.doubles(rounding)).set(c)
  code
    .i32(0)
    .memory('v128.load', memory.doubles(limbBits <= 51 ? rounding + d : d))
    .set(cd)
  return { c, cd }
}

function roundingConstant(limbBits: number): number {
  return 1.5 * 2 ** (52 + limbBits)
}

/**
 * The factor m = −1/p modulo 2^w, balanced; and what to add to a column, of number V, so that cutting off w bits gives (V + lo) / 2^w, where lo is the low half of
 * quotient · lowest limb: the number congruent to −V that is nearest to 0. Two are equally near if V is congruent to 2^(w−1). Then the
 * quotient is always the same number, and which of the two comes out is found here, with the rounding to even of the multiply-add.
 */
function reductionConstants({ limbBits, modulus, modulusLimbs }: LimbShape): { readonly factor: number; readonly tieRounding: bigint } {
  const radix = 1n << BigInt(limbBits)
  const half = radix / 2n
  const factor = BigInt.asIntN(limbBits, -invertOdd(modulus, radix))
  const quotient = lowHalfOfTie(half * factor, radix)
  const low = lowHalfOfTie(quotient * (modulusLimbs[0] as bigint), radix)
  return { factor: Number(factor), tieRounding: low > 0n ? half : half - 1n }
}

/** The rest of a product that lies halfway between two multiples of the radix, when it is rounded to the even multiple. */
function lowHalfOfTie(product: bigint, radix: bigint): bigint {
  const below = (product - radix / 2n) / radix
  const even = below % 2n === 0n ? below : below + 1n
  return product - even * radix
}

function bitsOfDouble(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n
}
