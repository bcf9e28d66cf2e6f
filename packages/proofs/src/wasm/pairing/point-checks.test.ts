import { bls12_381 } from '@noble/curves/bls12-381.js'
import { beforeAll, expect, test } from 'vitest'
import { outsideG1, outsideG2 } from '../../groth16/damage-fixture.ts'
import { isLargerG1, isLargerG2 } from '../../groth16/point-encoding.ts'
import { InputTables } from './input-tables.ts'
import { type Address, createPairingEngine, type PairingEngine } from './pairing-engine.ts'
import { PointChecks } from './point-checks.ts'

const { Fp, Fp2 } = bls12_381.fields
const G1 = bls12_381.G1.Point
const G2 = bls12_381.G2.Point
const order = G1.Fn.ORDER

let engine: PairingEngine
let checks: PointChecks
let points: Address
beforeAll(async () => {
  engine = await createPairingEngine()
  checks = new PointChecks(engine)
  points = engine.allocate(3)
})

/** Points of the whole curve, whose orders are r, small, or neither. */
function curvePointsG1() {
  const outside = G1.fromAffine(outsideG1())
  const cofactor = 0xd201000000010001n ** 2n / 3n
  return [
    G1.BASE,
    G1.BASE.multiply(77n),
    G1.fromAffine({ x: 0n, y: 2n }),
    G1.fromAffine({ x: 0n, y: Fp.ORDER - 2n }),
    outside,
    // Of an order that divides the cofactor, and of order r.
    outside.multiplyUnsafe(order - 1n).add(outside),
    outside.multiplyUnsafe(cofactor),
  ]
}

test('finds both points of G1 with an x, and tells who is in the subgroup', () => {
  const all = curvePointsG1()
  for (const [index, left] of all.entries()) {
    const right = all[(index + 3) % all.length]!
    const [low, high] = [left.toAffine(), right.toAffine()]
    const compressed = [low, high].map(({ x, y }) => ({ x, isLarger: isLargerG1(y) }))
    expect(checks.decompressG1(points, compressed[0]!, compressed[1]!)).toBe(3)
    expect(engine.readPair(engine.pairAt(points, 1))).toEqual([low.y, high.y])
    expect(checks.inSubgroupG1(points)).toBe(Number(left.isTorsionFree()) + 2 * Number(right.isTorsionFree()))
  }
  expect(all.map(point => point.isTorsionFree())).toEqual([true, true, false, false, false, false, true])
})

test('knows an x without a point, in either lane', () => {
  const good = { x: G1.BASE.toAffine().x, isLarger: false }
  const bad = { x: 1n, isLarger: false }
  expect(() => Fp.sqrt(5n)).toThrow()
  expect(checks.decompressG1(points, good, bad)).toBe(1)
  expect(checks.decompressG1(points, bad, good)).toBe(2)
  expect(checks.decompressG1(points, bad, bad)).toBe(0)
})

test('finds points of G2, and tells who is in the subgroup', () => {
  const outside = G2.fromAffine(outsideG2())
  const clear = outside.multiplyUnsafe(order - 1n).add(outside)
  const all = [G2.BASE, G2.BASE.negate(), G2.BASE.multiply(5n), outside, clear, clear.add(G2.BASE), outside.clearCofactor()]
  const [running, line] = [engine.allocate(3), engine.allocate(4)]
  for (const point of all) {
    const { x, y } = point.toAffine()
    expect(checks.decompressG2(points, { x, isLarger: isLargerG2(y) })).toBe(true)
    const [c0, c1] = engine.readPair(engine.pairAt(points, 1))
    expect({ c0, c1 }).toEqual({ ...y })
    engine.millerLoop(engine.allocate(6), [{ q: points, p: line, running }], [])
    expect(checks.inSubgroupG2(points, running)).toBe(point.isTorsionFree())
  }
  expect(all.map(point => point.isTorsionFree())).toEqual([true, true, true, false, false, false, true])
})

test('knows an x of G2 without a point, as the library does', () => {
  let found = 0
  for (let c0 = 0n; c0 < 40n; c0++) {
    for (const c1 of [0n, 1n, Fp.ORDER - 4n]) {
      const x = Fp2.create({ c0, c1 })
      const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), Fp2.create({ c0: 4n, c1: 4n }))
      const root = rootOrUndefined(square)
      expect(checks.decompressG2(points, { x, isLarger: true })).toBe(root !== undefined)
      if (root === undefined) continue
      found++
      const [y0, y1] = engine.readPair(engine.pairAt(points, 1))
      expect(Fp2.sqr(Fp2.create({ c0: y0, c1: y1 }))).toEqual(square)
      expect(isLargerG2({ c0: y0, c1: y1 })).toBe(true)
    }
  }
  expect(found).toBeGreaterThan(30)
})

test('a point of small order, whose multiples meet on the way, is not in the subgroup', () => {
  const cofactor =
    0x5d543a95414e7f1091d50792876a202cd91de4547085abaa68a205b2e5a7ddfa628f1cb4d9e82ef21537e293a6691ae1616ec6e786f0c70cf1c38e31c7238e5n
  const [running, line] = [engine.allocate(3), engine.allocate(4)]
  for (const prime of [13n, 23n]) {
    let rest = cofactor
    while (rest % prime === 0n) rest /= prime
    expect(rest).not.toBe(cofactor)
    let point = times(times(G2.fromAffine(outsideG2()), rest), order)
    while (!times(point, prime).is0()) point = times(point, prime)
    expect(point.is0()).toBe(false)
    const { x, y } = point.toAffine()
    expect(checks.decompressG2(points, { x, isLarger: isLargerG2(y) })).toBe(true)
    engine.millerLoop(engine.allocate(6), [{ q: points, p: line, running }], [])
    expect(checks.inSubgroupG2(points, running)).toBe(false)
  }
})

test('adds up multiples of points, whatever the scalars', () => {
  const bases = [1n, 2n, 3n, 1n, order - 1n].map(scalar => G1.BASE.multiply(scalar))
  const tables = new InputTables(
    engine,
    bases.map(base => base.toAffine()),
  )
  const lists = [
    [1n],
    [0n, 0n, 0n, 0n, 0n],
    [order - 1n, 1n, 2n, 0n, 0n],
    [5n, 0n, 0n, 0n, 5n],
    [1n, 1n, 1n, 1n, 1n],
    [2n ** 64n, 2n ** 128n, 2n ** 192n, 2n ** 252n, 15n],
    [order - 1n, order - 1n, order - 1n, order - 1n, order - 1n],
    [0xffff_ffff_ffff_ffffn, 0x1234567890abcdefn << 100n, 3n],
  ]
  for (const scalars of lists) {
    tables.sum(points, scalars)
    const [x, y, z] = [0, 1, 2].map(index => engine.readPair(engine.pairAt(points, index))[0]) as [bigint, bigint, bigint]
    const expected = scalars.reduce((sum, scalar, index) => sum.add(bases[index]!.multiplyUnsafe(scalar)), G1.ZERO)
    if (expected.is0()) expect(z).toBe(0n)
    else expect({ x: Fp.div(x, z), y: Fp.div(y, z) }).toEqual(expected.toAffine())
  }
})

/** Any multiple of any point of the curve. */
function times(point: typeof G2.BASE, count: bigint): typeof G2.BASE {
  let sum = G2.ZERO
  for (const bit of count.toString(2)) {
    sum = sum.double()
    if (bit === '1') sum = sum.add(point)
  }
  return sum
}

function rootOrUndefined(square: ReturnType<typeof Fp2.create>) {
  try {
    return Fp2.sqrt(square)
  } catch {
    return undefined
  }
}
