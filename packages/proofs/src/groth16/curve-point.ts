import { bls12_381 } from '@noble/curves/bls12-381.js'
import { ProofError } from '../errors.ts'
import { type Fp2Element, isLargerG1, isLargerG2, readG1, readG2 } from './point-encoding.ts'

/** A point of G1, never infinity. Made by {@link parseG1}, or known to be in the group in another way. */
export interface G1Point {
  readonly x: bigint
  readonly y: bigint
}

/** A point of G2, never infinity. Made by {@link parseG2}, or known to be in the group in another way. */
export interface G2Point {
  readonly x: Fp2Element
  readonly y: Fp2Element
}

const { Fp, Fp2 } = bls12_381.fields
const G1 = bls12_381.G1.Point
const G2 = bls12_381.G2.Point

export const g1Generator: G1Point = G1.BASE.toAffine()
export const g2Generator: G2Point = G2.BASE.toAffine()

/**
 * Parses 48 bytes to a point of G1.
 *
 * @throws ProofError `ERR_PROOF_ENCODING`: not in the one encoding that a point has
 * @throws ProofError `ERR_PROOF_POINT`: infinity, not on the curve, not in the subgroup of order r
 */
export function parseG1(bytes: Uint8Array, name: string): G1Point {
  const { x, isLarger } = readG1(bytes, name)
  const y = rootOrUndefined(Fp, Fp.add(Fp.mul(Fp.sqr(x), x), 4n))
  if (y === undefined) throw offCurve(name)
  const point = G1.fromAffine({ x, y: isLargerG1(y) === isLarger ? y : Fp.neg(y) })
  if (!point.isTorsionFree()) throw outsideGroup(name)
  return point.toAffine()
}

/** Parses 96 bytes to a point of G2. Throws as {@link parseG1}. */
export function parseG2(bytes: Uint8Array, name: string): G2Point {
  const { x, isLarger } = readG2(bytes, name)
  const y = rootOrUndefined(Fp2, Fp2.add(Fp2.mul(Fp2.sqr(x), x), Fp2.create({ c0: 4n, c1: 4n })))
  if (y === undefined) throw offCurve(name)
  const point = G2.fromAffine({ x, y: isLargerG2(y) === isLarger ? y : Fp2.neg(y) })
  if (!point.isTorsionFree()) throw outsideGroup(name)
  return point.toAffine()
}

/** True if both have the same x: they are then the same point or each other's negative. */
export function isSameUpToSignG1(left: G1Point, right: G1Point): boolean {
  return left.x === right.x
}

/** As {@link isSameUpToSignG1}, for G2. */
export function isSameUpToSignG2(left: G2Point, right: G2Point): boolean {
  return left.x.c0 === right.x.c0 && left.x.c1 === right.x.c1
}

interface FieldWithRoot<Element> {
  sqrt(value: Element): Element
}

function rootOrUndefined<Element>(field: FieldWithRoot<Element>, square: Element): Element | undefined {
  try {
    return field.sqrt(square)
  } catch {
    return undefined
  }
}

function offCurve(name: string): ProofError {
  return new ProofError('ERR_PROOF_POINT', `${name}: expected a point on the curve`)
}

function outsideGroup(name: string): ProofError {
  return new ProofError('ERR_PROOF_POINT', `${name}: expected a point of the subgroup of order r`)
}
