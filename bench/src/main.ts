import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ComparisonResult, compare } from './compare.ts'
import { comparisons } from './comparisons/index.ts'
import { resultTable } from './table.ts'

const wanted = process.argv.slice(2)
if (wanted.includes('--help')) {
  console.log(
    `npm run bench                 every comparison\nnpm run bench -- NAME …       only these: ${comparisons.map(comparison => comparison.name).join(', ')}`,
  )
  process.exit(0)
}
const unknown = wanted.filter(name => !comparisons.some(comparison => comparison.name === name))
if (unknown.length > 0) {
  console.error(
    `bench: no comparison called ${unknown.join(', ')}. There are: ${comparisons.map(comparison => comparison.name).join(', ')}`,
  )
  process.exit(2)
}

const chosen = comparisons.filter(comparison => wanted.length === 0 || wanted.includes(comparison.name))
const results: ComparisonResult[] = []
for (const comparison of chosen) {
  console.error(`bench: ${comparison.name}, ${comparison.rounds} rounds …`)
  results.push(await compare(comparison, round => process.stderr.write(`\r  round ${round + 1} of ${comparison.rounds} `)))
  process.stderr.write('\n')
}

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  load: loadavg()[0],
  node: process.version,
}
console.log(resultTable(results))
const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'results')
await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'latest.json'), `${JSON.stringify({ machine, results }, null, 2)}\n`)
const noisy = results.filter(result => result.dropped > result.rounds / 3)
for (const result of noisy)
  console.error(`bench: ${result.name}: ${result.dropped} of ${result.rounds} rounds dropped, the machine was too noisy for a verdict`)
process.exit(noisy.length > 0 ? 1 : 0)
