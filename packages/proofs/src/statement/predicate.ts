import { type Scalar, scalarModulus, toScalar } from '../field/scalar-field.ts'

/** The most values that a set may have: the degree of the circuit's polynomial. */
export const maxSetSize = 8

/** What SHOW asks of one value v: `ranged` · v lies from `least` to `most`, and the polynomial with these nine coefficients is 0 at v. */
export interface Predicate {
  readonly ranged: Scalar
  readonly least: Scalar
  readonly most: Scalar
  /** c₀ to c₈. */
  readonly coefficients: readonly Scalar[]
}

const noCoefficients: readonly Scalar[] = new Array<Scalar>(maxSetSize + 1).fill(0n)

/** Nothing is asked. */
export const noPredicate: Predicate = { ranged: 0n, least: 0n, most: 0n, coefficients: noCoefficients }

/** The value lies from `least` to `most`, both below 2³². */
export function rangePredicate(least: Scalar, most: Scalar): Predicate {
  return { ...noPredicate, ranged: 1n, least, most }
}

/** The value is one of one to eight: the polynomial with just these zeros and leading coefficient 1. */
export function setPredicate(values: readonly Scalar[]): Predicate {
  if (values.length < 1 || values.length > maxSetSize) throw new TypeError(`expected 1 to ${maxSetSize} values`)
  let polynomial: readonly Scalar[] = [1n]
  for (const value of values) polynomial = timesDifference(polynomial, value)
  return { ...noPredicate, coefficients: [...polynomial, ...noCoefficients].slice(0, maxSetSize + 1) }
}

/** A polynomial times (X − value). */
function timesDifference(polynomial: readonly Scalar[], value: Scalar): readonly Scalar[] {
  return [0n, ...polynomial].map((shifted, power) => toScalar(shifted - value * (polynomial[power] ?? 0n)))
}

/** The twelve numbers of a predicate in the order of SHOW's public inputs. */
export function askedNumbers({ ranged, least, most, coefficients }: Predicate): Scalar[] {
  return [ranged, least, most, ...coefficients]
}

/** Tells whether a value satisfies a predicate: what the circuit says, in plain arithmetic. */
export function satisfies({ ranged, least, most, coefficients }: Predicate, value: Scalar): boolean {
  const bounded = toScalar(ranged * value)
  const isInRange = toScalar(bounded - least) < 2n ** 32n && toScalar(most - bounded) < 2n ** 32n
  return isInRange && coefficients.reduceRight((sum, coefficient) => (sum * value + coefficient) % scalarModulus, 0n) === 0n
}
