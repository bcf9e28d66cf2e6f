import { readFileSync } from 'node:fs'
import { circuitNames, parseCircuit, solveWitness } from '@hufu/proofs'
import { describe, expect, test } from 'vitest'
import { circuitCases } from './circuit-cases.ts'
import { circuitFile } from './index.ts'

describe.each(circuitNames)('%s', name => {
  const circuit = parseCircuit(readFileSync(circuitFile(name)))
  const { accepted, refused } = circuitCases[name]()

  test.each(accepted)('accepts $title', ({ inputs }) => {
    solveWitness(circuit, inputs)
  })

  test.each(refused)('refuses $title', ({ inputs }) => {
    expect(() => solveWitness(circuit, inputs)).toThrow(expect.objectContaining({ code: 'ERR_PROOF_UNSATISFIED' }))
  })
})
