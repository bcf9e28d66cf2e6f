import { type CircuitInputs, invertScalar, type Scalar, scalarModulus } from '@hufu/proofs'

/** Inputs that a circuit must accept or refuse. */
export interface CircuitCase {
  readonly title: string
  readonly inputs: CircuitInputs
}

/** Inputs of a circuit on both sides of the line. */
export interface CircuitCases {
  readonly accepted: readonly CircuitCase[]
  readonly refused: readonly CircuitCase[]
}

/** Inputs with one element of one of them changed. */
export function changed(inputs: CircuitInputs, name: string, index: number, change: (value: Scalar) => Scalar): CircuitInputs {
  return { ...inputs, [name]: inputs[name]!.map((value, place) => (place === index ? modulo(change(value)) : value)) }
}

/** Inputs with a stretch of one of them replaced. */
export function replaced(inputs: CircuitInputs, name: string, start: number, values: readonly Scalar[]): CircuitInputs {
  const before = inputs[name]!
  return { ...inputs, [name]: [...before.slice(0, start), ...values, ...before.slice(start + values.length)] }
}

/** The scalar that an integer is congruent to. */
export function modulo(value: bigint): Scalar {
  const remainder = value % scalarModulus
  return remainder < 0n ? remainder + scalarModulus : remainder
}

/** One scalar over another. */
export function quotient(dividend: bigint, divisor: bigint): Scalar {
  return modulo(modulo(dividend) * invertScalar(modulo(divisor)))
}
