import { describe, expect, test } from 'vitest'
import { type Scalar, scalarModulus } from '../field/scalar-field.ts'
import { scalarsFromBytes } from '../field/scalar-vector.ts'
import type { Circuit, SparseRows } from './circuit.ts'
import { type CircuitInputs, solveWitness } from './solve-witness.ts'

/** (x + 2z₀)·z₁ = y, with p = x + 2z₀ times z₁ as a wire: wires 1, y, x, z₀, z₁, p. */
const circuit: Circuit = {
  name: 'product',
  wireCount: 6,
  publicCount: 1,
  constraintCount: 2,
  inputs: [
    { name: 'y', firstWire: 1, size: 1 },
    { name: 'x', firstWire: 2, size: 1 },
    { name: 'z', firstWire: 3, size: 2 },
  ],
  coefficients: Uint8Array.from({ length: 96 }, (_, index) => (index === 0 ? 1 : index === 32 ? 2 : index === 64 ? 3 : 0)),
  // Third coefficient, 3: the second row is 3p = 3y, with 1 as the other factor.
  a: rows([
    [
      [2, 0],
      [3, 1],
    ],
    [[5, 2]],
  ]),
  b: rows([[[4, 0]], [[0, 0]]]),
  c: rows([[[5, 0]], [[1, 2]]]),
  solution: { rows: Uint32Array.of(0), wires: Uint32Array.of(5) },
}
const inputs: CircuitInputs = { y: [55n], x: [5n], z: [3n, 5n] }

describe('solving a circuit', () => {
  test('finds every wire, and the sums of every row', () => {
    const { witness, a, b, c } = solveWitness(circuit, inputs)
    expect(scalarsFromBytes(witness)).toEqual([1n, 55n, 5n, 3n, 5n, 55n])
    expect(scalarsFromBytes(a)).toEqual([11n, 165n])
    expect(scalarsFromBytes(b)).toEqual([5n, 1n])
    expect(scalarsFromBytes(c)).toEqual([55n, 165n])
  })

  test('works in the field, not in the integers', () => {
    const { witness } = solveWitness(circuit, { y: [scalarModulus - 5n], x: [scalarModulus - 7n], z: [3n, 5n] })
    expect(scalarsFromBytes(witness)[5]).toBe(scalarModulus - 5n)
  })

  test.each<[string, CircuitInputs]>([
    ['another public input', { ...inputs, y: [56n] }],
    ['another private input', { ...inputs, x: [6n] }],
    ['the negative', { ...inputs, y: [scalarModulus - 55n] }],
  ])('refuses %s', (_, wrong) => {
    expect(() => solveWitness(circuit, wrong)).toThrow(expect.objectContaining({ code: 'ERR_PROOF_UNSATISFIED' }))
  })

  test.each<[string, CircuitInputs]>([
    ['a missing input', { y: inputs.y!, x: inputs.x! }],
    ['an unknown input', { ...inputs, w: [1n] }],
    ['an input of the prototype', { y: inputs.y!, x: inputs.x!, toString: [1n] }],
    ['too few values', { ...inputs, z: [3n] }],
    ['too many values', { ...inputs, z: [3n, 5n, 0n] }],
    ['a value that is the order of the group', { ...inputs, x: [scalarModulus] }],
    ['the same value plus the order of the group', { ...inputs, x: [5n + scalarModulus] }],
    ['a negative value', { ...inputs, x: [-1n] }],
    ['a number', { ...inputs, x: [5 as unknown as Scalar] }],
  ])('refuses %s', (_, wrong) => {
    expect(() => solveWitness(circuit, wrong)).toThrow(expect.objectContaining({ code: 'ERR_PROOF_INPUT' }))
  })

  test('says nothing of a value', () => {
    const secret = 123_456_789_123_456_789n
    for (const wrong of [
      { ...inputs, x: [secret] },
      { ...inputs, x: [secret + scalarModulus] },
    ]) {
      expect(() => solveWitness(circuit, wrong)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(`${secret}`) }))
    }
  })
})

function rows(terms: readonly (readonly (readonly [wire: number, coefficient: number])[])[]): SparseRows {
  let end = 0
  const offsets = terms.map(row => {
    end += row.length
    return end
  })
  const all = terms.flat()
  return {
    offsets: Uint32Array.of(0, ...offsets),
    wires: Uint32Array.from(all, ([wire]) => wire),
    coefficients: Uint32Array.from(all, ([, coefficient]) => coefficient),
  }
}
