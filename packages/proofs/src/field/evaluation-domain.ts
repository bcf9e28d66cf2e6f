import { type Scalar, scalarModulus } from './scalar-field.ts'

/** r − 1 is divisible by 2 to this power: domains of up to 2³² elements exist. */
export const maxDomainPower = 32

/** The least scalar that is no square. Any would do: with this one the domains are those of snarkjs, so that keys can be compared. */
const nonResidue = 5n

/** Multiplying a domain by this gives a coset, on which the polynomial that is 0 on the domain is not 0. */
export const cosetShift: Scalar = nonResidue

/** `base` to the power of `exponent`, an integer that is not negative. */
export function powerOf(base: Scalar, exponent: bigint): Scalar {
  let [power, result] = [base, 1n]
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * power) % scalarModulus
    power = (power * power) % scalarModulus
  }
  return result
}

/** first, first·base, first·base², … */
export function powersFrom(base: Scalar, first: Scalar, count: number): Scalar[] {
  let next = first
  return Array.from({ length: count }, () => {
    const current = next
    next = (next * base) % scalarModulus
    return current
  })
}

/**
 * ω, whose powers ω⁰ … ωⁿ⁻¹ are the evaluation domain of n elements: row i of a circuit stands at ωⁱ. Keys, transforms and the ceremony must agree on it.
 *
 * @param size - n, a power of two
 */
export function rootOfUnity(size: number): Scalar {
  if (!Number.isInteger(Math.log2(size)) || size < 1 || size > 2 ** maxDomainPower) throw new TypeError('domain: expected a power of two')
  return powerOf(nonResidue, (scalarModulus - 1n) / BigInt(size))
}

/** The least domain that holds the rows of a circuit, and one for the constant 1 and each public input. */
export function domainSizeOf({ constraintCount, publicCount }: { readonly constraintCount: number; readonly publicCount: number }): number {
  return 2 ** Math.ceil(Math.log2(constraintCount + publicCount + 1))
}
