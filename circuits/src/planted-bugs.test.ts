import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CircuitName, parseCircuit } from '@hufu/proofs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { circuitCases } from './circuit-cases.ts'
import { compileCircuit } from './compile-circuit.ts'
import { findFaults } from './find-faults.ts'
import { circuitFile } from './index.ts'
import { type PlantedBug, plantedBugs } from './planted-bugs.ts'

const circuits = dirname(dirname(fileURLToPath(import.meta.url)))
const effort = { valuesPerWire: 4, valuesPerInput: 1 }
// All of them with BUGS=all; each costs a run of the compiler.
const bugs = process.env.BUGS === 'all' ? plantedBugs : plantedBugs.slice(0, 2)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-planted-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('of the bugs that circuits have had elsewhere', () => {
  test.each(bugs)('the checks find $title', { timeout: 120_000 }, bug => {
    const found = faultsOf(bug)
    if (process.env.BUGS === 'all') console.log(`${bug.title}: ${found[0]} (${found.length})`)
    expect(found).not.toEqual([])
  })

  test.each(['show', 'pair'] as const)('the checks find none in %s as it is', { timeout: 120_000 }, name => {
    expect(findFaults(parseCircuit(readFileSync(circuitFile(name))), circuitCases[name](), effort)).toEqual([])
  })

  test('each is planted in the sources as they are', () => {
    for (const bug of plantedBugs) expect(() => plant(bug), bug.title).not.toThrow()
  })
})

/** What the compiler, or else the checks find. */
function faultsOf(bug: PlantedBug): string[] {
  const work = mkdtempSync(join(folder, 'circuits-'))
  for (const source of ['templates', `${bug.circuit}.circom`]) cpSync(join(circuits, source), join(work, source), { recursive: true })
  writeFileSync(join(work, bug.file), plant(bug))
  const compiled = compile(bug.circuit, work)
  if (typeof compiled === 'string') return [compiled]
  return findFaults(parseCircuit(compiled), circuitCases[bug.circuit](), effort)
}

/** A circuit file, or why there is none: a wire that no row determines. Anything else that the compiler says is a mistake in the planting. */
function compile(name: CircuitName, folderOfSources: string): Uint8Array | string {
  try {
    return compileCircuit(name, join(folderOfSources, `${name}.circom`), folderOfSources).file
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no row determines')) return error.message
    throw error
  }
}

function plant({ file, original, planted }: PlantedBug): string {
  const source = readFileSync(join(circuits, file), 'utf8')
  if (source.split(original).length !== 2) throw new Error(`${file}: expected the original once`)
  return source.replace(original, planted)
}
