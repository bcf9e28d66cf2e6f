import { readFileSync } from 'node:fs'
import { circuitNames, parseCircuit, solveWitness } from '@hufu/proofs'
import { expect, test } from 'vitest'
import { circuitFile } from './circuit-files.ts'
import { exampleInputs } from './example-inputs.ts'

test.each(circuitNames)('example inputs satisfy %s, and nothing else for its public input', name => {
  const circuit = parseCircuit(readFileSync(circuitFile(name)))
  const inputs = exampleInputs(name)
  solveWitness(circuit, inputs)
  const publicName = circuit.inputs[0]!.name
  const other = { ...inputs, [publicName]: inputs[publicName]!.map(value => value + 1n) }
  expect(() => solveWitness(circuit, other)).toThrow(expect.objectContaining({ code: 'ERR_PROOF_UNSATISFIED' }))
})
