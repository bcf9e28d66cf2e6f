import { describe, expect, test } from 'vitest'
import { WasmModule } from './assembler.ts'
import type { FunctionReference } from './code.ts'
import { at } from './field.ts'
import { baseFieldParameters, type FieldParameters, scalarFieldParameters } from './field-parameters.ts'
import { hasFusedMultiplyAdd } from './has-fused-multiply-add.ts'
import { emitIntegerField } from './integer-field.ts'
import { StaticMemory } from './static-memory.ts'
import { emitVectorField } from './vector-field.ts'

const cases = Number(process.env.CASES ?? 1500)

/** A module with the field's functions exported, and a few pairs to work on. */
function harness(emit: typeof emitVectorField, parameters: FieldParameters) {
  const module = new WasmModule()
  module.defineMemory(4, { exportAs: 'memory' })
  const memory = new StaticMemory(module)
  const field = emit(module, memory, parameters)
  const operations = [
    'multiply',
    'square',
    'multiplyAdd',
    'multiplySubtract',
    'add',
    'subtract',
    'negate',
    'normalize',
    'difference',
    'differenceOfThree',
    'negateLanes',
    'selectLanes',
    'join',
    'split',
    'zeroLanes',
    'fromBytes',
    'toBytes',
  ] as const
  for (const name of operations) {
    const target: FunctionReference = field[name]
    const types = [...target.parameters]
    const wrapper = module.declare(name, types, target.results, { exported: true })
    module.define(wrapper, (code, locals) => {
      for (const local of locals) code.get(local)
      code.call(target)
    })
  }
  module.function(
    'sumOfFour',
    ['i32', 'i32', 'i32'],
    [],
    (code, [d, a, b]) => {
      const [first, second] = [at(a), at(b)]
      field.emitSumOfProducts(code, at(d), [
        { first, second },
        { first, second: first },
        { first: second, second, negative: true },
        { first, second },
      ])
    },
    { exported: true },
  )
  const pairs = Array.from({ length: 4 }, () => memory.reserve(field.pairSize)) as [number, number, number, number]
  const texts = [memory.reserve(48), memory.reserve(48)] as const
  const elements = [memory.reserve(field.elementSize), memory.reserve(field.elementSize)] as const
  const exports = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes())).exports
  const call = exports as unknown as Record<(typeof operations)[number] | 'sumOfFour', (...values: number[]) => number>
  const bytes = new Uint8Array((exports.memory as WebAssembly.Memory).buffer)
  const put = (pair: number, values: readonly bigint[]): void => {
    texts.forEach((text, lane) => {
      for (let index = 0; index < parameters.byteSize; index++)
        bytes[text + index] = Number(((values[lane] ?? 0n) >> BigInt(8 * index)) & 0xffn)
    })
    call.fromBytes(pair, ...texts)
  }
  const take = (pair: number): bigint[] => {
    call.toBytes(pair, ...texts)
    return texts.map(text => {
      let value = 0n
      for (let index = parameters.byteSize - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[text + index] ?? 0)
      return value
    })
  }
  return { field, call, bytes, pairs, elements, put, take }
}

function randomBelow(modulus: bigint): bigint {
  const words = crypto.getRandomValues(new BigUint64Array(8))
  return words.reduce((value, word) => (value << 64n) | word, 0n) % modulus
}

const kinds = [
  ['doubles', emitVectorField],
  ['integers', emitIntegerField],
] as const

describe.each(kinds)('field of %s', (_, emit) => {
  describe.each([baseFieldParameters, scalarFieldParameters])('$name', parameters => {
    const { modulus } = parameters
    const { field, call, bytes, pairs, elements, put, take } = harness(emit, parameters)
    const [a, b, c, d] = pairs
    const mod = (value: bigint): bigint => ((value % modulus) + modulus) % modulus
    const edges = [
      0n,
      1n,
      2n,
      modulus - 1n,
      modulus - 2n,
      (modulus - 1n) / 2n,
      (modulus + 1n) / 2n,
      1n << 48n,
      1n << 51n,
      modulus >> 1n,
      (1n << 250n) - 1n,
    ]
    // Numbers whose limbs in Montgomery form are as large as they get, one way or the other.
    for (const bits of [30, 49, 52]) {
      const radix = 1n << BigInt(bits)
      const repeated = (digit: bigint): bigint => Array.from({ length: 13 }, () => digit).reduce((value, next) => value * radix + next, 0n)
      for (const digit of [radix / 2n, radix / 2n - 1n, radix - 1n])
        edges.push(mod(repeated(digit)), mod(repeated(digit) * mod(1n - repeated(1n))))
    }
    const pick = (): bigint => (Math.random() < 0.3 ? (edges[Math.floor(Math.random() * edges.length)] as bigint) : randomBelow(modulus))

    test('agrees with BigInt on products, sums and sums of products', { timeout: 5000 + cases }, () => {
      for (let round = 0; round < cases; round++) {
        const [x, y, z] = [0, 1, 2].map(() => [pick(), pick()]) as [bigint[], bigint[], bigint[]]
        put(a, x)
        put(b, y)
        put(c, z)
        const both = (formula: (x: bigint, y: bigint, z: bigint) => bigint): bigint[] =>
          [0, 1].map(lane => mod(formula(x[lane] as bigint, y[lane] as bigint, z[lane] as bigint)))
        const results = [
          [() => call.multiply(d, a, b), (x: bigint, y: bigint) => x * y],
          [() => call.square(d, a), (x: bigint) => x * x],
          [() => call.add(d, a, b), (x: bigint, y: bigint) => x + y],
          [() => call.subtract(d, a, b), (x: bigint, y: bigint) => x - y],
          [() => call.negate(d, a), (x: bigint) => -x],
          [() => call.difference(d, a, b), (x: bigint, y: bigint) => x - y],
          [() => call.differenceOfThree(d, a, b, c), (x: bigint, y: bigint, z: bigint) => x - y - z],
          [() => call.normalize(d, a), (x: bigint) => x],
          [() => call.multiplyAdd(d, a, b, b, c), (x: bigint, y: bigint, z: bigint) => x * y + y * z],
          [() => call.multiplySubtract(d, a, b, c, b), (x: bigint, y: bigint, z: bigint) => x * y - z * y],
          [() => call.sumOfFour(d, a, b), (x: bigint, y: bigint) => 2n * x * y + x * x - y * y],
        ] as const
        for (const [run, formula] of results) {
          run()
          expect(take(d)).toEqual(both(formula as (x: bigint, y: bigint, z: bigint) => bigint))
        }
      }
    })

    test('takes sums up to the weight it states as factors, over and over', () => {
      const room = Math.min(field.weightLimit, 15)
      const times = Math.floor(Math.sqrt(room / 2))
      for (let round = 0; round < cases / 30; round++) {
        let [x, y] = [
          [pick(), pick()],
          [pick(), pick()],
        ] as [bigint[], bigint[]]
        put(a, x)
        put(b, y)
        for (let step = 0; step < 20; step++) {
          // d = room · a with all signs alike, times b
          call.normalize(d, a)
          call.normalize(c, a)
          for (let count = 1; count < room; count++) call.add(d, d, c)
          call.multiply(c, d, b)
          x = x.map((value, lane) => mod(value * BigInt(room) * (y[lane] as bigint)))
          expect(take(c)).toEqual(x)
          call.normalize(a, c)
          call.normalize(d, b)
          call.normalize(c, b)
          for (let count = 1; count < times; count++) call.add(d, d, c)
          call.square(b, d)
          y = y.map(value => mod((value * BigInt(Math.max(times, 1))) ** 2n))
          expect(take(b)).toEqual(y)
        }
      }
    })

    test('knows zero in each lane, whatever stands for it', () => {
      for (let round = 0; round < cases / 10; round++) {
        const [x, y] = [pick(), pick()]
        put(a, [x, y])
        expect(call.zeroLanes(a)).toBe(Number(x === 0n) + 2 * Number(y === 0n))
        put(b, [x, mod(y + 1n)])
        call.subtract(c, a, b)
        expect(call.zeroLanes(c)).toBe(1)
        put(b, [mod(-x), y])
        call.add(c, a, b)
        expect(call.zeroLanes(c) & 1).toBe(1)
        put(b, [mod(x - 1n), mod(-y)])
        call.add(c, a, b)
        expect(call.zeroLanes(c) & 2).toBe(2)
      }
    })

    test('negates and selects lane by lane', () => {
      for (const lanes of [0, 1, 2, 3]) {
        const [x, y, z] = [pick(), pick(), pick()]
        put(a, [x, y])
        put(b, [z, z])
        call.selectLanes(d, a, b, lanes)
        expect(take(d)).toEqual([lanes & 1 ? z : x, lanes & 2 ? z : y])
        call.negateLanes(a, lanes)
        expect(take(a)).toEqual([mod(lanes & 1 ? -x : x), mod(lanes & 2 ? -y : y)])
      }
    })

    test('keeps differences small, however many follow each other', () => {
      let [x, y] = [
        [pick(), pick()],
        [pick(), pick()],
      ] as [bigint[], bigint[]]
      put(a, x)
      put(b, y)
      for (let step = 0; step < cases / 10; step++) {
        call.square(c, b)
        call.differenceOfThree(d, c, a, b)
        const next = y.map((value, lane) => mod(value * value - (x[lane] as bigint) - value))
        call.difference(a, b, a)
        x = x.map((value, lane) => mod((y[lane] as bigint) - value))
        call.normalize(b, d)
        y = next
      }
      expect(take(a)).toEqual(x)
      expect(take(b)).toEqual(y)
    })

    test('joins and splits pairs, also in place, and encodes constants as it computes', () => {
      const [x, y, z] = [pick(), pick(), pick()]
      put(a, [x, y])
      put(b, [z, 1n])
      call.split(a, ...elements)
      call.join(c, elements[1], elements[0])
      expect(take(c)).toEqual([y, x])
      call.join(a, elements[0], elements[0])
      expect(take(a)).toEqual([x, x])
      bytes.set(field.encodePair(z, 1n), d)
      call.subtract(c, b, d)
      expect(call.zeroLanes(c)).toBe(3)
      bytes.set(field.encode(y), elements[0])
      bytes.set(field.encode(z), elements[1])
      call.join(d, ...elements)
      expect(take(d)).toEqual([y, z])
      // The destination as a factor
      call.multiply(d, d, d)
      call.multiplySubtract(d, b, b, d, d)
      expect(take(d)).toEqual([mod(z * z - y ** 4n), mod(1n - z ** 4n)])
    })
  })
})

describe.each([baseFieldParameters, scalarFieldParameters])('products of $name on doubles', parameters => {
  const { modulus, limbBits, limbCount } = parameters
  const width = BigInt(limbBits)
  const radix = 1n << (width * BigInt(limbCount))
  const { field, call, bytes, pairs, take } = harness(emitVectorField, parameters)
  const [a, b, c] = pairs
  const digitsOf = (value: bigint): bigint[] => {
    const digits: bigint[] = []
    for (let limb = 0, rest = value; limb < limbCount; limb++) {
      digits.push(limb === limbCount - 1 ? rest : BigInt.asIntN(limbBits, rest))
      rest = (rest - BigInt.asIntN(limbBits, rest)) >> width
    }
    return digits
  }
  const numberOf = (digits: readonly bigint[]): bigint => digits.reduceRight((value, digit) => (value << width) + digit, 0n)
  const putRaw = (pair: number, ...lanes: [readonly bigint[], readonly bigint[]]): void => {
    const limbs = lanes[0].flatMap((limb, index) => [Number(limb), Number(lanes[1][index])])
    bytes.set(new Uint8Array(Float64Array.from(limbs).buffer), pair)
  }
  const mod = (value: bigint): bigint => ((value % modulus) + modulus) % modulus
  // A product of raw numbers is a·b/R, which is read as a·b/R².
  const inverseOfRadix = ((): bigint => {
    let power = 1n
    for (const bit of (modulus - 2n).toString(2)) power = (power * power * (bit === '1' ? mod(radix) : 1n)) % modulus
    return power
  })()

  test('are right where a column lies halfway between two multiples of the radix', () => {
    const one = digitsOf(1n)
    const half = 1n << (width - 1n)
    const random = (): bigint => BigInt.asIntN(limbBits, crypto.getRandomValues(new BigUint64Array(1))[0]!)
    for (let round = 0; round < cases / 5; round++) {
      const lanes = [0, 1].map(lane => {
        // The multiple of the modulus that will be added, with digits that come from such columns.
        const quotient = Array.from({ length: limbCount }, (_, limb) =>
          (round >> limb) & 1 || Math.random() < 0.1 ? ((lane + round) % 3 === 0 ? half - 1n : -half) : random(),
        )
        return digitsOf(BigInt.asIntN(limbBits * limbCount, -numberOf(quotient) * modulus))
      }) as [bigint[], bigint[]]
      putRaw(a, ...lanes)
      putRaw(b, one, one)
      call.multiply(c, a, b)
      expect(take(c)).toEqual(lanes.map(lane => mod(numberOf(lane) * inverseOfRadix * inverseOfRadix)))
    }
  })

  test('are right for limbs at the ends of their range', () => {
    const half = 1n << (width - 1n)
    // Higher limbs are small: a number is below a few times the modulus.
    const top = modulus >> (width * BigInt(limbCount - 1))
    const ends = [-half, half - 1n, half, 0n, 1n, -1n, half / 2n]
    const end = (): bigint => ends[Math.floor(Math.random() * ends.length)]!
    const number = (): bigint[] => [...Array.from({ length: limbCount - 1 }, end), Math.random() < 0.5 ? top : -top]
    for (let round = 0; round < cases / 5; round++) {
      const [x, y] = [
        [number(), number()],
        [number(), number()],
      ] as [[bigint[], bigint[]], [bigint[], bigint[]]]
      putRaw(a, ...x)
      putRaw(b, ...y)
      call.multiply(c, a, b)
      expect(take(c)).toEqual(x.map((lane, index) => mod(numberOf(lane) * numberOf(y[index]!) * inverseOfRadix * inverseOfRadix)))
      call.square(c, a)
      expect(take(c)).toEqual(x.map(lane => mod(numberOf(lane) ** 2n * inverseOfRadix * inverseOfRadix)))
    }
    expect(field.pairSize).toBe(limbCount * 16)
  })
})

test('fused multiply-add is there where the tests run, so that both kinds of field are tested', () => {
  expect(hasFusedMultiplyAdd()).toBe(true)
})
