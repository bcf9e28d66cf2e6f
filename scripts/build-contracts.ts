// Compiles the contracts with the pinned neo-go. With --check it only compares with what is committed.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'contracts')
const neoGo = join(root, 'network', 'bin', 'neo-go')
const contracts = ['identifiers', 'trust', 'status']
const files = ['contract.nef', 'manifest.json']

const checkOnly = process.argv.includes('--check')
const work = mkdtempSync(join(tmpdir(), 'hufu-contracts-'))
try {
  const stale = contracts.flatMap(contract => build(contract))
  if (checkOnly && stale.length > 0) {
    console.error(`not what the sources compile to: ${stale.join(', ')}; run: node scripts/build-contracts.ts`)
    process.exitCode = 1
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** Compiles one contract; returns the files that differed from what was committed, after replacing them unless only checking. */
function build(contract: string): string[] {
  const folder = join(source, contract)
  const [nef, manifest] = files.map(file => join(work, file)) as [string, string]
  const args = ['contract', 'compile', '--in', folder, '--config', join(folder, 'config.yml'), '--out', nef, '--manifest', manifest]
  const result = spawnSync(neoGo, args, { cwd: source, encoding: 'utf8' })
  if (result.status !== 0) throw new Error(`${contract} does not compile: ${result.stderr}${result.error?.message ?? ''}`)
  const stale = files.filter(file => !sameContent(join(work, file), join(folder, file)))
  if (!checkOnly) for (const file of stale) writeFileSync(join(folder, file), readFileSync(join(work, file)))
  return stale.map(file => join('contracts', contract, file))
}

function sameContent(built: string, committed: string): boolean {
  return existsSync(committed) && readFileSync(built).equals(readFileSync(committed))
}
