import { describe, expect, test } from 'vitest'
import { bigIntScalarEngine } from '../field/bigint-scalar-engine.ts'
import { powerOf, rootOfUnity } from '../field/evaluation-domain.ts'
import { invertScalar } from '../field/invert-scalar.ts'
import { type Scalar, scalarModulus, scalarSize, toScalar } from '../field/scalar-field.ts'
import { scalarsFromBytes } from '../field/scalar-vector.ts'
import { cubicCircuit, solveCubic } from './cubic-circuit.ts'
import { keyScalars, lagrangeAt } from './key-scalars.ts'

const trapdoor = { tau: 1_234_567n, alpha: 11n, beta: 13n, delta: 17n }
const domainSize = 8

describe('lagrangeAt', () => {
  test('interpolates: the values of x³ on the domain give τ³', () => {
    const root = rootOfUnity(domainSize)
    const cubes = Array.from({ length: domainSize }, (_, index) => powerOf(root, BigInt(3 * index)))
    expect(dot(lagrangeAt(trapdoor.tau, domainSize), cubes)).toBe(powerOf(trapdoor.tau, 3n))
  })
})

describe('keyScalars', () => {
  const scalars = keyScalars(cubicCircuit, trapdoor)

  /** The equation that a verifier checks, in the exponent and without blinding. */
  const holds = (witness: readonly Scalar[], quotient: readonly Scalar[]): boolean => {
    const [a, b] = [trapdoor.alpha + dot(scalars.a, witness), trapdoor.beta + dot(scalars.b, witness)]
    const inputs = dot(scalars.inputs, witness)
    const c = dot(scalars.l, witness.slice(scalars.inputs.length)) + dot(scalars.h, quotient)
    return toScalar(a * b) === toScalar(trapdoor.alpha * trapdoor.beta + inputs + c * trapdoor.delta)
  }

  test('fit a solved circuit', () => {
    const { witness, quotient } = solved(3n)
    expect(holds(witness, quotient)).toBe(true)
  })

  test.each([0, 1, 2, 3, 4])('do not fit when the value of wire %d is another', wire => {
    const { witness, quotient } = solved(3n)
    expect(holds(witness.with(wire, witness[wire]! + 1n), quotient)).toBe(false)
  })

  test('do not fit the quotient of another witness', () => {
    expect(holds(solved(3n).witness, solved(4n).quotient)).toBe(false)
  })

  test('bind each public input by a row of its own', () => {
    const lagrange = lagrangeAt(trapdoor.tau, domainSize)
    // Wire 1, y, is in no row of A or B; in C it stands in the last.
    expect(scalars.a[1]).toBe(lagrange[cubicCircuit.constraintCount + 1])
    expect(scalars.inputs[1]).toBe(toScalar(trapdoor.beta * scalars.a[1]! + lagrange[2]!))
  })

  test('of h are multiples of what vanishes on the domain, divided by δ', () => {
    const vanishing = toScalar(powerOf(trapdoor.tau, BigInt(domainSize)) - 1n)
    expect(scalars.h).toHaveLength(domainSize - 1)
    expect(scalars.h[0]).toBe(toScalar(vanishing * invertScalar(trapdoor.delta)))
    expect(scalars.h[3]).toBe(toScalar(scalars.h[0]! * powerOf(trapdoor.tau, 3n)))
  })
})

function solved(x: Scalar): { readonly witness: readonly Scalar[]; readonly quotient: readonly Scalar[] } {
  const { witness, a, b, c } = solveCubic(x)
  const column = (values: Uint8Array, bound = new Uint8Array()): Uint8Array => {
    const rows = new Uint8Array(domainSize * scalarSize)
    rows.set(values)
    rows.set(bound, values.length)
    return rows
  }
  const bound = witness.slice(0, (cubicCircuit.publicCount + 1) * scalarSize)
  const quotient = bigIntScalarEngine.quotient(column(a, bound), column(b), column(c), domainSize)
  return { witness: scalarsFromBytes(witness), quotient: scalarsFromBytes(quotient) }
}

function dot(left: readonly Scalar[], right: readonly Scalar[]): Scalar {
  return left.reduce((sum, value, index) => sum + value * right[index]!, 0n) % scalarModulus
}
