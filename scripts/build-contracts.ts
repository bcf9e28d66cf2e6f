// Compiles the contracts with the pinned neo-go. With --check it only compares with what is committed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rootSetParametersSource, rootSetVectors } from './root-set-parameters.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'contracts')
const neoGo = join(root, 'network', 'bin', 'neo-go')
const contracts = ['council', 'ballot', 'identifiers', 'trust', 'status', 'proofs', 'gateway', 'titles']
const files = ['contract.nef', 'manifest.json']
/** The compiler is the released one, whatever patches of consensus the program that holds it has: contracts' hashes shall not depend on these. */
const compiler = 'neo-go-0.122.0'

const checkOnly = process.argv.includes('--check')
const work = mkdtempSync(join(tmpdir(), 'hufu-contracts-'))
try {
  const stale = [...writeRootSetParameters(), ...contracts.flatMap(contract => build(contract))]
  if (checkOnly && stale.length > 0) {
    console.error(`not what the sources compile to: ${stale.join(', ')}; run: node scripts/build-contracts.ts`)
    process.exitCode = 1
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** Writes Poseidon's parameters for the contract proofs, and vectors for its tests; returns the files that differed, after replacing them unless only checking. */
function writeRootSetParameters(): string[] {
  const texts = {
    [join('contracts', 'proofs', 'poseidon_parameters.go')]: rootSetParametersSource(),
    [join('contracts', 'tests', 'vectors', 'root-sets.json')]: rootSetVectors(),
  }
  const stale = Object.entries(texts).filter(
    ([file, text]) => !existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== text,
  )
  if (!checkOnly) {
    for (const [file, text] of stale) {
      mkdirSync(dirname(join(root, file)), { recursive: true })
      writeFileSync(join(root, file), text)
    }
  }
  return stale.map(([file]) => file)
}

/** Compiles one contract; returns the files that differed from what was committed, after replacing them unless only checking. */
function build(contract: string): string[] {
  const folder = join(source, contract)
  const [nef, manifest] = files.map(file => join(work, file)) as [string, string]
  const args = ['contract', 'compile', '--in', folder, '--config', join(folder, 'config.yml'), '--out', nef, '--manifest', manifest]
  const result = spawnSync(neoGo, args, { cwd: source, encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`${contract} does not compile: ${result.stderr}${result.error?.message ?? ''}`)
  writeFileSync(nef, withCompiler(readFileSync(nef)))
  const stale = files.filter(file => !sameContent(join(work, file), join(folder, file)))
  if (!checkOnly) for (const file of stale) writeFileSync(join(folder, file), readFileSync(join(work, file)))
  return stale.map(file => join('contracts', contract, file))
}

/** A NEF file with the compiler's name, 64 bytes behind the magic, and the checksum that goes with it. */
function withCompiler(nef: Buffer): Buffer {
  const named = Buffer.from(nef)
  named.fill(0, 4, 68).write(compiler, 4)
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()
  sha256(sha256(named.subarray(0, -4))).copy(named, named.length - 4, 0, 4)
  return named
}

function sameContent(built: string, committed: string): boolean {
  return existsSync(committed) && readFileSync(built).equals(readFileSync(committed))
}
