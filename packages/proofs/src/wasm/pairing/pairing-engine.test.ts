import { bls12_381 } from '@noble/curves/bls12-381.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { baseFieldParameters, baseModulus } from '../field-parameters.ts'
import { type Address, createPairingEngine, type PairingEngine } from './pairing-engine.ts'

const { Fp, Fp2, Fp12 } = bls12_381.fields
type Fp12Value = typeof Fp12.ONE

let engine: PairingEngine
let [a, b, d]: Address[] = []
beforeAll(async () => {
  engine = await createPairingEngine()
  ;[a, b, d] = [engine.allocate(6), engine.allocate(6), engine.allocate(6)]
})

/** Elements of Fp whose limbs in Montgomery form are as large as balanced limbs can be, of either sign, and other values at an edge. */
function extremes(): readonly bigint[] {
  const { limbBits, limbCount } = baseFieldParameters
  const radix = Fp.create(1n << BigInt(limbBits * limbCount))
  const half = 1n << BigInt(limbBits - 1)
  const low = (limb: (index: number) => bigint) =>
    Array.from({ length: limbCount - 1 }, (_, index) => limb(index) << BigInt(limbBits * index)).reduce((sum, part) => sum + part, 0n)
  const top = 1n << BigInt(limbBits * (limbCount - 1))
  const montgomery = [
    low(() => half - 1n),
    top + low(() => -half),
    (baseModulus / top) * top + low(() => -half),
    top + low(index => (index % 2 === 0 ? -half : half - 1n)),
    5n * top + low(index => (index % 2 === 0 ? half - 1n : -half)),
  ]
  return [0n, 1n, baseModulus - 1n, (baseModulus - 1n) / 2n, ...montgomery.map(value => Fp.div(Fp.create(value), radix))]
}

function* seededFp(seed: bigint): Generator<bigint> {
  let state = Fp.create(seed * 0x9e3779b97f4a7c15f39cc0605cedc8341082276bf3a27251n + 12345n)
  for (;;) {
    state = Fp.add(Fp.mul(Fp.sqr(state), state), 7n)
    yield state
  }
}

function fp12From(values: Iterator<bigint>): Fp12Value {
  const fp2 = () => Fp2.create({ c0: values.next().value!, c1: values.next().value! })
  const fp6 = () => ({ c0: fp2(), c1: fp2(), c2: fp2() })
  return Fp12.create({ c0: fp6(), c1: fp6() })
}

/** Random elements, and ones that are made of extremes alone. */
function cases(): readonly Fp12Value[] {
  const edges = extremes()
  const made = Array.from({ length: 24 }, (_, round) =>
    fp12From(Array.from({ length: 12 }, (_, index) => edges[(index * round + round) % edges.length]!).values()),
  )
  const same = edges.map(edge => fp12From(Array.from({ length: 12 }, () => edge).values()))
  const random = Array.from({ length: 24 }, (_, index) => fp12From(seededFp(BigInt(index))))
  return [...made, ...same, ...random]
}

function write12(address: Address, { c0, c1 }: Fp12Value): void {
  for (const [index, value] of [c0.c0, c0.c1, c0.c2, c1.c0, c1.c1, c1.c2].entries()) engine.writeFp2(engine.pairAt(address, index), value)
}

function read12(address: Address): Fp12Value {
  const [a0, a1, a2, b0, b1, b2] = Array.from({ length: 6 }, (_, index) => {
    const [c0, c1] = engine.readPair(engine.pairAt(address, index))
    return Fp2.create({ c0, c1 })
  })
  return Fp12.create({ c0: { c0: a0!, c1: a1!, c2: a2! }, c1: { c0: b0!, c1: b1!, c2: b2! } })
}

function toCyclotomic(value: Fp12Value): Fp12Value {
  const first = Fp12.div(Fp12.conjugate(value), value)
  return Fp12.mul(Fp12.frobeniusMap(first, 2), first)
}

describe('Fp12', () => {
  test('multiplies and squares as the library does, also with limbs at their limits', () => {
    const values = cases()
    for (const [index, left] of values.entries()) {
      const right = values[(index * 7 + 3) % values.length]!
      write12(a!, left)
      write12(b!, right)
      engine.wasm['fp12.multiply'](d!, a!, b!)
      expect(read12(d!)).toEqual(Fp12.mul(left, right))
      engine.wasm['fp12.square'](d!, a!)
      expect(read12(d!)).toEqual(Fp12.sqr(left))
      engine.wasm['fp12.multiply'](a!, a!, a!)
      expect(read12(a!)).toEqual(Fp12.sqr(left))
    }
  })

  test('limbs that are written as large as they may be give exact products', () => {
    const { limbBits, limbCount, modulus } = baseFieldParameters
    const half = 2 ** (limbBits - 1)
    const radix = Fp.create(1n << BigInt(limbBits * limbCount))
    for (const limb of [half, -half]) {
      const limbs = new Float64Array(engine.wasm.memory.buffer, a!, 6 * 2 * limbCount).fill(limb)
      // The top limb is as large as a value of some moduli makes it.
      for (let index = 2 * limbCount - 2; index < limbs.length; index += 2 * limbCount)
        limbs.fill(Math.sign(limb) * 2 ** 39, index, index + 2)
      const value = read12(a!)
      engine.wasm['fp12.multiply'](d!, a!, a!)
      expect(read12(d!)).toEqual(Fp12.sqr(value))
      engine.wasm['fp12.square'](d!, a!)
      expect(read12(d!)).toEqual(Fp12.sqr(value))
    }
    expect(Fp.div(radix, radix)).toBe(1n)
    expect(modulus).toBe(Fp.ORDER)
  })

  test('conjugates, raises to powers of p and inverts', () => {
    for (const value of cases()) {
      write12(a!, value)
      engine.wasm['fp12.conjugate'](d!, a!)
      expect(read12(d!)).toEqual(Fp12.conjugate(value))
      for (const power of [1, 2, 3] as const) {
        engine.wasm[`fp12.frobenius${power}`](d!, a!)
        expect(read12(d!)).toEqual(Fp12.frobeniusMap(value, power))
      }
      if (Fp12.is0(value)) continue
      engine.wasm['fp12.norm'](d!, a!)
      const [norm] = engine.readPair(d!)
      engine.writePair(b!, Fp.inv(norm))
      engine.wasm['fp12.invertFrom'](d!, a!, b!)
      expect(read12(d!)).toEqual(Fp12.inv(value))
    }
  })

  test('squares in the cyclotomic subgroup a thousand times without growing', () => {
    let value = toCyclotomic(fp12From(seededFp(99n)))
    write12(a!, value)
    for (let round = 0; round < 1000; round++) {
      engine.wasm['fp12.cyclotomicSquare'](a!, a!)
      value = Fp12._cyclotomicSquare(value)
    }
    expect(read12(a!)).toEqual(value)
    for (const one of [Fp12.ONE, toCyclotomic(cases()[3]!)]) {
      write12(a!, one)
      engine.wasm['fp12.cyclotomicSquare'](d!, a!)
      expect(read12(d!)).toEqual(Fp12.sqr(one))
    }
  })

  test('raises to the final exponent', () => {
    for (const value of cases()
      .filter(value => !Fp12.is0(value))
      .slice(-8)) {
      write12(a!, value)
      engine.finalExponentiation(d!, a!)
      expect(read12(d!)).toEqual(Fp12.finalExponentiate(value))
    }
  })
})

describe('pairing', () => {
  test('is that of the library, with lines found on the way or made ahead, for points with any Z', () => {
    const mark = engine.mark()
    for (const [round, [k, l]] of [
      [1n, 1n],
      [5n, 7n],
      [123456789n, 987654321n],
    ].entries()) {
      const left = bls12_381.G1.Point.BASE.multiply(k!)
      const right = bls12_381.G2.Point.BASE.multiply(l!)
      const [q, p, points, running] = [2, 4, 3, 3].map(pairs => engine.allocate(pairs)) as [Address, Address, Address, Address]
      const { x, y } = left.toAffine()
      const z = BigInt(round + 1)
      engine.writePair(points, 0n, Fp.mul(x, z))
      engine.writePair(engine.pairAt(points, 1), 1n, Fp.mul(y, z))
      engine.writePair(engine.pairAt(points, 2), 0n, z)
      expect(engine.writeLinePoint(p, points, 0)).toBe(false)
      expect(engine.writeLinePoint(p, points, 1)).toBe(true)
      engine.writeFp2(q, right.toAffine().x)
      engine.writeFp2(engine.pairAt(q, 1), right.toAffine().y)
      const expected = bls12_381.pairing(left, right)
      engine.millerLoop(d!, [{ q, p, running }], [])
      engine.finalExponentiation(d!, d!)
      expect(read12(d!)).toEqual(expected)
      const lines = engine.makeLines(q)
      engine.millerLoop(d!, [], [{ lines, p }])
      engine.finalExponentiation(d!, d!)
      expect(read12(d!)).toEqual(expected)
      engine.millerLoop(d!, [{ q, p, running }], [{ lines, p }])
      engine.finalExponentiation(d!, d!)
      expect(read12(d!)).toEqual(Fp12.sqr(expected))
    }
    engine.release(mark)
  })
})
