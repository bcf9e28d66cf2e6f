import { bls12_381 } from '@noble/curves/bls12-381.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { powerOf, rootOfUnity } from '../field/evaluation-domain.ts'
import { invertScalar } from '../field/invert-scalar.ts'
import { scalarModulus, scalarToBytes, toScalar } from '../field/scalar-field.ts'
import { type CurveEngine, createCurveEngine, type Group } from './engine.ts'

const { G1, G2 } = bls12_381

/** What the tests need of either of noble's point classes. */
interface ReferencePoint {
  add(other: ReferencePoint): ReferencePoint
  negate(): ReferencePoint
  multiply(scalar: bigint): ReferencePoint
  multiplyUnsafe(scalar: bigint): ReferencePoint
  toBytes(): Uint8Array
  is0(): boolean
}

const reference = {
  G1: { base: G1.Point.BASE as unknown as ReferencePoint, zero: G1.Point.ZERO as unknown as ReferencePoint, size: 48 },
  G2: { base: G2.Point.BASE as unknown as ReferencePoint, zero: G2.Point.ZERO as unknown as ReferencePoint, size: 96 },
}

function randomScalar(): bigint {
  return crypto.getRandomValues(new BigUint64Array(5)).reduce((value, word) => (value << 64n) | word, 0n) % scalarModulus
}

/** noble refuses to encode infinity where it is a computed one. */
function bytesOf(point: ReferencePoint): Uint8Array {
  if (!point.is0()) return point.toBytes()
  const { G1: first, G2: second } = reference
  return point instanceof G1.Point ? first.zero.toBytes() : second.zero.toBytes()
}

function encodeAll(points: readonly ReferencePoint[]): Uint8Array {
  return Uint8Array.from(points.flatMap(point => [...bytesOf(point)]))
}

function scalarsOf(scalars: readonly bigint[]): Uint8Array {
  return Uint8Array.from(scalars.flatMap(scalar => [...scalarToBytes(scalar)]))
}

function times(point: ReferencePoint, scalar: bigint, zero: ReferencePoint): ReferencePoint {
  return scalar === 0n ? zero : point.multiplyUnsafe(scalar)
}

describe.each(['doubles', 'integers'] as const)('curve engine on %s', kind => {
  let engine: CurveEngine
  beforeAll(async () => {
    engine = await createCurveEngine({ kind })
  })

  describe.each(['G1', 'G2'] as const)('%s', (group: Group) => {
    const { base, zero } = reference[group]
    const randomPoint = (): ReferencePoint => base.multiply(randomScalar())
    const expectedSum = (points: readonly ReferencePoint[], scalars: readonly bigint[]): Uint8Array =>
      points.reduce((sum, point, index) => sum.add(times(point, scalars[index] as bigint, zero)), zero).toBytes()
    const msm = (points: readonly ReferencePoint[], scalars: readonly bigint[]): Uint8Array => {
      const loaded = engine.load(group, encodeAll(points), { checkSubgroup: false })
      try {
        return engine.msm(loaded, scalarsOf(scalars))
      } finally {
        engine.free(loaded)
      }
    }

    test('sums random multiples as noble does', () => {
      for (const count of [1, 2, 3, 33]) {
        const points = Array.from({ length: count }, randomPoint)
        const scalars = points.map(randomScalar)
        expect(msm(points, scalars)).toEqual(expectedSum(points, scalars))
      }
    })

    test('takes scalars at the edges', () => {
      const points = Array.from({ length: 12 }, randomPoint)
      const scalars = [
        0n,
        1n,
        scalarModulus - 1n,
        2n,
        0n,
        1n,
        (1n << 254n) - 1n,
        1n << 128n,
        scalarModulus - 2n,
        0xd201000000010000n,
        1n,
        (scalarModulus + 1n) / 2n,
      ]
      expect(msm(points, scalars)).toEqual(expectedSum(points, scalars))
      expect(
        msm(
          points,
          scalars.map(() => 0n),
        ),
      ).toEqual(zero.toBytes())
      expect(
        msm(
          points,
          scalars.map(() => 1n),
        ),
      ).toEqual(
        expectedSum(
          points,
          scalars.map(() => 1n),
        ),
      )
    })

    test('sums small multiples, whose buckets have gaps', () => {
      const points = Array.from({ length: 12 }, randomPoint)
      for (const scalars of [
        [6n, 7n, 14n, 15n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n],
        [6n, 7n, 14n, 15n, 22n, 23n, 30n, 31n, 2n, 3n, 10n, 11n],
        points.map(() => randomScalar() % 64n),
        points.map(() => randomScalar() % 16n),
        points.map(() => (randomScalar() % 16n) * (1n << 130n) + (randomScalar() % 8n) * (1n << 62n)),
      ]) {
        expect(msm(points, scalars)).toEqual(expectedSum(points, scalars))
      }
    })

    test('takes equal and opposite points, and sums that are infinity on the way or in the end', () => {
      const [p, q] = [randomPoint(), randomPoint()]
      const s = randomScalar()
      expect(msm([p, p], [s, s])).toEqual(expectedSum([p, p], [s, s]))
      expect(msm([p, p.negate()], [s, s])).toEqual(zero.toBytes())
      expect(msm([p, p], [s, scalarModulus - s])).toEqual(zero.toBytes())
      expect(msm([p, p.negate(), q, q, q, q.negate()], [1n, 1n, 1n, 1n, 1n, 1n])).toEqual(expectedSum([q, q], [1n, 1n]))
      const repeated = Array.from({ length: 40 }, (_, index) => (index % 3 === 0 ? p : index % 3 === 1 ? q : p.negate()))
      const scalars = repeated.map((_, index) => (index % 4 === 0 ? s : randomScalar()))
      expect(msm(repeated, scalars)).toEqual(expectedSum(repeated, scalars))
      const same = Array.from({ length: 37 }, () => p)
      expect(
        msm(
          same,
          same.map(() => 5n),
        ),
      ).toEqual(p.multiply(185n).toBytes())
    })

    test('multiplies one base and each of many points', () => {
      const scalars = [0n, 1n, 2n, scalarModulus - 1n, randomScalar(), randomScalar(), 15n, 16n, 17n]
      const p = randomPoint()
      expect(engine.fixedBase(group, p.toBytes(), scalarsOf(scalars))).toEqual(encodeAll(scalars.map(scalar => times(p, scalar, zero))))
      const points = scalars.map(randomPoint)
      const loaded = engine.load(group, encodeAll(points))
      expect(engine.scaleEach(loaded, scalarsOf(scalars))).toEqual(
        encodeAll(points.map((point, index) => times(point, scalars[index] as bigint, zero))),
      )
      engine.free(loaded)
    })

    test('forms many sums of a few multiples', () => {
      const points = Array.from({ length: 5 }, randomPoint)
      const loaded = engine.load(group, encodeAll(points))
      const scalars = [1n, scalarModulus - 1n, randomScalar(), 0n, 7n]
      // Alone, none, several, the same twice, opposites, a zero
      const sums = [
        [[0, 2]],
        [],
        [
          [0, 0],
          [1, 1],
          [2, 2],
          [3, 4],
        ],
        [
          [4, 2],
          [4, 2],
        ],
        [
          [1, 0],
          [1, 1],
        ],
        [[2, 3]],
        [[0, 0]],
        [
          [3, 1],
          [3, 4],
        ],
      ] as const
      const columns = {
        offsets: Uint32Array.from([0, ...sums.map((_, index) => sums.slice(0, index + 1).flat().length)]),
        points: Uint32Array.from(sums.flat().map(([point]) => point)),
        scalars: Uint32Array.from(sums.flat().map(([, scalar]) => scalar)),
      }
      const expected = sums.map(terms =>
        terms.reduce((sum, [point, scalar]) => sum.add(times(points[point] as ReferencePoint, scalars[scalar] as bigint, zero)), zero),
      )
      expect(engine.combine(loaded, columns, scalarsOf(scalars))).toEqual(encodeAll(expected))
      expect(() => engine.combine(loaded, { ...columns, points: columns.points.map(point => point + 1) }, scalarsOf(scalars))).toThrow(
        'columns',
      )
      expect(() => engine.combine(loaded, columns, scalarsOf(scalars.slice(1)))).toThrow('columns')
      engine.free(loaded)
    })

    test('turns powers into the Lagrange basis', () => {
      const tau = randomScalar()
      const root = rootOfUnity(8)
      const powers = Array.from({ length: 8 }, (_, index) => powerOf(tau, BigInt(index)))
      const loaded = engine.load(group, engine.fixedBase(group, base.toBytes(), scalarsOf(powers)))
      // (τⁿ − 1) · ωʲ / (n · (τ − ωʲ))
      const values = powers.map((_, index) => {
        const point = powerOf(root, BigInt(index))
        return toScalar(((powers[7] as bigint) * tau - 1n) * point * invertScalar(toScalar(8n * (tau - point))))
      })
      expect(engine.lagrange(loaded)).toEqual(encodeAll(values.map(value => base.multiply(value))))
      engine.free(loaded)
      const same = engine.load(group, encodeAll([base, base, base, base]))
      expect(engine.lagrange(same)).toEqual(encodeAll([base, zero, zero, zero]))
      engine.free(same)
      const three = engine.load(group, encodeAll([base, base, base]))
      expect(() => engine.lagrange(three)).toThrow('power of two')
      engine.free(three)
    })

    test('sums compressed points', () => {
      const points = Array.from({ length: 5 }, randomPoint)
      expect(engine.sum(group, encodeAll(points))).toEqual(points.reduce((sum, point) => sum.add(point), zero).toBytes())
      expect(engine.sum(group, encodeAll([base, base.negate()]))).toEqual(zero.toBytes())
    })
  })
})
