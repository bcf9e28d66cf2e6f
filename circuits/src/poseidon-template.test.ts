import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { utf8ToBytes } from '@hufu/primitives'
import {
  type Circuit,
  domains,
  hashToScalar,
  type PoseidonWidth,
  parseCircuit,
  poseidon,
  poseidonParameters,
  type Scalar,
  solveWitness,
} from '@hufu/proofs'
import { poseidon2, poseidon5, poseidon8, poseidon16 } from 'poseidon-bls12381'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileCircuit } from './compile-circuit.ts'

const circuits = dirname(dirname(fileURLToPath(import.meta.url)))
// The compiler needs seconds for the wide ones, which the circuits' own cases use as well.
const counts = process.env.CIRCUITS === 'all' ? ([2, 5, 8, 16] as const) : ([2, 5] as const)
/** The tag is an input of the first round and nothing else, so one kind of hash shows it. */
const hashes = [{ count: 2, name: 'tagged2', tag: 'tagNode()' }, ...counts.map(count => ({ count, name: `untagged${count}`, tag: '0' }))]
const peers = { 2: poseidon2, 5: poseidon5, 8: poseidon8, 16: poseidon16 }

describe('the circuit of Poseidon', () => {
  let folder: string
  let circuit: Circuit
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hufu-poseidon-'))
    cpSync(join(circuits, 'templates'), join(folder, 'templates'), { recursive: true })
    writeFileSync(join(folder, 'hashes.circom'), hashesSource())
    circuit = parseCircuit(compileCircuit('hashes', join(folder, 'hashes.circom'), folder).file)
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  test('gives what the arithmetic gives, and what another library gives where there is no tag', () => {
    for (const seed of ['1', '2', '3']) {
      const inputs = inputsOf(seed)
      for (const count of counts) expect(inputs[`untagged${count}`]).toEqual([peers[count]([...inputs[`inputs${count}`]!])])
      expect(() => solveWitness(circuit, inputs)).not.toThrow()
    }
  })

  test.each(hashes.map(({ name }) => name))('gives nothing else: %s', name => {
    const inputs = inputsOf('1')
    const wrong = { ...inputs, [name]: [inputs[name]![0]! + 1n] }
    expect(() => solveWitness(circuit, wrong)).toThrow(expect.objectContaining({ code: 'ERR_PROOF_UNSATISFIED' }))
  })

  test('takes three rows a power, none for the first of the tag, and none for the result', () => {
    const rows = counts.map(count => {
      const { width, fullRounds, partialRounds } = poseidonParameters((count + 1) as PoseidonWidth)
      return 3 * (fullRounds * width + partialRounds - 1)
    })
    expect(rows).toEqual([237, 312, 384, 576].slice(0, counts.length))
    expect(circuit.constraintCount).toBe(rows[0]! + rows.reduce((sum, count) => sum + count))
  })
})

function inputsOf(seed: string): Record<string, readonly Scalar[]> {
  const inputs: Record<string, readonly Scalar[]> = {}
  for (const count of counts) {
    const values = Array.from({ length: count }, (_, index) => hashToScalar(utf8ToBytes(`poseidon ${seed} ${count} ${index}`)))
    inputs[`inputs${count}`] = values
    inputs[`untagged${count}`] = [poseidon(0n, values)]
    if (count === 2) inputs[`tagged${count}`] = [poseidon(domains.node, values)]
  }
  return inputs
}

function hashesSource(): string {
  return `pragma circom 2.1.0;
include "templates/poseidon.circom";
template Hashes() {
    ${hashes.map(({ name }) => `signal input ${name};`).join('\n    ')}
    ${counts.map(count => `signal input inputs${count}[${count}];`).join('\n    ')}
    ${hashes.map(({ name, count, tag }) => `component hash_${name} = Poseidon(${count}, ${tag}); hash_${name}.inputs <== inputs${count}; hash_${name}.out === ${name};`).join('\n    ')}
}
component main {public [${hashes.map(({ name }) => name).join(', ')}]} = Hashes();
`
}
