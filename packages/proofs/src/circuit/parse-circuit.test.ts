import { readFileSync } from 'node:fs'
import { ByteWriter, utf8ToBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { ProofError } from '../errors.ts'
import { scalarModulus, scalarToBytes } from '../field/scalar-field.ts'
import { circuitNames } from './circuit-names.ts'
import { circuitFileHeader, parseCircuit } from './parse-circuit.ts'
import { solveWitness } from './solve-witness.ts'

const cases = Number(process.env.CASES ?? 3_000)
const refusal = expect.objectContaining({ code: 'ERR_PROOF_CIRCUIT' })

type Term = readonly [wire: number, coefficient: number]
type Combination = readonly Term[]
interface Parts {
  name: string
  publicCount: number
  inputs: readonly (readonly [name: string, size: number])[]
  coefficients: readonly Uint8Array[]
  combinations: readonly Combination[]
  /** Numbers of combinations. */
  rows: readonly (readonly [number, number, number])[]
  /** Row and wire. */
  solution: readonly (readonly [number, number])[]
}

/** x³ + 2 = y, x secret: wires 1, y, x, x², x³. */
const cubic: Parts = {
  name: 'cubic',
  publicCount: 1,
  inputs: [
    ['y', 1],
    ['x', 1],
  ],
  coefficients: [scalarToBytes(1n), scalarToBytes(2n)],
  combinations: [
    [[2, 0]],
    [[3, 0]],
    [[4, 0]],
    [
      [0, 1],
      [4, 0],
    ],
    [[0, 0]],
    [[1, 0]],
  ],
  rows: [
    [0, 0, 1],
    [1, 0, 2],
    [3, 4, 5],
  ],
  solution: [
    [0, 3],
    [1, 4],
  ],
}

describe('a circuit file', () => {
  test('gives the circuit', () => {
    const circuit = parseCircuit(fileOf(cubic))
    expect(circuit).toMatchObject({ name: 'cubic', wireCount: 5, publicCount: 1, constraintCount: 3 })
    expect(circuit.inputs).toEqual([
      { name: 'y', firstWire: 1, size: 1 },
      { name: 'x', firstWire: 2, size: 1 },
    ])
    expect(circuit.a.offsets).toEqual(Uint32Array.of(0, 1, 2, 4))
    expect(circuit.a.wires).toEqual(Uint32Array.of(2, 3, 0, 4))
    expect(circuit.a.coefficients).toEqual(Uint32Array.of(0, 0, 1, 0))
    expect(() => solveWitness(circuit, { y: [29n], x: [3n] })).not.toThrow()
  })

  test.each(circuitNames)('of %s parses', name => {
    const circuit = parseCircuit(committed(name))
    expect(circuit.name).toBe(name)
    // The powers of two up to which a prover works.
    expect(circuit.constraintCount + circuit.publicCount + 1).toBeLessThanOrEqual(name === 'prepare' ? 8192 : 1024)
  })

  test('is refused in part, with more behind it, and with another header', () => {
    const file = fileOf(cubic)
    for (let length = 0; length < file.length; length++) expect(() => parseCircuit(file.subarray(0, length))).toThrow(refusal)
    expect(() => parseCircuit(Uint8Array.of(...file, 0))).toThrow(refusal)
    for (let index = 0; index < circuitFileHeader.length; index++)
      expect(() => parseCircuit(file.with(index, file[index]! ^ 1))).toThrow(refusal)
  })

  test.each<[string, Partial<Parts>]>([
    ['a name with other characters', { name: 'cu bic' }],
    ['an empty name', { name: '' }],
    ['an input without a wire', { inputs: [...cubic.inputs, ['z', 0]] }],
    [
      'two inputs of one name',
      {
        inputs: [
          ['y', 1],
          ['y', 1],
        ],
      },
    ],
    ['public inputs that end within an input', { inputs: [['both', 2]] }],
    ['more public inputs than inputs', { publicCount: 3 }],
    ['a coefficient 0', { coefficients: [scalarToBytes(1n), scalarToBytes(0n)] }],
    ['a coefficient that is the order of the group', { coefficients: [scalarToBytes(1n), scalarToBytes(scalarModulus)] }],
    ['a term of a coefficient that is not there', { coefficients: [scalarToBytes(1n)] }],
    ['a term of a wire that is not there', { combinations: cubic.combinations.with(5, [[5, 0]]) }],
    [
      'one wire twice in a sum',
      {
        combinations: cubic.combinations.with(5, [
          [1, 0],
          [1, 0],
        ]),
      },
    ],
    ['a combination that no row has', { combinations: [...cubic.combinations, [[1, 1]]] }],
    ['a wire that nothing determines', { solution: [[0, 3]] }],
    [
      'a wire determined twice',
      {
        solution: [
          [0, 3],
          [1, 3],
        ],
      },
    ],
    [
      'two wires of one row',
      {
        solution: [
          [0, 3],
          [0, 4],
        ],
      },
    ],
    [
      'a wire found before what it follows from',
      {
        solution: [
          [1, 4],
          [0, 3],
        ],
      },
    ],
    [
      'an input that is determined',
      {
        solution: [
          [0, 3],
          [2, 1],
        ],
      },
    ],
    [
      'a wire that its row does not have',
      {
        solution: [
          [0, 4],
          [1, 3],
        ],
      },
    ],
    [
      'a row that is not there',
      {
        solution: [
          [0, 3],
          [3, 4],
        ],
      },
    ],
    ['a wire with another coefficient than 1', { combinations: cubic.combinations.with(1, [[3, 1]]) }],
    [
      'a wire that is a factor of itself',
      {
        combinations: cubic.combinations.with(0, [
          [2, 0],
          [3, 0],
        ]),
      },
    ],
  ])('is refused with %s', (_, change) => {
    expect(() => parseCircuit(fileOf({ ...cubic, ...change }))).toThrow(refusal)
  })

  test('damaged by chance is refused, or still leaves no wire open', () => {
    const file = fileOf(cubic)
    let state = 1
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    let parsed = 0
    for (let index = 0; index < cases; index++) {
      const damaged = file.slice()
      for (let count = 0; count <= random(3); count++)
        damaged[circuitFileHeader.length + random(file.length - circuitFileHeader.length)] = random(256)
      try {
        const { wireCount, inputs, solution } = parseCircuit(damaged)
        expect(new Set(solution.wires).size).toBe(wireCount - 1 - inputs.reduce((sum, { size }) => sum + size, 0))
        parsed++
      } catch (error) {
        if (!(error instanceof ProofError) || error.code !== 'ERR_PROOF_CIRCUIT') throw error
      }
    }
    expect(parsed).toBeLessThan(cases)
  })
})

function committed(name: string): Uint8Array {
  return readFileSync(new URL(`../../../../circuits/compiled/${name}.circuit`, import.meta.url))
}

/** A file of these parts, right or wrong. */
function fileOf({ name, publicCount, inputs, coefficients, combinations, rows, solution }: Parts): Uint8Array {
  const writer = new ByteWriter().bytes(circuitFileHeader).varBytes(utf8ToBytes(name)).varUint(publicCount).varUint(inputs.length)
  for (const [input, size] of inputs) writer.varBytes(utf8ToBytes(input)).varUint(size)
  writer.varUint(coefficients.length)
  for (const coefficient of coefficients) writer.bytes(coefficient)
  writer.varUint(combinations.length)
  for (const combination of combinations) {
    writer.varUint(combination.length)
    let last: Term = [0, 0]
    for (const term of combination) {
      writer.varUint(term[0] - last[0]).varUint(zigzag(term[1] - last[1]))
      last = term
    }
  }
  writer.varUint(rows.length)
  let used = 0
  for (const number of rows.flat()) {
    writer.varUint(used - number)
    if (number === used) used++
  }
  writer.varUint(solution.length)
  let last: readonly [number, number] = [0, 0]
  for (const step of solution) {
    writer.varUint(zigzag(step[0] - last[0])).varUint(zigzag(step[1] - last[1]))
    last = step
  }
  return writer.toBytes()
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}
