import { balancedLimbs } from './balanced-limbs.ts'
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
  readonly #reduction: ReductionConstants
  readonly #bitsOfC: bigint
  readonly #high: Local
  readonly #factor: Local
  readonly #quotient: Local
  #row = 0

  constructor(code: Code, memory: StaticMemory, shape: LimbShape, constants: StreamConstants) {
    this.#code = code
    this.#memory = memory
    this.#shape = shape
    this.#constants = constants
    this.#reduction = reductionConstants(shape)
    this.#bitsOfC = bitsOfDouble(this.#c)
    this.#columns = code.locals('v128', shape.modulusLimbs.length + 2)
    this.#biases = this.#columns.map(() => undefined)
    this.#high = code.local('v128')
    this.#factor = code.local('v128')
    this.#quotient = code.local('v128')
  }

  /** Adds x · y, or takes it away, at a column counted from the row that is being worked on. */
  accumulate(column: number, x: Local, y: Local, negative = false): void {
    const code = this.#code
    const multiplyAdd = negative ? 'f64x2.relaxed_nmadd' : 'f64x2.relaxed_madd'
    code.get(x).get(y).get(this.#constants.c).op(multiplyAdd).set(this.#high)
    code.get(x).get(y)
    // Above 51 bits c + d is no double, and d is added in a step of its own.
    if (this.#shape.limbBits <= 51) code.get(this.#constants.cd).get(this.#high).op('f64x2.sub')
    else code.get(this.#constants.c).get(this.#high).op('f64x2.sub').get(this.#constants.cd).op('f64x2.add')
    code.op(multiplyAdd)
    this.#addTo(column, bitsOfD)
    code.get(this.#high)
    this.#addTo(column + 1, this.#bitsOfC)
  }

  /**
   * Clears the lowest column and goes on to the next row. All but the last time by a multiple of N = p·m with N ≡ −1 modulo 2^w: then the quotient is the column's
   * own digit, and the lowest limb of N takes just that away. N is w bits longer than p, which the last row, with p itself, makes good.
   */
  reduce(): void {
    this.#row++
    const { modulusLimbs } = this.#shape
    const { factor, multipleLimbs } = this.#reduction
    if (this.#row === modulusLimbs.length) this.#clearByModulus(factor)
    else this.#clearByMultiple(multipleLimbs)
    this.#columns.push(this.#columns.shift() as Local)
    this.#biases.shift()
    this.#biases.push(undefined)
  }

  #clearByMultiple(multipleLimbs: readonly bigint[]): void {
    const code = this.#code
    const { limbBits } = this.#shape
    const half = 1n << BigInt(limbBits - 1)
    this.#setLowBias(0, half)
    this.#lowDigit()
    this.#load(this.#memory.doubles(twoTo52 + Number(half)))
    code.op('f64x2.sub').set(this.#quotient)
    this.#carry(half)
    this.#setLowBias(1, half)
    multipleLimbs.forEach((limb, column) => {
      if (column === 0) return
      this.#load(this.#memory.doubles(Number(limb)))
      code.set(this.#factor)
      this.accumulate(column, this.#factor, this.#quotient)
    })
  }

  #clearByModulus(factor: number): void {
    const code = this.#code
    this.#setLowBias(0, 0n)
    this.#lowDigit()
    code.set(this.#factor)
    // The digit v is read as 2^52 + v. That 2^52 · m is taken off again stands in the constant of the rounding, so the quotient is v · m modulo 2^w.
    const shifted = this.#memory.doubles(this.#c - twoTo52 * factor)
    code.get(this.#factor)
    this.#load(this.#memory.doubles(factor))
    this.#load(shifted)
    code.op('f64x2.relaxed_madd').set(this.#high)
    code.get(this.#factor)
    this.#load(this.#memory.doubles(factor))
    this.#load(shifted)
    code.get(this.#high).op('f64x2.sub').op('f64x2.relaxed_madd').set(this.#quotient)
    this.#shape.modulusLimbs.forEach((limb, column) => {
      this.#load(this.#memory.doubles(Number(limb)))
      code.set(this.#factor)
      this.accumulate(column, this.#factor, this.#quotient)
    })
    this.#carry(0n)
  }

  /** The lowest column's low bits as a double, plus 2^52; left on the stack. */
  #lowDigit(): void {
    this.#code.get(this.#columns[0] as Local)
    this.#load(this.#memory.integers((1n << BigInt(this.#shape.limbBits)) - 1n))
    this.#code.op('v128.and')
    this.#load(this.#memory.integers(bitsOfTwoTo52))
    this.#code.op('v128.or')
  }

  /** Adds to the next column what the lowest one has above its low bits, plus `rounding`. */
  #carry(rounding: bigint): void {
    const width = BigInt(this.#shape.limbBits)
    this.#code.get(this.#columns[0] as Local)
    this.#load(this.#memory.integers((1n << 63n) + rounding - (this.#biases[0] ?? 0n)))
    this.#code.op('i64x2.add').i32(this.#shape.limbBits).op('i64x2.shr_u')
    this.#addTo(1, 1n << (63n - width))
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
        this.#load(this.#memory.integers(bitsOfD - bias))
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

  /** Adds the vector on the stack to a column. `bits` is what stands in it beside the number. */
  #addTo(column: number, bits: bigint): void {
    const target = this.#columns[column] as Local
    const bias = this.#biases[column]
    if (bias !== undefined) this.#code.get(target).op('i64x2.add')
    this.#code.set(target)
    this.#biases[column] = BigInt.asUintN(64, (bias ?? 0n) + bits)
  }

  /** Makes the low bits of a column those of its number plus `bias`, where they are not. */
  #setLowBias(column: number, wanted: bigint): void {
    const bias = this.#biases[column]
    if (bias === undefined || BigInt.asUintN(this.#shape.limbBits, bias - wanted) === 0n) return
    this.#load(this.#memory.integers(wanted - bias))
    this.#addTo(column, wanted - bias)
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
const bitsOfD = bitsOfDouble(d)

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

/** m = −1/p modulo 2^w, balanced, and the balanced limbs of p·m. */
interface ReductionConstants {
  readonly factor: number
  readonly multipleLimbs: readonly bigint[]
}

function reductionConstants({ limbBits, modulus, modulusLimbs }: LimbShape): ReductionConstants {
  const factor = BigInt.asIntN(limbBits, -invertOdd(modulus, 1n << BigInt(limbBits)))
  return { factor: Number(factor), multipleLimbs: balancedLimbs(modulus * factor, modulusLimbs.length + 1, limbBits) }
}

function bitsOfDouble(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n
}
