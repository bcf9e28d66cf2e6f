import { readFileSync } from 'node:fs'
import { circuitNames, parseCircuit, solveWitness } from '@hufu/proofs'
import { describe, expect, test } from 'vitest'
import { exampleInputs } from './example-inputs.ts'
import { circuitFile } from './index.ts'

describe.each(circuitNames)('example inputs of %s', name => {
  const circuit = parseCircuit(readFileSync(circuitFile(name)))

  test.each(['1', '2'])('satisfy the circuit, seed %s', seed => {
    solveWitness(circuit, exampleInputs(seed)[name])
  })

  test('of another seed do not fit', () => {
    const publicInput = circuit.inputs[0]!.name
    const mixed = { ...exampleInputs('1')[name], [publicInput]: exampleInputs('2')[name][publicInput]! }
    expect(() => solveWitness(circuit, mixed)).toThrow(expect.objectContaining({ code: 'ERR_PROOF_UNSATISFIED' }))
  })
})
