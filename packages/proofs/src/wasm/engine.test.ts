import { bls12_381 } from '@noble/curves/bls12-381.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { powerOf, rootOfUnity } from '../field/evaluation-domain.ts'
import { invertScalar } from '../field/invert-scalar.ts'
import { scalarModulus, scalarToBytes, toScalar } from '../field/scalar-field.ts'
import { type CurveEngine, createCurveEngine, type Group } from './engine.ts'
import { baseModulus } from './field-parameters.ts'

const { G1, G2 } = bls12_381

type Coordinate = bigint | { readonly c0: bigint; readonly c1: bigint }

/** What the tests need of either of noble's point classes. */
interface ReferencePoint {
  add(other: ReferencePoint): ReferencePoint
  negate(): ReferencePoint
  multiply(scalar: bigint): ReferencePoint
  multiplyUnsafe(scalar: bigint): ReferencePoint
  toBytes(): Uint8Array
  toAffine(): { readonly x: Coordinate; readonly y: Coordinate }
  is0(): boolean
  double(): ReferencePoint
  isTorsionFree(): boolean
}

const reference = {
  G1: { base: G1.Point.BASE as unknown as ReferencePoint, zero: G1.Point.ZERO as unknown as ReferencePoint, size: 48 },
  G2: { base: G2.Point.BASE as unknown as ReferencePoint, zero: G2.Point.ZERO as unknown as ReferencePoint, size: 96 },
}

function randomScalar(): bigint {
  return crypto.getRandomValues(new BigUint64Array(5)).reduce((value, word) => (value << 64n) | word, 0n) % scalarModulus
}

/** Compressed; done here, for noble refuses infinity where it was computed, and points outside the subgroup. */
function bytesOf(point: ReferencePoint): Uint8Array {
  const isG1 = point instanceof G1.Point
  if (point.is0()) return reference[isG1 ? 'G1' : 'G2'].zero.toBytes()
  const { x, y } = point.toAffine()
  const parts = (coordinate: Coordinate): bigint[] => (typeof coordinate === 'bigint' ? [coordinate] : [coordinate.c1, coordinate.c0])
  const bytes = Uint8Array.from(parts(x).flatMap(part => [...bigEndian(part)]))
  const sign = parts(y).find(part => part !== 0n)! > (baseModulus - 1n) / 2n ? 0x20 : 0
  bytes[0] = bytes[0]! | 0x80 | sign
  return bytes
}

function encodeAll(points: readonly ReferencePoint[]): Uint8Array {
  return Uint8Array.from(points.flatMap(point => [...bytesOf(point)]))
}

function bigEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 48 }, (_, index) => Number((value >> BigInt(8 * (47 - index))) & 0xffn))
}

function scalarsOf(scalars: readonly bigint[]): Uint8Array {
  return Uint8Array.from(scalars.flatMap(scalar => [...scalarToBytes(scalar)]))
}

function times(point: ReferencePoint, scalar: bigint, zero: ReferencePoint): ReferencePoint {
  return scalar === 0n ? zero : point.multiplyUnsafe(scalar)
}

const cofactors = {
  G1: 0x396c8c005555e1568c00aaab0000aaabn,
  G2: 0x5d543a95414e7f1091d50792876a202cd91de4547085abaa68a205b2e5a7ddfa628f1cb4d9e82ef21537e293a6691ae1616ec6e786f0c70cf1c38e31c7238e5n,
}
const smallFactors = { G1: [3n, 121n], G2: [169n, 529n] }

/** The compressed form of x = 0, 1, 2, … and the point of the curve with that x, where there is one. */
function smallX(
  group: Group,
  count: number,
): { readonly x: number; readonly bytes: Uint8Array; readonly point: ReferencePoint | undefined }[] {
  return Array.from({ length: count }, (_, x) => {
    const bytes = new Uint8Array(reference[group].size)
    bytes[0] = 0x80
    bytes[bytes.length - 1] = x
    return { x, bytes, point: group === 'G1' ? pointAt(G1.Point, BigInt(x)) : pointAt(G2.Point, { c0: BigInt(x), c1: 0n }) }
  })
}

function pointAt<X>(
  curve: {
    readonly Fp: { sqr(x: X): X; mul(x: X, y: X): X; add(x: X, y: X): X; sqrt(x: X): X }
    CURVE(): { readonly b: X }
    fromAffine(point: { x: X; y: X }): unknown
  },
  x: X,
): ReferencePoint | undefined {
  const { Fp } = curve
  try {
    return curve.fromAffine({ x, y: Fp.sqrt(Fp.add(Fp.mul(Fp.sqr(x), x), curve.CURVE().b)) }) as ReferencePoint
  } catch {
    return undefined
  }
}

/** Multiples by numbers beyond the order of the subgroup. */
function plainMultiple(point: ReferencePoint, factor: bigint): ReferencePoint {
  let result: ReferencePoint | undefined
  for (const bit of factor.toString(2)) {
    result = result?.double()
    if (bit === '1') result = result === undefined ? point : result.add(point)
  }
  return result ?? point
}

/** Points of the longest sums. */
const cases = Number(process.env.CASES ?? 300)

describe.each(['doubles', 'integers'] as const)('curve engine on %s', kind => {
  let engine: CurveEngine
  beforeAll(async () => {
    engine = await createCurveEngine({ kind })
  })

  describe.each(['G1', 'G2'] as const)('%s', (group: Group) => {
    const { base, zero, size } = reference[group]
    // Points whose logarithm is known have sums that take noble one multiplication.
    const logarithms = new Map<ReferencePoint, bigint>()
    const randomPoint = (): ReferencePoint => {
      const logarithm = randomScalar()
      const point = base.multiply(logarithm)
      logarithms.set(point, logarithm)
      return point
    }
    const expectedSum = (points: readonly ReferencePoint[], scalars: readonly bigint[]): Uint8Array => {
      let logarithm = 0n
      let sum = zero
      points.forEach((point, index) => {
        const scalar = scalars[index] as bigint
        const known = logarithms.get(point)
        if (known === undefined) sum = sum.add(times(point, scalar, zero))
        else logarithm += known * scalar
      })
      return bytesOf(sum.add(times(base, toScalar(logarithm), zero)))
    }
    const msm = (points: readonly ReferencePoint[], scalars: readonly bigint[]): Uint8Array => {
      const loaded = engine.load(group, encodeAll(points), { checkSubgroup: false })
      try {
        return engine.msm(loaded, scalarsOf(scalars))
      } finally {
        engine.free(loaded)
      }
    }

    test('sums random multiples as noble does', () => {
      for (const count of [1, 2, 3, 70]) {
        const points = Array.from({ length: count }, randomPoint)
        const scalars = points.map(randomScalar)
        expect(msm(points, scalars)).toEqual(expectedSum(points, scalars))
      }
    })

    test('sums many multiples of many kinds: random, small, negative, none, equal points', { timeout: 5000 + cases }, () => {
      const count = cases
      const logarithmOf = Array.from({ length: count }, (_, index) => (index % 50 === 49 ? 5n : randomScalar()))
      const loaded = engine.load(group, engine.fixedBase(group, base.toBytes(), scalarsOf(logarithmOf)), { checkSubgroup: false })
      const kinds = [
        randomScalar,
        () => randomScalar() % 2n,
        () => scalarModulus - 1n - (randomScalar() % 3n),
        () => randomScalar() % 70000n,
        () => 0n,
      ]
      for (const most of [kinds.length, 1, 2]) {
        const scalars = logarithmOf.map((_, index) => kinds[index % most]!())
        const logarithm = toScalar(scalars.reduce((sum, scalar, index) => sum + scalar * logarithmOf[index]!, 0n))
        expect(engine.msm(loaded, scalarsOf(scalars))).toEqual(bytesOf(times(base, logarithm, zero)))
      }
      engine.free(loaded)
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
      const repeated = Array.from({ length: 20 }, (_, index) => (index % 3 === 0 ? p : index % 3 === 1 ? q : p.negate()))
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

    test('refuses malformed encodings', () => {
      const good = randomPoint().toBytes()
      const changed = (change: (bytes: Uint8Array) => void, source = good): Uint8Array => {
        const bytes = source.slice()
        change(bytes)
        return bytes
      }
      const wrong: [name: string, bytes: Uint8Array][] = [
        ['nothing', new Uint8Array()],
        ['one byte short', good.subarray(1)],
        ['one byte more', Uint8Array.from([...good, 0])],
        ['no flags', changed(bytes => bytes.set([bytes[0]! & 0x1f]))],
        ['flag of an uncompressed point', changed(bytes => bytes.set([bytes[0]! & 0x7f]))],
        ['infinity', zero.toBytes()],
        ['infinity with a sign', changed(bytes => bytes.set([bytes[0]! | 0x20]), zero.toBytes())],
        ['infinity with an x', changed(bytes => bytes.set([bytes[0]! | 0x40]))],
        ['zeros', changed(bytes => bytes.fill(0))],
        ['x = p', changed(bytes => bytes.set(bigEndian(baseModulus | (0x80n << 376n))))],
        ['x = p + a little', changed(bytes => bytes.set(bigEndian((baseModulus + 5n) | (0x80n << 376n))))],
        ['x of ones', changed(bytes => bytes.fill(0xff).set([0x9f]))],
        ...(group === 'G2'
          ? [['lower part of x = p', changed(bytes => bytes.set(bigEndian(baseModulus), 48))] as [string, Uint8Array]]
          : []),
      ]
      // About half of all x have no y.
      const points = smallX(group, 24)
      expect(points.filter(({ point }) => point === undefined).length).toBeGreaterThan(5)
      for (const { x, bytes, point } of points) if (point === undefined) wrong.push([`x = ${x}`, bytes])
      for (const [name, bytes] of wrong) {
        for (const checkSubgroup of [true, false]) {
          expect(() => engine.load(group, bytes, { checkSubgroup }), name).toThrow(expect.objectContaining({ code: 'ERR_PROOF_POINT' }))
        }
        // Also behind a good one, in either lane
        if (bytes.length !== size) continue
        expect(() => engine.load(group, Uint8Array.from([...good, ...bytes])), name).toThrow(
          expect.objectContaining({ code: 'ERR_PROOF_POINT' }),
        )
        expect(() => engine.load(group, Uint8Array.from([...bytes, ...good])), name).toThrow(
          expect.objectContaining({ code: 'ERR_PROOF_POINT' }),
        )
      }
      const flipped = engine.load(
        group,
        changed(bytes => bytes.set([bytes[0]! ^ 0x20])),
      )
      const loaded = engine.load(group, good)
      const [one, other] = [engine.msm(loaded, scalarsOf([1n])), engine.msm(flipped, scalarsOf([scalarModulus - 1n]))]
      expect(one).toEqual(good)
      expect(other).toEqual(good)
      for (const scalar of [scalarModulus, scalarModulus + 1n, (1n << 256n) - 1n, scalarModulus + (1n << 64n)]) {
        const bytes = Uint8Array.from({ length: 32 }, (_, index) => Number((scalar >> BigInt(8 * index)) & 0xffn))
        for (const call of [
          () => engine.msm(loaded, bytes),
          () => engine.scaleEach(loaded, bytes),
          () => engine.fixedBase(group, good, bytes),
        ]) {
          expect(call).toThrow(expect.objectContaining({ code: 'ERR_PROOF_SCALAR' }))
        }
      }
      expect(() => engine.msm(loaded, new Uint8Array(31))).toThrow(expect.objectContaining({ code: 'ERR_PROOF_SCALAR' }))
      expect(() => engine.msm(loaded, new Uint8Array(64))).toThrow(expect.objectContaining({ code: 'ERR_PROOF_SCALAR' }))
      engine.free(loaded)
      engine.free(flipped)
      expect(() => engine.msm(loaded, new Uint8Array(32))).toThrow(TypeError)
    })

    test('refuses points of the curve outside the subgroup, of large and small order', () => {
      const outside = smallX(group, 8).flatMap(({ point }) => (point === undefined || point.isTorsionFree() ? [] : [point]))
      expect(outside.length).toBeGreaterThan(1)
      // Of order 3, 11 or 13 where the cofactor has these factors
      const small = smallFactors[group].flatMap(factor =>
        outside.slice(0, 2).map(point => plainMultiple(point, (scalarModulus * cofactors[group]) / factor)),
      )
      outside.push(...small.filter(point => !point.is0()))
      expect(outside.length).toBeGreaterThan(4)
      const good = Array.from({ length: 3 }, randomPoint)
      for (const point of outside) {
        expect(() => engine.load(group, encodeAll([point]))).toThrow('subgroup')
        expect(() => engine.load(group, encodeAll([...good, point]))).toThrow('subgroup')
        engine.free(engine.load(group, encodeAll([point, ...good]), { checkSubgroup: false }))
      }
      engine.free(engine.load(group, encodeAll(good)))
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

    test('dumps points and restores them', () => {
      for (const count of [1, 2, 5]) {
        const points = Array.from({ length: count }, randomPoint)
        const scalars = points.map(randomScalar)
        const loaded = engine.load(group, encodeAll(points))
        const dump = engine.dump(loaded)
        engine.free(loaded)
        expect(dump.length).toBe(2 * encodeAll(points).length)
        const restored = engine.restore(group, dump)
        expect(engine.msm(restored, scalarsOf(scalars))).toEqual(expectedSum(points, scalars))
        engine.free(restored)
        const damaged = dump.slice()
        damaged[damaged.length - 20]! ^= 1
        expect(() => engine.restore(group, damaged)).toThrow('on the curve')
        expect(() => engine.restore(group, dump.subarray(1))).toThrow('whole number')
      }
    })

    test('sums compressed points', () => {
      const points = Array.from({ length: 5 }, randomPoint)
      expect(engine.sum(group, encodeAll(points))).toEqual(points.reduce((sum, point) => sum.add(point), zero).toBytes())
      expect(engine.sum(group, encodeAll([base, base.negate()]))).toEqual(zero.toBytes())
    })
  })
})
