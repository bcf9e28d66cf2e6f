import type { WasmModule } from './assembler.ts'
import { balancedLimbs } from './balanced-limbs.ts'
import type { Code, FunctionReference, Local } from './code.ts'
import { at, type Field, fixed, type Place, type Term } from './field.ts'
import type { FieldParameters } from './field-parameters.ts'
import { loadStreamConstants, MontgomeryStream } from './montgomery-stream.ts'
import type { StaticMemory } from './static-memory.ts'

const wordBits = 64n
const twoTo52 = 2 ** 52

/** Weights that sums may have: balanced limbs of w bits have |x·y| ≤ 2^(2w − 2), and |x·y| must stay below 2^(51 + w). */
function weightLimitOf(limbBits: number): number {
  return limbBits >= 52 ? 1 : 2 ** (53 - limbBits) - 1
}

/**
 * Emits the functions of a field whose limbs are doubles, pair by pair in a vector; products as {@link MontgomeryStream} says. Needs fused
 * multiply-add: see `has-fused-multiply-add.ts`.
 */
export function emitVectorField(module: WasmModule, memory: StaticMemory, parameters: FieldParameters): Field {
  return new VectorField(module, memory, parameters)
}

class VectorField implements Field {
  readonly parameters: FieldParameters
  readonly elementSize: number
  readonly pairSize: number
  readonly weightLimit: number
  readonly multiply: FunctionReference
  readonly square: FunctionReference
  readonly multiplyAdd: FunctionReference
  readonly multiplySubtract: FunctionReference
  readonly add: FunctionReference
  readonly subtract: FunctionReference
  readonly negate: FunctionReference
  readonly normalize: FunctionReference
  readonly difference: FunctionReference
  readonly differenceOfThree: FunctionReference
  readonly negateLanes: FunctionReference
  readonly selectLanes: FunctionReference
  readonly join: FunctionReference
  readonly split: FunctionReference
  readonly zeroLanes: FunctionReference
  readonly fromBytes: FunctionReference
  readonly toBytes: FunctionReference
  readonly #memory: StaticMemory
  readonly #count: number
  readonly #bits: bigint
  readonly #radix: bigint
  readonly #modulusLimbs: readonly bigint[]

  constructor(module: WasmModule, memory: StaticMemory, parameters: FieldParameters) {
    const { name, limbCount, limbBits, modulus } = parameters
    this.parameters = parameters
    this.elementSize = limbCount * 8
    this.pairSize = limbCount * 16
    this.weightLimit = weightLimitOf(limbBits)
    this.#memory = memory
    this.#count = limbCount
    this.#bits = BigInt(limbBits)
    this.#radix = 1n << (this.#bits * BigInt(limbCount))
    this.#modulusLimbs = balancedLimbs(modulus, limbCount, limbBits)

    const two = ['i32', 'i32'] as const
    const three = ['i32', 'i32', 'i32'] as const
    const five = ['i32', 'i32', 'i32', 'i32', 'i32'] as const
    this.multiply = module.function(`${name}.multiply`, three, [], (code, [d, a, b]) => {
      this.emitSumOfProducts(code, at(d), [{ first: at(a), second: at(b) }])
    })
    this.square = module.function(`${name}.square`, two, [], (code, [d, a]) => this.#emitSquare(code, at(d), at(a)))
    this.multiplyAdd = module.function(`${name}.multiplyAdd`, five, [], (code, [destination, a, b, c, d]) => {
      this.emitSumOfProducts(code, at(destination), [
        { first: at(a), second: at(b) },
        { first: at(c), second: at(d) },
      ])
    })
    this.multiplySubtract = module.function(`${name}.multiplySubtract`, five, [], (code, [destination, a, b, c, d]) => {
      this.emitSumOfProducts(code, at(destination), [
        { first: at(a), second: at(b) },
        { first: at(c), second: at(d), negative: true },
      ])
    })
    this.add = module.function(`${name}.add`, three, [], (code, [d, a, b]) => {
      this.#emitLimbs(code, at(d), limb => {
        loadVector(code, at(a), limb)
        loadVector(code, at(b), limb)
        code.op('f64x2.add')
      })
    })
    this.subtract = module.function(`${name}.subtract`, three, [], (code, [d, a, b]) => {
      this.#emitLimbs(code, at(d), limb => {
        loadVector(code, at(a), limb)
        loadVector(code, at(b), limb)
        code.op('f64x2.sub')
      })
    })
    this.negate = module.function(`${name}.negate`, two, [], (code, [d, a]) => {
      for (let limb = 0; limb < limbCount; limb++) {
        code.get(d)
        loadVector(code, at(a), limb)
        code.op('f64x2.neg').memory('v128.store', limb * 16)
      }
    })
    this.normalize = module.function(`${name}.normalize`, two, [], (code, [d, a]) => this.#emitReduced(code, d, [a]))
    this.difference = module.function(`${name}.difference`, three, [], (code, [d, a, b]) => this.#emitReduced(code, d, [a, b]))
    this.differenceOfThree = module.function(`${name}.differenceOfThree`, ['i32', 'i32', 'i32', 'i32'], [], (code, [d, a, b, c]) =>
      this.#emitReduced(code, d, [a, b, c]),
    )
    const signs = memory.place(new Uint8Array(Float64Array.of(1, 1, -1, 1, 1, -1, -1, -1).buffer))
    this.negateLanes = module.function(`${name}.negateLanes`, two, [], (code, [pair, lanes]) => {
      const sign = code.local('v128')
      code.get(lanes).i32(4).op('i32.shl').memory('v128.load', signs).set(sign)
      for (let limb = 0; limb < limbCount; limb++) {
        code.get(pair)
        loadVector(code, at(pair), limb)
        code
          .get(sign)
          .op('f64x2.mul')
          .memory('v128.store', limb * 16)
      }
    })
    const masks = memory.place(new Uint8Array(BigInt64Array.of(0n, 0n, -1n, 0n, 0n, -1n, -1n, -1n).buffer))
    this.selectLanes = module.function(`${name}.selectLanes`, ['i32', 'i32', 'i32', 'i32'], [], (code, [d, a, b, lanes]) => {
      const chosen = code.local('v128')
      code.get(lanes).i32(4).op('i32.shl').memory('v128.load', masks).set(chosen)
      for (let limb = 0; limb < limbCount; limb++) {
        code.get(d)
        loadVector(code, at(b), limb)
        loadVector(code, at(a), limb)
        code
          .get(chosen)
          .op('v128.bitselect')
          .memory('v128.store', limb * 16)
      }
    })
    this.join = module.function(`${name}.join`, three, [], (code, [d, low, high]) => {
      const vectors = code.locals('v128', limbCount)
      // All of it is read before any is written: the destination may overlap a source.
      vectors.forEach((vector, limb) => {
        code
          .get(high)
          .get(low)
          .memory('v128.load64_zero', limb * 8)
          .memoryLane('v128.load64_lane', 1, limb * 8)
          .set(vector)
      })
      vectors.forEach((vector, limb) => {
        code
          .get(d)
          .get(vector)
          .memory('v128.store', limb * 16)
      })
    })
    this.split = module.function(`${name}.split`, three, [], (code, [pair, low, high]) => {
      const vectors = code.locals('v128', limbCount)
      vectors.forEach((vector, limb) => {
        loadVector(code, at(pair), limb)
        code.set(vector)
      })
      vectors.forEach((vector, limb) => {
        code
          .get(low)
          .get(vector)
          .memoryLane('v128.store64_lane', 0, limb * 8)
        code
          .get(high)
          .get(vector)
          .memoryLane('v128.store64_lane', 1, limb * 8)
      })
    })

    // Times 1 that is not in Montgomery form: leaves that form, with a value between −p and p and limbs that are unique.
    const rawOne = memory.place(this.#pairOfIntegers(1n))
    const radixSquared = memory.place(this.#pairOfIntegers((this.#radix * this.#radix) % modulus))
    const scratch = memory.reserve(this.pairSize)
    this.zeroLanes = module.function(`${name}.zeroLanes`, ['i32'], ['i32'], (code, [a]) => {
      code.i32(scratch).get(a).i32(rawOne).call(this.multiply)
      for (let limb = 0; limb < limbCount; limb++) {
        loadVector(code, fixed(scratch), limb)
        if (limb > 0) code.op('v128.or')
      }
      code.i64x2(0n).op('i64x2.eq').op('i64x2.bitmask')
    })
    const readElement = module.function(`${name}.readElement`, ['i32', 'i32'], [], (code, [source, destination]) => {
      this.#emitReadElement(code, source, destination)
    })
    this.fromBytes = module.function(`${name}.fromBytes`, three, [], (code, [destination, low, high]) => {
      code.get(low).i32(scratch).call(readElement)
      code
        .get(high)
        .i32(scratch + 8)
        .call(readElement)
      code.get(destination).i32(scratch).i32(radixSquared).call(this.multiply)
    })
    const writeElement = module.function(`${name}.writeElement`, ['i32', 'i32'], [], (code, [source, destination]) => {
      this.#emitWriteElement(code, source, destination)
    })
    this.toBytes = module.function(`${name}.toBytes`, three, [], (code, [pair, low, high]) => {
      code.i32(scratch).get(pair).i32(rawOne).call(this.multiply)
      code.i32(scratch).get(low).call(writeElement)
      code
        .i32(scratch + 8)
        .get(high)
        .call(writeElement)
    })
  }

  encode(value: bigint): Uint8Array {
    return new Uint8Array(Float64Array.from(this.#montgomeryLimbs(value)).buffer)
  }

  encodePair(low: bigint, high: bigint = low): Uint8Array {
    const [lowLimbs, highLimbs] = [this.#montgomeryLimbs(low), this.#montgomeryLimbs(high)]
    return new Uint8Array(Float64Array.from(lowLimbs.flatMap((limb, index) => [limb, highLimbs[index] ?? 0])).buffer)
  }

  emitSumOfProducts(code: Code, destination: Place, terms: readonly Term[]): void {
    const [first, second] = [code.local('v128'), code.local('v128')]
    const stream = this.#stream(code)
    for (let row = 0; row < this.#count; row++) {
      for (const term of terms) {
        loadVector(code, term.second, row)
        code.set(second)
        for (let limb = 0; limb < this.#count; limb++) {
          loadVector(code, term.first, limb)
          code.set(first)
          stream.accumulate(limb, first, second, term.negative)
        }
      }
      stream.reduce()
    }
    stream.finish(destination)
  }

  #emitSquare(code: Code, destination: Place, a: Place): void {
    const [first, single, double] = [code.local('v128'), code.local('v128'), code.local('v128')]
    const stream = this.#stream(code)
    for (let row = 0; row < this.#count; row++) {
      loadVector(code, a, row)
      code.tee(single).get(single).op('f64x2.add').set(double)
      stream.accumulate(row, single, single)
      for (let limb = row + 1; limb < this.#count; limb++) {
        loadVector(code, a, limb)
        code.set(first)
        stream.accumulate(limb, first, double)
      }
      stream.reduce()
    }
    stream.finish(destination)
  }

  #stream(code: Code): MontgomeryStream {
    const { limbBits, modulus } = this.parameters
    return new MontgomeryStream(
      code,
      this.#memory,
      { limbBits, modulus, modulusLimbs: this.#modulusLimbs },
      loadStreamConstants(code, this.#memory, limbBits),
    )
  }

  /** Limb by limb a sum or difference; where there is no room for it, carried. */
  #emitLimbs(code: Code, destination: Place, emitLimb: (limb: number) => void): void {
    const { limbBits, limbCount } = this.parameters
    if (this.weightLimit > 1) {
      for (let limb = 0; limb < limbCount; limb++) {
        pushAddress(code, destination)
        emitLimb(limb)
        code.memory('v128.store', storeOffset(destination) + limb * 16)
      }
      return
    }
    const [value, rounded] = [code.local('v128'), code.local('v128')]
    const rounding = this.#memory.doubles(1.5 * 2 ** (52 + limbBits))
    for (let limb = 0; limb < limbCount; limb++) {
      emitLimb(limb)
      if (limb > 0) {
        code.get(rounded)
        this.#load(code, this.#memory.doubles(2 ** -limbBits))
        code.op('f64x2.mul').op('f64x2.add')
      }
      code.set(value)
      pushAddress(code, destination)
      code.get(value)
      if (limb < limbCount - 1) {
        code.get(value)
        this.#load(code, rounding)
        code.op('f64x2.add')
        this.#load(code, rounding)
        code.op('f64x2.sub').tee(rounded).op('f64x2.sub')
      }
      code.memory('v128.store', storeOffset(destination) + limb * 16)
    }
  }

  /** The first source minus the others, with weight 1. */
  #emitReduced(code: Code, destination: Local, [first, ...others]: readonly [Local, ...Local[]]): void {
    const { limbBits, limbCount, modulus } = this.parameters
    if (limbBits > 49) {
      // Multiples of the modulus have no room in limbs this wide: carried differences, times 1 instead.
      const between = this.#memory.reserve(this.pairSize)
      others.forEach((other, index) => {
        code.i32(between)
        if (index === 0) code.get(first)
        else code.i32(between)
        code.get(other).call(this.subtract)
      })
      code.get(destination)
      if (others.length === 0) code.get(first)
      else code.i32(between)
      code.i32(this.#memory.place(this.encodePair(1n))).call(this.multiply)
      return
    }
    const limbs = code.locals('v128', limbCount)
    limbs.forEach((value, limb) => {
      loadVector(code, at(first), limb)
      for (const other of others) {
        loadVector(code, at(other), limb)
        code.op('f64x2.sub')
      }
      code.set(value)
    })
    // The multiple of the modulus nearest to the value, by its highest limb, which is off by a few units of some 2³⁸ at most.
    const top = limbs[limbCount - 1] as Local
    const quotient = code.local('v128')
    const rounding = this.#memory.doubles(1.5 * twoTo52)
    code.get(top)
    this.#load(code, this.#memory.doubles(1 / (Number(modulus) / 2 ** (limbBits * (limbCount - 1)))))
    code.op('f64x2.mul')
    this.#load(code, rounding)
    code.op('f64x2.add')
    this.#load(code, rounding)
    code.op('f64x2.sub').set(quotient)
    limbs.forEach((value, limb) => {
      code.get(quotient)
      this.#load(code, this.#memory.doubles(Number(this.#modulusLimbs[limb])))
      code.get(value).op('f64x2.relaxed_nmadd').set(value)
    })
    // What is above each limb's width goes to the next one, all at once.
    const carries = code.locals('v128', limbCount - 1)
    const limbRounding = this.#memory.doubles(1.5 * 2 ** (52 + limbBits))
    carries.forEach((carry, limb) => {
      code.get(limbs[limb] as Local)
      this.#load(code, limbRounding)
      code.op('f64x2.add')
      this.#load(code, limbRounding)
      code.op('f64x2.sub').set(carry)
    })
    limbs.forEach((value, limb) => {
      code.get(destination)
      const [carry, carryIn] = [carries[limb], carries[limb - 1]]
      if (carryIn !== undefined) {
        code.get(carryIn)
        this.#load(code, this.#memory.doubles(2 ** -limbBits))
      }
      code.get(value)
      if (carry !== undefined) code.get(carry).op('f64x2.sub')
      if (carryIn !== undefined) code.op('f64x2.relaxed_madd')
      code.memory('v128.store', limb * 16)
    })
  }

  /** Canonical bytes at `source` as limbs in one lane of the pair at `destination`; not in Montgomery form yet. */
  #emitReadElement(code: Code, source: Local, destination: Local): void {
    const { limbBits, limbCount, byteSize } = this.parameters
    const carry = code.local('i64')
    const half = 1n << (this.#bits - 1n)
    for (let limb = 0; limb < limbCount; limb++) {
      const bit = limb * limbBits
      const word = Math.floor(bit / 64)
      const shift = bit % 64
      code.get(source).memory('i64.load', word * 8)
      if (shift > 0) code.i64(BigInt(shift)).op('i64.shr_u')
      if (shift + limbBits > 64 && word * 8 + 8 < byteSize) {
        code
          .get(source)
          .memory('i64.load', word * 8 + 8)
          .i64(wordBits - BigInt(shift))
          .op('i64.shl')
          .op('i64.or')
      }
      code
        .i64((1n << this.#bits) - 1n)
        .op('i64.and')
        .get(carry)
        .op('i64.add')
        .set(carry)
      code.get(destination)
      if (limb === limbCount - 1) code.get(carry)
      else {
        // Balanced: the limb minus 2^w where it is 2^(w−1) or more, and one carried.
        code
          .get(carry)
          .get(carry)
          .i64(half)
          .op('i64.add')
          .i64(this.#bits)
          .op('i64.shr_u')
          .tee(carry)
          .i64(this.#bits)
          .op('i64.shl')
          .op('i64.sub')
      }
      code.op('f64.convert_i64_s').memory('f64.store', limb * 16)
    }
  }

  /** Limbs in one lane of the pair at `source`, of a value between −p and p, as canonical bytes. */
  #emitWriteElement(code: Code, source: Local, destination: Local): void {
    const { limbBits, limbCount, byteSize } = this.parameters
    const limbs = code.locals('i64', limbCount)
    const carry = code.local('i64')
    const negative = code.local('i64')
    // The highest limb that is not zero decides the sign: the ones below it cannot outweigh it.
    for (let limb = limbCount - 1; limb >= 0; limb--) {
      const local = limbs[limb] as Local
      code
        .get(source)
        .memory('f64.load', limb * 16)
        .op('i64.trunc_f64_s')
        .set(local)
      code.get(local).get(negative).get(negative).op('i64.eqz').op('select').set(negative)
    }
    code.get(negative).i64(63n).op('i64.shr_s').set(negative)
    limbs.forEach((local, limb) => {
      code
        .get(local)
        .get(negative)
        .i64(this.#modulusLimbs[limb] ?? 0n)
        .op('i64.and')
        .op('i64.add')
        .get(carry)
        .op('i64.add')
        .tee(local)
      code.i64(this.#bits).op('i64.shr_s').set(carry)
      if (limb < limbCount - 1)
        code
          .get(local)
          .i64((1n << this.#bits) - 1n)
          .op('i64.and')
          .set(local)
    })
    for (let word = 0; word < byteSize / 8; word++) {
      code.get(destination)
      let pieces = 0
      limbs.forEach((local, limb) => {
        const shift = limb * limbBits - word * 64
        if (shift >= 64 || shift <= -limbBits) return
        code.get(local)
        if (shift > 0) code.i64(BigInt(shift)).op('i64.shl')
        if (shift < 0) code.i64(BigInt(-shift)).op('i64.shr_u')
        if (pieces > 0) code.op('i64.or')
        pieces++
      })
      code.memory('i64.store', word * 8)
    }
  }

  #load(code: Code, address: number): void {
    code.i32(0).memory('v128.load', address)
  }

  #montgomeryLimbs(value: bigint): number[] {
    const { modulus, limbCount } = this.parameters
    const residue = (((value * this.#radix) % modulus) + modulus) % modulus
    return balancedLimbs(residue, limbCount, this.parameters.limbBits).map(Number)
  }

  #pairOfIntegers(value: bigint): Uint8Array {
    const limbs = balancedLimbs(value, this.#count, this.parameters.limbBits).map(Number)
    return new Uint8Array(Float64Array.from(limbs.flatMap(limb => [limb, limb])).buffer)
  }
}

function pushAddress(code: Code, place: Place): void {
  if (place.base === undefined) code.i32(0)
  else code.get(place.base)
}

function storeOffset(place: Place): number {
  return place.offset
}

function loadVector(code: Code, place: Place, limb: number): void {
  pushAddress(code, place)
  code.memory('v128.load', place.offset + limb * 16)
}
