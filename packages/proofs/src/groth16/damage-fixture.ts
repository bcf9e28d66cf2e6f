import { concatBytes, hexToBytes } from '@hufu/primitives'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import type { ProofErrorCode } from '../errors.ts'
import { baseModulus } from '../wasm/field-parameters.ts'
import { g1Size, writeG1, writeG2 } from './point-encoding.ts'
import { splitProof } from './proof-encoding.ts'

const { Fp, Fp2 } = bls12_381.fields
const G1 = bls12_381.G1.Point
const G2 = bls12_381.G2.Point

/** Ways to damage the encoding of one point, each with what must be said of it. */
export type PointDamage = readonly [name: string, code: ProofErrorCode, damage: (point: Uint8Array) => Uint8Array]

const compressed = 0x80
const infinity = 0x40
const larger = 0x20

const shared: readonly PointDamage[] = [
  ['the other y', 'ERR_PROOF_INVALID', point => withFirst(point, first => first ^ larger)],
  ['no compression flag', 'ERR_PROOF_ENCODING', point => withFirst(point, first => first ^ compressed)],
  ['infinity flag over a point', 'ERR_PROOF_ENCODING', point => withFirst(point, first => first | infinity)],
  ['infinity', 'ERR_PROOF_POINT', point => infinityOf(point.length)],
  ['infinity with a sign', 'ERR_PROOF_ENCODING', point => withFirst(infinityOf(point.length), first => first | larger)],
  ['infinity with a last bit', 'ERR_PROOF_ENCODING', point => withLast(infinityOf(point.length))],
  ['zeros', 'ERR_PROOF_ENCODING', point => new Uint8Array(point.length)],
]

export const g1Damages: readonly PointDamage[] = [
  ...shared,
  ['x plus the modulus', 'ERR_PROOF_ENCODING', () => encodeCoordinate(baseModulus + outsideG1().x, compressed)],
  ['x of the modulus', 'ERR_PROOF_ENCODING', () => encodeCoordinate(baseModulus, compressed)],
  ['off the curve', 'ERR_PROOF_POINT', () => encodeCoordinate(offCurveG1(), compressed)],
  ['outside the subgroup', 'ERR_PROOF_POINT', () => writeG1(outsideG1())],
  ['a point of order 3', 'ERR_PROOF_POINT', () => writeG1({ x: 0n, y: 2n })],
  ['another point of the group', 'ERR_PROOF_INVALID', point => G1.fromBytes(point).add(G1.BASE).toBytes(true)],
]

export const g2Damages: readonly PointDamage[] = [
  ...shared,
  ['c1 of the modulus', 'ERR_PROOF_ENCODING', point => concatBytes(encodeCoordinate(baseModulus, compressed), point.subarray(g1Size))],
  ['c0 of the modulus', 'ERR_PROOF_ENCODING', point => concatBytes(point.subarray(0, g1Size), encodeCoordinate(baseModulus, 0))],
  [
    'flags on c0',
    'ERR_PROOF_ENCODING',
    point =>
      concatBytes(
        point.subarray(0, g1Size),
        withFirst(point.subarray(g1Size), first => first | compressed),
      ),
  ],
  ['off the curve', 'ERR_PROOF_POINT', () => concatBytes(encodeCoordinate(0n, compressed), encodeCoordinate(offCurveG2(), 0))],
  ['outside the subgroup', 'ERR_PROOF_POINT', () => writeG2(outsideG2())],
  ['another point of the group', 'ERR_PROOF_INVALID', point => G2.fromBytes(point).add(G2.BASE).toBytes(true)],
]

/** A proof with its part A, B or C damaged, for every way there is. */
export function damagedParts(proof: Uint8Array): readonly (readonly [name: string, code: ProofErrorCode, proof: Uint8Array])[] {
  const [a, b, c] = splitProof(proof)
  return [
    ...g1Damages.map(([name, code, damage]) => [`A: ${name}`, code, concatBytes(damage(a), b, c)] as const),
    ...g2Damages.map(([name, code, damage]) => [`B: ${name}`, code, concatBytes(a, damage(b), c)] as const),
    ...g1Damages.map(([name, code, damage]) => [`C: ${name}`, code, concatBytes(a, b, damage(c))] as const),
  ]
}

/** A proof damaged as a whole. */
export function damagedWholes(proof: Uint8Array): readonly (readonly [name: string, code: ProofErrorCode, proof: Uint8Array])[] {
  const [a, b, c] = splitProof(proof)
  return [
    ['A and C swapped', 'ERR_PROOF_INVALID', concatBytes(c, b, a)],
    ['A twice', 'ERR_PROOF_INVALID', concatBytes(a, b, a)],
    ['A and C negated', 'ERR_PROOF_INVALID', concatBytes(negated(a), b, negated(c))],
    ['parts in another order', 'ERR_PROOF_ENCODING', concatBytes(a, c, b)],
    ['a byte too few', 'ERR_PROOF_ENCODING', proof.subarray(0, -1)],
    ['a byte too many', 'ERR_PROOF_ENCODING', concatBytes(proof, Uint8Array.of(0))],
    ['C missing', 'ERR_PROOF_ENCODING', concatBytes(a, b)],
    ['nothing', 'ERR_PROOF_ENCODING', new Uint8Array()],
    ['twice', 'ERR_PROOF_ENCODING', concatBytes(proof, proof)],
  ]
}

export function negated(point: Uint8Array): Uint8Array<ArrayBuffer> {
  return withFirst(point, first => first ^ larger)
}

/** x big-endian with flags. It may be any number below 2³⁸¹. */
export function encodeCoordinate(x: bigint, flags: number): Uint8Array<ArrayBuffer> {
  return withFirst(hexToBytes(x.toString(16).padStart(2 * g1Size, '0')), first => first | flags)
}

/** A point on the curve of G1 but not in its subgroup. Its x is small, so that with the modulus it still fits below the flags. */
export const outsideG1 = once(() => {
  for (let x = 5n; ; x++) {
    const y = rootOf(Fp, x ** 3n + 4n)
    if (y !== undefined && !G1.fromAffine({ x, y }).isTorsionFree()) return { x, y }
  }
})

/** A point on the curve of G2 but not in its subgroup. */
export const outsideG2 = once(() => {
  for (let c0 = 1n; ; c0++) {
    const x = Fp2.create({ c0, c1: 0n })
    const y = rootOf(Fp2, Fp2.add(Fp2.mul(Fp2.sqr(x), x), Fp2.create({ c0: 4n, c1: 4n })))
    if (y !== undefined && !G2.fromAffine({ x, y }).isTorsionFree()) return { x, y }
  }
})

const offCurveG1 = once(() => {
  for (let x = 1n; ; x++) if (rootOf(Fp, x ** 3n + 4n) === undefined) return x
})

const offCurveG2 = once(() => {
  for (let c0 = 1n; ; c0++) if (rootOf(Fp2, Fp2.create({ c0: c0 ** 3n + 4n, c1: 4n })) === undefined) return c0
})

/** Finds a value when it is first asked for, and keeps it: fuzzing asks often. */
function once<Value>(find: () => Value): () => Value {
  let found: { readonly value: Value } | undefined
  return () => {
    found ??= { value: find() }
    return found.value
  }
}

function rootOf<Element>(field: { sqrt(value: Element): Element; create(value: Element): Element }, square: Element): Element | undefined {
  try {
    return field.sqrt(field.create(square))
  } catch {
    return undefined
  }
}

function infinityOf(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  bytes[0] = compressed | infinity
  return bytes
}

function withFirst(bytes: Uint8Array, change: (first: number) => number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes)
  copy[0] = change(copy[0]!)
  return copy
}

function withLast(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes)
  copy[copy.length - 1]! ^= 1
  return copy
}
