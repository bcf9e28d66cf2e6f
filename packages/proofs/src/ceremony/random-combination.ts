import type { Scalar } from '../field/scalar-field.ts'
import { scalarsToBytes } from '../field/scalar-vector.ts'
import { g1Size, g2Size } from '../groth16/point-encoding.ts'
import { type CeremonyEngine, type Randomness, withPoints } from './ceremony-engine.ts'

/** 2⁻¹²⁸ is the chance that a row with a wrong point passes. */
const coefficientBytes = 16

/**
 * The same random combination of two rows of points. Every point is checked to be of the group.
 *
 * @throws ProofError `ERR_PROOF_POINT`
 */
export function randomCombination(
  engine: CeremonyEngine,
  group: 'G1' | 'G2',
  [low, high]: readonly [Uint8Array, Uint8Array],
  randomness: Randomness,
): { readonly low: Uint8Array; readonly high: Uint8Array } {
  const count = low.length / (group === 'G1' ? g1Size : g2Size)
  const bytes = randomness(count * coefficientBytes)
  const coefficients = scalarsToBytes(Array.from({ length: count }, (_, index) => scalarAt(bytes, index)))
  const combine = (points: Uint8Array): Uint8Array =>
    withPoints(engine, engine.load(group, points, { checkSubgroup: true }), loaded => engine.msm(loaded, coefficients))
  return { low: combine(low), high: combine(high) }
}

function scalarAt(bytes: Uint8Array, index: number): Scalar {
  let value = 0n
  for (let position = coefficientBytes - 1; position >= 0; position--)
    value = (value << 8n) | BigInt(bytes[index * coefficientBytes + position]!)
  return value
}
