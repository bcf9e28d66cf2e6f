// Builds what is shipped twice, from two copies of the sources in two places, and compares the hashes: `npm run reproduce [-- --quick] [-- NAME…]`.
// `--quick` leaves out what takes minutes. Packages of others are the installed ones in both; Go's build cache is a fresh one for each.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { copySources } from './supply/copy-sources.ts'
import { hashFiles } from './supply/hash-files.ts'
import { root } from './supply/shipped.ts'

interface Build {
  readonly name: string
  readonly isQuick: boolean
  /** Files that it makes, as patterns; what is there of them before is removed. */
  readonly makes: readonly string[]
  run(folder: string): Promise<void> | void
}

/** As a copy of scripts/go-programs.mjs has it, for the sources beside it. */
type GoPrograms = typeof import('./go-programs.mjs')

const builds: readonly Build[] = [
  {
    name: 'contracts',
    isQuick: true,
    makes: ['contracts/*/contract.nef', 'contracts/*/manifest.json'],
    run: folder => node(folder, 'scripts/build-contracts.ts'),
  },
  {
    name: 'contracts for EVM chains',
    isQuick: false,
    makes: ['packages/chains/src/evm/generated/*.ts'],
    run: folder => node(folder, 'scripts/build-evm-contracts.ts'),
  },
  { name: 'circuits', isQuick: false, makes: ['circuits/compiled/*.circuit'], run: folder => node(folder, 'circuits/src/build.ts') },
  pages('wallet', 'apps/wallet'),
  pages('staff pages', 'apps/institution/pages'),
  pages('console', 'apps/console/pages'),
  program('neo-go', 'network/bin/neo-go', (go, folder, output) =>
    go.buildNeoGo(join(folder, 'node_modules', '.cache', 'hufu'), output, run),
  ),
  program('verifier', 'packages/proofs/native/bin/verifier', (go, _, output) => go.buildGoProgram('packages/proofs/native', output, run)),
  program('token', 'packages/service/native/pkcs11/bin/token', (go, _, output) =>
    go.buildGoProgram('packages/service/native/pkcs11', output, run),
  ),
]

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean', default: false } }, allowPositionals: true })
const wanted = builds.filter(({ name, isQuick }) => (positionals.length > 0 ? positionals.includes(name) : isQuick || !values.quick))
const work = mkdtempSync(join(tmpdir(), 'hufu-twice-'))
const different: string[] = []
try {
  // Of different length: a path that stands in what is built moves what comes after it.
  const folders = [join(work, 'a'), join(work, 'another', 'place', 'with-a-longer-name')]
  for (const folder of folders) copySources(folder)
  for (const build of wanted) await compare(build, folders)
} finally {
  rmSync(work, { recursive: true, force: true })
}
if (different.length > 0) {
  console.error(`reproduce: not the same twice: ${different.join(', ')}`)
  process.exit(1)
}

async function compare({ name, makes, run: build }: Build, folders: readonly string[]): Promise<void> {
  const started = Date.now()
  const hashes: string[] = []
  for (const folder of folders) {
    hashFiles(folder, makes, { remove: true })
    await build(folder)
    const { hash, count } = hashFiles(folder, makes)
    if (count === 0) throw new Error(`${name}: expected files ${makes.join(', ')}`)
    hashes.push(hash)
  }
  const here = hashFiles(root, makes).hash
  const isSame = hashes.every(hash => hash === hashes[0])
  if (!isSame) different.push(name)
  const seconds = ((Date.now() - started) / 1000).toFixed(0)
  const verdict = isSame
    ? here === hashes[0]
      ? 'the same twice, and as it lies here'
      : 'the same twice; what lies here is another'
    : 'NOT THE SAME'
  console.log(`reproduce: ${name}: ${verdict} (${seconds} s) ${[...new Set(hashes)].join(' ')}`)
}

function pages(name: string, folder: string): Build {
  return {
    name,
    isQuick: true,
    makes: [`${folder}/dist/**/*`],
    run: copy => node(copy, 'node_modules/vite/bin/vite.js', 'build', folder, '--logLevel', 'error'),
  }
}

function program(name: string, file: string, build: (go: GoPrograms, folder: string, output: string) => void): Build {
  return {
    name,
    isQuick: false,
    makes: [file],
    async run(folder) {
      // With the other's cache nothing would be built the second time.
      process.env.GOCACHE = join(folder, '.go-cache')
      mkdirSync(process.env.GOCACHE, { recursive: true })
      build((await import(join(folder, 'scripts', 'go-programs.mjs'))) as GoPrograms, folder, join(folder, file))
    },
  }
}

function node(folder: string, ...args: readonly string[]): void {
  run(process.execPath, args, folder)
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env): void {
  const { status, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}${error?.message ?? ''}`)
}
