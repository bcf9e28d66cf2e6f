import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Comparison, type ComparisonResult, compare, isTooNoisy } from './compare.ts'
import { comparisons } from './comparisons/index.ts'
import { addToDay, type Circumstances } from './day-results.ts'
import { resultTable } from './table.ts'

const names = comparisons.map(comparison => comparison.name)
const help = `npm run bench                 every comparison\nnpm run bench -- NAME …       only these: ${names.join(', ')}`

process.exitCode = await main(process.argv.slice(2))

async function main(wanted: readonly string[]): Promise<number> {
  if (wanted.includes('--help')) {
    console.log(help)
    return 0
  }
  const unknown = wanted.filter(name => !names.includes(name))
  if (unknown.length > 0) {
    console.error(`bench: no comparison called ${unknown.join(', ')}. There are: ${names.join(', ')}`)
    return 2
  }
  const chosen = comparisons.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  const results: ComparisonResult[] = []
  for (const comparison of chosen) {
    const result = await run(comparison)
    if (result !== undefined) results.push(result)
  }
  console.log(resultTable(results))
  return results.length < chosen.length || results.some(isTooNoisy) ? 1 : 0
}

/** Runs one comparison and keeps its result; undefined if it is void. */
async function run(comparison: Comparison): Promise<ComparisonResult | undefined> {
  const { name, rounds } = comparison
  const circumstances = circumstancesNow()
  console.error(`bench: ${name}: ${comparison.description}`)
  try {
    const result = await compare(comparison, { onRound: round => process.stderr.write(`\r  round ${round + 1} of ${rounds} `) })
    process.stderr.write('\n')
    if (isTooNoisy(result))
      console.error(`bench: ${name}: ${result.dropped} of ${rounds} rounds dropped, the machine was too noisy for a verdict`)
    await addToDay(dayFile(circumstances), { [name]: { circumstances, result } })
    return result
  } catch (error) {
    console.error(`bench: ${name} is void:`, error)
    return undefined
  }
}

function circumstancesNow(): Circumstances {
  return {
    at: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0]!,
    node: process.version,
  }
}

function dayFile({ at }: Circumstances): string {
  return fileURLToPath(new URL(`../results/${at.slice(0, 10)}.json`, import.meta.url))
}
