import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CircuitName, circuitNames, parseCircuit, solveWitness } from '@hufu/proofs'
import { wtns } from 'snarkjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { circuitCases } from './circuit-cases.ts'
import { compileCircuit } from './compile-circuit.ts'
import { circuitFile } from './index.ts'
import { readR1cs } from './read-r1cs.ts'
import { writeWtns } from './write-wtns.ts'

const circuits = dirname(dirname(fileURLToPath(import.meta.url)))
// The compiler takes its time, and `build.ts --check` compares all three anyhow.
const names: readonly CircuitName[] = process.env.CIRCUITS === 'all' ? circuitNames : ['pair']

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-compile-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(names)('%s, compiled', { timeout: 60_000 }, name => {
  const committed = readFileSync(circuitFile(name))
  const circuit = parseCircuit(committed)
  const { accepted } = circuitCases[name]()
  const { witness } = solveWitness(circuit, accepted[0]!.inputs)
  let r1cs: Uint8Array
  beforeAll(() => {
    const compiled = compileCircuit(name, join(circuits, `${name}.circom`), folder)
    r1cs = compiled.r1cs
    expect(compiled.file).toEqual(new Uint8Array(committed))
  }, 60_000)

  test('has the sizes that the compiler says', () => {
    const { wireCount, publicCount, inputCount, rows } = readR1cs(r1cs)
    expect(circuit).toMatchObject({ wireCount, publicCount, constraintCount: rows.length })
    expect(circuit.inputs.reduce((sum, { size }) => sum + size, 0)).toBe(inputCount)
  })

  test('gives a witness that snarkjs accepts against the compiler’s own constraints', async () => {
    expect(await isAccepted(name, witness)).toBe(true)
  })

  test('gives none that it accepts with a wire changed', async () => {
    const damaged = witness.slice()
    damaged[32 * (circuit.wireCount - 1)]! ^= 1
    expect(await isAccepted(name, damaged)).toBe(false)
  })
})

describe('a circuit that leaves a wire open', { timeout: 60_000 }, () => {
  test.each([
    ['assigned and not constrained', 'signal root <-- 3; root * root === square;', 'root'],
    ['given only as a factor', 'signal inverse; inverse <-- 1 / square; inverse * square === 1;', 'inverse'],
  ])('is not compiled: %s', (_, body, wire) => {
    const source = join(folder, 'open.circom')
    writeFileSync(
      source,
      `pragma circom 2.1.0; template Open() { signal input square; ${body} } component main {public [square]} = Open();`,
    )
    expect(() => compileCircuit('open', source, folder)).toThrow(`no row determines ${wire}`)
  })

  test('or that circom refuses', () => {
    const source = join(folder, 'wrong.circom')
    writeFileSync(source, 'pragma circom 2.1.0; template Wrong() { signal input a; a === b; } component main = Wrong();')
    expect(() => compileCircuit('wrong', source, folder)).toThrow('circom: wrong.circom')
  })
})

/** It says what is wrong to a log that it takes for granted. */
const silent = { info: () => {}, warn: () => {} }

function isAccepted(name: string, witness: Uint8Array): Promise<boolean> {
  const file = join(folder, `${name}.wtns`)
  writeFileSync(file, writeWtns(witness))
  return wtns.check(join(folder, `${name}.r1cs`), file, silent)
}
