import { type Scalar, scalarModulus, toScalar } from './scalar-field.ts'

/** The inverse of a scalar that is not 0, by the extended Euclidean algorithm. */
export function invertScalar(scalar: Scalar): Scalar {
  if (scalar === 0n) throw new RangeError('zero has no inverse')
  let [low, high] = [scalar, scalarModulus]
  let [lowFactor, highFactor] = [1n, 0n]
  while (low !== 0n) {
    const quotient = high / low
    ;[low, high] = [high - quotient * low, low]
    ;[lowFactor, highFactor] = [highFactor - quotient * lowFactor, lowFactor]
  }
  return toScalar(highFactor)
}
