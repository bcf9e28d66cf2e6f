import type { Circuit, SparseRows } from '../circuit/circuit.ts'
import { domainSizeOf, powerOf, powersFrom, rootOfUnity } from '../field/evaluation-domain.ts'
import { invertScalar } from '../field/invert-scalar.ts'
import { type Scalar, scalarFromBytes, scalarModulus, scalarSize, toScalar } from '../field/scalar-field.ts'

/** The secrets of a key. Who knows them makes proofs of anything. γ is 1, as in the multi-party set-up. */
export interface Trapdoor {
  readonly tau: Scalar
  readonly alpha: Scalar
  readonly beta: Scalar
  readonly delta: Scalar
}

/** What the generators are multiplied by to give the points of a key. */
export interface KeyScalars {
  /** Aᵢ(τ), one a wire. */
  readonly a: readonly Scalar[]
  /** Bᵢ(τ), one a wire. */
  readonly b: readonly Scalar[]
  /** β·Aᵢ(τ) + α·Bᵢ(τ) + Cᵢ(τ), for the constant 1 and each public input. */
  readonly inputs: readonly Scalar[]
  /** The same divided by δ, for each wire after them. */
  readonly l: readonly Scalar[]
  /** τⁱ·(τⁿ − 1)/δ, for i from 0 to n − 2. */
  readonly h: readonly Scalar[]
}

/** Evaluates a circuit's polynomials at τ. */
export function keyScalars(circuit: Circuit, { tau, alpha, beta, delta }: Trapdoor): KeyScalars {
  const domainSize = domainSizeOf(circuit)
  const coefficients = coefficientsOf(circuit)
  const lagrange = lagrangeAt(tau, domainSize)
  const column = (rows: SparseRows): Scalar[] => columnSums(circuit.wireCount, rows, coefficients, lagrange)
  const [a, b, c] = [column(circuit.a), column(circuit.b), column(circuit.c)]
  // A row of its own for the constant 1 and each public input: the input alone in A, 0 in B and C.
  for (let wire = 0; wire <= circuit.publicCount; wire++) a[wire] = toScalar(a[wire]! + lagrange[circuit.constraintCount + wire]!)

  const joined = a.map((value, wire) => (beta * value + alpha * b[wire]! + c[wire]!) % scalarModulus)
  const perDelta = invertScalar(delta)
  const divided = (value: Scalar): Scalar => (value * perDelta) % scalarModulus
  const vanishing = divided(toScalar(powerOf(tau, BigInt(domainSize)) - 1n))
  return {
    a,
    b,
    inputs: joined.slice(0, circuit.publicCount + 1),
    l: joined.slice(circuit.publicCount + 1).map(divided),
    h: powersFrom(tau, vanishing, domainSize - 1),
  }
}

/**
 * The Lagrange polynomials of a domain at a point outside it: Lᵢ(τ) = ωⁱ·(τⁿ − 1) / (n·(τ − ωⁱ)).
 *
 * @returns one value for each element of the domain
 */
export function lagrangeAt(tau: Scalar, domainSize: number): readonly Scalar[] {
  const powers = powersFrom(rootOfUnity(domainSize), 1n, domainSize)
  const inverses = invertAll(powers.map(power => toScalar(tau - power)))
  const factor = (toScalar(powerOf(tau, BigInt(domainSize)) - 1n) * invertScalar(BigInt(domainSize))) % scalarModulus
  return powers.map((power, index) => (((power * factor) % scalarModulus) * inverses[index]!) % scalarModulus)
}

/** A circuit's different coefficients. */
export function coefficientsOf({ coefficients }: Pick<Circuit, 'coefficients'>): readonly Scalar[] {
  return Array.from({ length: coefficients.length / scalarSize }, (_, index) =>
    scalarFromBytes(coefficients.subarray(index * scalarSize, (index + 1) * scalarSize)),
  )
}

/** For each wire, the sum over the rows of its coefficient times the row's weight. */
function columnSums(
  wireCount: number,
  { offsets, wires, coefficients: places }: SparseRows,
  coefficients: readonly Scalar[],
  weights: readonly Scalar[],
): Scalar[] {
  const sums = new Array<Scalar>(wireCount).fill(0n)
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let term = offsets[row]!; term < offsets[row + 1]!; term++) sums[wires[term]!]! += coefficients[places[term]!]! * weights[row]!
  }
  return sums.map(sum => sum % scalarModulus)
}

/** Inverses by one inversion: each is the inverse of the product of all up to it, times the product of all before it. */
function invertAll(values: readonly Scalar[]): readonly Scalar[] {
  let product = 1n
  const before = values.map(value => {
    const current = product
    product = (product * value) % scalarModulus
    return current
  })
  let inverse = invertScalar(product)
  const inverses = new Array<Scalar>(values.length)
  for (let index = values.length - 1; index >= 0; index--) {
    inverses[index] = (inverse * before[index]!) % scalarModulus
    inverse = (inverse * values[index]!) % scalarModulus
  }
  return inverses
}
