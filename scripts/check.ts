// Form, types, import directions, unused code, generated files up to date. Runs everything, then says what failed.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, 'node_modules', '.bin')

const checks: readonly { name: string; command: string; args: readonly string[]; fix: string }[] = [
  { name: 'form', command: join(bin, 'biome'), args: ['check', '--error-on-warnings', '.'], fix: 'npm run fix' },
  { name: 'types of packages', command: join(bin, 'tsc'), args: ['-p', 'tsconfig.packages.json'], fix: 'mend the types' },
  { name: 'types of servers', command: join(bin, 'tsc'), args: ['-p', 'tsconfig.json'], fix: 'mend the types' },
  { name: 'types of pages', command: join(bin, 'tsc'), args: ['-p', 'tsconfig.browser.json'], fix: 'mend the types' },
  {
    name: 'import directions',
    command: join(bin, 'depcruise'),
    args: ['--config', '.dependency-cruiser.mjs', 'packages', 'apps', 'circuits', 'network', 'samples', 'bench', 'tests'],
    fix: 'see docs/architecture.md, imports run one way',
  },
  { name: 'unused code', command: join(bin, 'knip'), args: [], fix: 'delete what nobody uses' },
  { name: 'contracts', command: process.execPath, args: ['scripts/build-contracts.ts', '--check'], fix: 'npm run fix' },
  {
    name: 'contracts for EVM chains',
    command: process.execPath,
    args: ['scripts/build-evm-contracts.ts', '--check'],
    fix: 'node scripts/build-evm-contracts.ts',
  },
  { name: 'circuits', command: process.execPath, args: ['circuits/src/build.ts', '--check'], fix: 'npm run fix' },
  {
    name: 'licences',
    command: process.execPath,
    args: ['scripts/check-licences.ts'],
    fix: 'choose another package; only building and testing may use it',
  },
  {
    name: 'supply chain',
    command: process.execPath,
    args: ['scripts/check-supply-chain.ts'],
    fix: 'pin what is named; docs/supply-chain.md',
  },
  {
    name: 'same bytes twice',
    command: process.execPath,
    args: ['scripts/reproduce.ts', '--quick'],
    fix: 'find what of the place or the moment stands in what is built; docs/supply-chain.md',
  },
  { name: 'bindings', command: process.execPath, args: ['scripts/generate-bindings.ts', '--check'], fix: 'npm run fix' },
]

/** The tools start with `env node`: it must be the pinned one. */
const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }

const failed: string[] = []
for (const check of checks) {
  const started = Date.now()
  const result = spawnSync(check.command, check.args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, env })
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  if (result.status === 0) console.log(`check: ${check.name} ok (${seconds} s)`)
  else {
    console.log(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`)
    console.log(`check: ${check.name} FAILED (${seconds} s). To mend: ${check.fix}`)
    failed.push(check.name)
  }
}
if (failed.length > 0) {
  console.error(`check: ${failed.length} of ${checks.length} failed: ${failed.join(', ')}`)
  process.exit(1)
}
