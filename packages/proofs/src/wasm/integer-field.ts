import type { WasmModule } from './assembler.ts'
import type { Code, FunctionReference, Local } from './code.ts'
import { at, type Field, fixed, type Place, type Term } from './field.ts'
import type { FieldParameters } from './field-parameters.ts'
import { invertOdd } from './invert-odd.ts'
import type { StaticMemory } from './static-memory.ts'

/*
 * Limbs are integers of 30 bits, stored in 32 and computed with in 64; a pair is one element behind the other. Elements are always
 * below the modulus.
 */

const limbBits = 30
const limbMask = (1n << 30n) - 1n

/** Products of two limbs that a column takes before it would pass 2⁶⁴, with room for a carry. */
const productsPerColumn = 15

/** Emits the functions of a field whose limbs are integers: for engines and processors without fused multiply-add. */
export function emitIntegerField(module: WasmModule, memory: StaticMemory, parameters: FieldParameters): Field {
  return new IntegerField(module, memory, parameters)
}

class IntegerField implements Field {
  readonly parameters: FieldParameters
  readonly elementSize: number
  readonly pairSize: number
  readonly weightLimit = Number.POSITIVE_INFINITY
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
  readonly #modulusLimbs: readonly bigint[]
  readonly #negateOne: FunctionReference

  constructor(module: WasmModule, memory: StaticMemory, parameters: FieldParameters) {
    const { name, modulus, byteSize } = parameters
    this.parameters = parameters
    this.#memory = memory
    this.#count = Math.ceil((byteSize * 8) / limbBits)
    // As in the vector form, so that nothing outside depends on which of the two is in use.
    this.elementSize = parameters.limbCount * 8
    this.pairSize = this.elementSize * 2
    this.#modulusLimbs = this.#limbs(modulus)
    const size = this.elementSize

    const two = ['i32', 'i32'] as const
    const three = ['i32', 'i32', 'i32'] as const
    const five = ['i32', 'i32', 'i32', 'i32', 'i32'] as const
    const forBothLanes = (operation: string, one: FunctionReference): FunctionReference =>
      module.function(`${name}.${operation}`, one.parameters, [], (code, parameters) => {
        for (const offset of [0, size]) {
          for (const parameter of parameters) code.get(parameter).i32(offset).op('i32.add')
          code.call(one)
        }
      })

    const multiplyOne = module.function(`${name}.multiplyOne`, three, [], (code, [d, a, b]) => {
      this.#emitProductsOfOne(code, at(d), [{ first: at(a), second: at(b) }])
    })
    this.multiply = forBothLanes('multiply', multiplyOne)
    this.square = module.function(`${name}.square`, two, [], (code, [d, a]) => {
      code.get(d).get(a).get(a).call(this.multiply)
    })
    const addOne = module.function(`${name}.addOne`, three, [], (code, [d, a, b]) => {
      const limbs = this.#loadLimbs(code, at(a))
      limbs.forEach((limb, index) => {
        code.get(limb)
        loadLimb(code, at(b), index)
        code.op('i64.add').set(limb)
      })
      this.#emitReduced(code, at(d), limbs)
    })
    this.add = forBothLanes('add', addOne)
    const subtractOne = module.function(`${name}.subtractOne`, three, [], (code, [d, a, b]) => {
      const limbs = this.#loadLimbs(code, at(a))
      limbs.forEach((limb, index) => {
        code.get(limb)
        loadLimb(code, at(b), index)
        code
          .op('i64.sub')
          .i64(this.#modulusLimbs[index] ?? 0n)
          .op('i64.add')
          .set(limb)
      })
      this.#emitReduced(code, at(d), limbs)
    })
    this.subtract = forBothLanes('subtract', subtractOne)
    this.#negateOne = module.function(`${name}.negateOne`, two, [], (code, [d, a]) => {
      const limbs = code.locals('i64', this.#count)
      limbs.forEach((limb, index) => {
        code.i64(this.#modulusLimbs[index] ?? 0n)
        loadLimb(code, at(a), index)
        code.op('i64.sub').set(limb)
      })
      this.#emitReduced(code, at(d), limbs)
    })
    this.negate = forBothLanes('negate', this.#negateOne)
    this.normalize = module.function(`${name}.normalize`, two, [], (code, [d, a]) => {
      code.get(d).get(a).i32(this.pairSize).memoryCopy()
    })
    this.difference = this.subtract
    this.differenceOfThree = module.function(`${name}.differenceOfThree`, ['i32', 'i32', 'i32', 'i32'], [], (code, [d, a, b, c]) => {
      const between = memory.reserve(this.pairSize)
      code.i32(between).get(a).get(b).call(this.subtract)
      code.get(d).i32(between).get(c).call(this.subtract)
    })
    this.negateLanes = module.function(`${name}.negateLanes`, two, [], (code, [pair, lanes]) => {
      for (const lane of [0, 1]) {
        code
          .get(lanes)
          .i32(1 << lane)
          .op('i32.and')
          .if(() => {
            for (let argument = 0; argument < 2; argument++)
              code
                .get(pair)
                .i32(lane * size)
                .op('i32.add')
            code.call(this.#negateOne)
          })
      }
    })
    this.selectLanes = module.function(`${name}.selectLanes`, ['i32', 'i32', 'i32', 'i32'], [], (code, [d, a, b, lanes]) => {
      for (const lane of [0, 1]) {
        const offset = lane * size
        code.get(d).i32(offset).op('i32.add')
        code
          .get(b)
          .get(a)
          .get(lanes)
          .i32(1 << lane)
          .op('i32.and')
          .op('select')
          .i32(offset)
          .op('i32.add')
        code.i32(size).memoryCopy()
      }
    })
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

    const scratch = memory.reserve(this.pairSize)
    this.join = module.function(`${name}.join`, three, [], (code, [d, low, high]) => {
      code.i32(scratch).get(low).i32(size).memoryCopy()
      code
        .i32(scratch + size)
        .get(high)
        .i32(size)
        .memoryCopy()
      code.get(d).i32(scratch).i32(this.pairSize).memoryCopy()
    })
    this.split = module.function(`${name}.split`, three, [], (code, [pair, low, high]) => {
      code.i32(scratch).get(pair).i32(this.pairSize).memoryCopy()
      code.get(low).i32(scratch).i32(size).memoryCopy()
      code
        .get(high)
        .i32(scratch + size)
        .i32(size)
        .memoryCopy()
    })
    const isZeroOne = module.function(`${name}.isZeroOne`, ['i32'], ['i32'], (code, [a]) => {
      for (let index = 0; index < this.#count; index++) {
        loadLimb(code, at(a), index)
        if (index > 0) code.op('i64.or')
      }
      code.op('i64.eqz')
    })
    this.zeroLanes = module.function(`${name}.zeroLanes`, ['i32'], ['i32'], (code, [a]) => {
      code.get(a).call(isZeroOne)
      code.get(a).i32(size).op('i32.add').call(isZeroOne).i32(1).op('i32.shl').op('i32.or')
    })

    const radixSquared = fixed(memory.place(this.#bytes(this.#radix ** 2n % modulus)))
    const rawOne = fixed(memory.place(this.#bytes(1n)))
    const readOne = module.function(`${name}.readOne`, two, [], (code, [d, source]) => {
      for (let index = 0; index < this.#count; index++) {
        const bit = index * limbBits
        // Eight bytes hold the limb wherever it starts; near the end they start earlier.
        const byte = Math.min(Math.floor(bit / 8), byteSize - 8)
        code
          .get(d)
          .get(source)
          .memory('i64.load', byte)
          .i64(BigInt(bit - byte * 8))
          .op('i64.shr_u')
          .i64(limbMask)
          .op('i64.and')
          .memory('i64.store32', index * 4)
      }
      code.get(d).get(d).i32(radixSquared.offset).call(multiplyOne)
    })
    this.fromBytes = module.function(`${name}.fromBytes`, three, [], (code, [d, low, high]) => {
      code.i32(scratch).get(low).call(readOne)
      code
        .i32(scratch + size)
        .get(high)
        .call(readOne)
      code.get(d).i32(scratch).i32(this.pairSize).memoryCopy()
    })
    const writeOne = module.function(`${name}.writeOne`, two, [], (code, [a, destination]) => {
      const plain = memory.reserve(size)
      code.i32(plain).get(a).i32(rawOne.offset).call(multiplyOne)
      for (let word = 0; word < byteSize / 8; word++) {
        code.get(destination)
        let pieces = 0
        for (let index = 0; index < this.#count; index++) {
          const shift = index * limbBits - word * 64
          if (shift >= 64 || shift <= -limbBits) continue
          loadLimb(code, fixed(plain), index)
          if (shift > 0) code.i64(BigInt(shift)).op('i64.shl')
          if (shift < 0) code.i64(BigInt(-shift)).op('i64.shr_u')
          if (pieces > 0) code.op('i64.or')
          pieces++
        }
        code.memory('i64.store', word * 8)
      }
    })
    this.toBytes = module.function(`${name}.toBytes`, three, [], (code, [pair, low, high]) => {
      code.get(pair).get(low).call(writeOne)
      code.get(pair).i32(size).op('i32.add').get(high).call(writeOne)
    })
  }

  encode(value: bigint): Uint8Array {
    const { modulus } = this.parameters
    return this.#bytes((((value * this.#radix) % modulus) + modulus) % modulus)
  }

  encodePair(low: bigint, high: bigint = low): Uint8Array {
    const bytes = new Uint8Array(this.pairSize)
    bytes.set(this.encode(low))
    bytes.set(this.encode(high), this.elementSize)
    return bytes
  }

  emitSumOfProducts(code: Code, destination: Place, terms: readonly Term[]): void {
    for (const lane of [0, this.elementSize]) {
      const laneTerms = terms.map(({ first, second, negative }) => {
        let factor = moved(first, lane)
        if (negative === true) {
          const negated = fixed(this.#memory.reserve(this.elementSize))
          code.i32(negated.offset)
          pushAddress(code, factor)
          code.i32(factor.offset).op('i32.add').call(this.#negateOne)
          factor = negated
        }
        return { first: factor, second: moved(second, lane) }
      })
      if (lane === 0) this.#emitProductsOfOne(code, fixed(this.#laneScratch()), laneTerms)
      else this.#emitProductsOfOne(code, moved(destination, lane), laneTerms)
    }
    // The low lane is stored last: the destination may be one of the factors.
    pushAddress(code, destination)
    code.i32(destination.offset).op('i32.add').i32(this.#laneScratch()).i32(this.elementSize).memoryCopy()
  }

  #laneScratchAddress: number | undefined

  #laneScratch(): number {
    this.#laneScratchAddress ??= this.#memory.reserve(this.elementSize)
    return this.#laneScratchAddress
  }

  get #radix(): bigint {
    return 1n << BigInt(limbBits * this.#count)
  }

  /** Sum of products of single elements, reduced row by row. */
  #emitProductsOfOne(code: Code, destination: Place, terms: readonly Term[]): void {
    const count = this.#count
    const columns = code.locals('i64', count)
    const [factor, quotient] = code.locals('i64', 2) as [Local, Local]
    const inverse = -invertOdd(this.parameters.modulus, limbMask + 1n)
    // Locals start as zeros once a call, and this may be emitted into a loop.
    for (const column of columns) code.i64(0n).set(column)
    let held = 0
    for (let row = 0; row < count; row++) {
      if (held + terms.length + 1 > productsPerColumn) {
        this.#emitCarries(code, columns, 'i64.shr_u')
        held = 0
      }
      for (const term of terms) {
        loadLimb(code, term.second, row)
        code.set(factor)
        columns.forEach((column, index) => {
          code.get(column)
          loadLimb(code, term.first, index)
          code.get(factor).op('i64.mul').op('i64.add').set(column)
        })
      }
      const lowest = columns[0] as Local
      code.get(lowest).i64(BigInt.asIntN(limbBits, inverse)).op('i64.mul').i64(limbMask).op('i64.and').set(quotient)
      columns.forEach((column, index) => {
        code
          .get(column)
          .get(quotient)
          .i64(this.#modulusLimbs[index] ?? 0n)
          .op('i64.mul')
          .op('i64.add')
          .set(column)
      })
      const next = columns[1] as Local
      code.get(next).get(lowest).i64(BigInt(limbBits)).op('i64.shr_u').op('i64.add').set(next)
      code.i64(0n).set(lowest)
      columns.push(columns.shift() as Local)
      held += terms.length + 1
    }
    this.#emitReduced(code, destination, columns, 'i64.shr_u')
  }

  /** Brings every column but the last below 2³⁰. Columns of products take all 64 bits, columns of differences a sign. */
  #emitCarries(code: Code, columns: readonly Local[], shift: 'i64.shr_u' | 'i64.shr_s'): void {
    for (let index = 0; index < columns.length - 1; index++) {
      const [column, next] = [columns[index] as Local, columns[index + 1] as Local]
      code.get(next).get(column).i64(BigInt(limbBits)).op(shift).op('i64.add').set(next)
      code.get(column).i64(limbMask).op('i64.and').set(column)
    }
  }

  /** Stores a value below twice the modulus, minus the modulus where it is not less. */
  #emitReduced(code: Code, destination: Place, columns: readonly Local[], shift: 'i64.shr_u' | 'i64.shr_s' = 'i64.shr_s'): void {
    this.#emitCarries(code, columns, shift)
    const differences = code.locals('i64', columns.length)
    const borrow = code.local('i64')
    code.i64(0n).set(borrow)
    columns.forEach((column, index) => {
      const difference = differences[index] as Local
      code
        .get(column)
        .i64(this.#modulusLimbs[index] ?? 0n)
        .op('i64.sub')
        .get(borrow)
        .op('i64.add')
        .tee(difference)
      code.i64(BigInt(limbBits)).op('i64.shr_s').set(borrow)
      code.get(difference).i64(limbMask).op('i64.and').set(difference)
    })
    columns.forEach((column, index) => {
      pushAddress(code, destination)
      code.get(column)
      code.get(differences[index] as Local)
      code
        .get(borrow)
        .i64(0n)
        .op('i64.lt_s')
        .op('select')
        .memory('i64.store32', destination.offset + index * 4)
    })
  }

  #loadLimbs(code: Code, place: Place): Local[] {
    const limbs = code.locals('i64', this.#count)
    limbs.forEach((limb, index) => {
      loadLimb(code, place, index)
      code.set(limb)
    })
    return limbs
  }

  #limbs(value: bigint): bigint[] {
    return Array.from({ length: this.#count }, (_, index) => (value >> BigInt(limbBits * index)) & limbMask)
  }

  #bytes(value: bigint): Uint8Array {
    const words = new Uint32Array(this.elementSize / 4)
    words.set(this.#limbs(value).map(Number))
    return new Uint8Array(words.buffer)
  }
}

function moved(place: Place, offset: number): Place {
  return { base: place.base, offset: place.offset + offset }
}

function pushAddress(code: Code, place: Place): void {
  if (place.base === undefined) code.i32(0)
  else code.get(place.base)
}

function loadLimb(code: Code, place: Place, limb: number): void {
  pushAddress(code, place)
  code.memory('i64.load32_u', place.offset + limb * 4)
}
