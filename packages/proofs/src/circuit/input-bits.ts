import type { Scalar } from '../field/scalar-field.ts'

/** Bits of a range, of which the circuits find the lowest. */
const rangeBits = 32

/** The lowest bits of an integer, lowest first. */
export function bitsOf(value: bigint, count: number): Scalar[] {
  return Array.from({ length: count }, (_, bit) => (value >> BigInt(bit)) & 1n)
}

/** What a circuit is given of a number from 0 to 2³² − 1 that it is to find in that range. Of any other scalar the bits do not fit, and the circuit refuses them. */
export function rangeHint(value: Scalar): Scalar[] {
  return bitsOf(value >> 1n, rangeBits - 1)
}
