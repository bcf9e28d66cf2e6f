// Runs what tests/faults or tests/attacks hold: all of it, or the files that are named; as `npm run faults` and `npm run attacks` do, which set up before.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const grounds = ['faults', 'attacks']

const [ground = '', ...given] = process.argv.slice(2)
const { positionals: patterns, values } = parse()
if (!grounds.includes(ground)) fail(`expected one of ${grounds.join(', ')}`)
if (values.help) {
  console.log(usage())
  process.exit(0)
}
const files = chosenFiles()
const seed = values.seed ?? process.env.SEED
const isLong = values.long || process.env.LONG === '1'
console.log(
  `${files.length} files of tests/${ground}, ${seed === undefined ? 'seeds as in npm test' : `seed ${seed}`}${isLong ? ', long' : ''}`,
)
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'chain', ...files],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...(seed === undefined ? {} : { SEED: seed }), ...(isLong ? { LONG: '1' } : {}) },
  },
)
console.log(`\nthe same again: ${command()}`)
process.exit(status ?? 1)

function parse() {
  const options = {
    seed: { type: 'string' },
    long: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const
  try {
    return parseArgs({ args: given, options, allowPositionals: true })
  } catch (error) {
    return fail((error as Error).message)
  }
}

/** Paths from the root; a pattern is a part of one. */
function chosenFiles(): readonly string[] {
  const folder = join('tests', ground)
  const all = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .map(name => join(folder, name))
    .sort()
  const unknown = patterns.filter(pattern => !all.some(file => file.includes(pattern)))
  if (unknown.length > 0) fail(`no file is named like ${unknown.join(', ')}; there are\n  ${all.join('\n  ')}`)
  return patterns.length === 0 ? all : all.filter(file => patterns.some(pattern => file.includes(pattern)))
}

function command(): string {
  const options = [...patterns, ...(seed === undefined ? [] : ['--seed', seed]), ...(isLong ? ['--long'] : [])]
  return [`npm run ${ground}`, ...(options.length === 0 ? [] : ['--', ...options.map(quoted)])].join(' ')
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function usage(): string {
  return `npm run ${ground} [-- PATTERN… --seed S --long --help]

  PATTERN   only files of tests/${ground} whose path contains it
  --seed S  what the seeded tests draw their choices from, any text; without it each has its own, the same every time
  --long    the runs that docs/reliability.md quotes: minutes to hours instead of seconds

Single tests read more from the environment, such as TRIES or SECONDS: their first lines say what.`
}

function fail(message: string): never {
  console.error(`${message}\n\n${usage()}`)
  process.exit(1)
}
