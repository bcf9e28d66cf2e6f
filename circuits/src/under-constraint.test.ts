import { readFileSync } from 'node:fs'
import { circuitNames, parseCircuit } from '@hufu/proofs'
import { describe, expect, test } from 'vitest'
import { circuitCases } from './circuit-cases.ts'
import { openInputs, openWires } from './find-faults.ts'
import { circuitFile } from './index.ts'

// The long run: VALUES=100, every input, and every accepted case.
const isLong = process.env.VALUES !== undefined
const valuesPerWire = Number(process.env.VALUES ?? 10)

describe.each(circuitNames)('%s leaves nothing open', name => {
  const circuit = parseCircuit(readFileSync(circuitFile(name)))
  const { accepted } = circuitCases[name]()
  const cases = isLong ? accepted : accepted.slice(0, 1)

  test.each(cases)('no private wire may have another value beside the same public inputs: $title', { timeout: 600_000 }, ({ inputs }) => {
    expect(openWires(circuit, inputs, valuesPerWire)).toEqual([])
  })

  const [valuesPerInput, everyNth] = isLong ? [valuesPerWire, 1] : name === 'prepare' ? [1, 4] : [2, 1]
  test('no private input may have another value, all else solved again', { timeout: 3_600_000 }, () => {
    expect(openInputs(circuit, cases[0]!.inputs, valuesPerInput, everyNth)).toEqual([])
  })
})
