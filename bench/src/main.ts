import { parseArgs } from 'node:util'
import { circumstancesNow } from './circumstances.ts'
import { type Comparison, compare, fewestRounds, isTooNoisy } from './compare.ts'
import { comparisons } from './comparisons/index.ts'
import { addToDay, type DayResults, dayFile, latestDayFile, type Measured, readDay } from './day-results.ts'
import { growth } from './growth/growth.ts'
import { noiseOf, noiseText } from './noise.ts'
import { writePage } from './page/write-page.ts'
import { Progress } from './progress.ts'
import { resultTable } from './table.ts'

const names = comparisons.map(comparison => comparison.name)
const help = `npm run bench                 every comparison; results go into bench/results, a file a day and a page beside it
npm run bench -- NAME …       only these: ${names.join(', ')}
  --rounds N                  rather than ${fewestRounds}; with fewer it is a try: nothing is judged, and nothing is kept unless --json says where
  --json FILE                 write the results there
npm run bench -- --page [FILE]    no measuring: make the page of the latest day's results, or of FILE's
npm run bench -- --table [FILE]   no measuring: print their table
npm run bench -- growth            how figures grow with size; --help for more`

process.exitCode = process.argv[2] === 'growth' ? await growth(process.argv.slice(3)) : await main()

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      rounds: { type: 'string', default: String(fewestRounds) },
      json: { type: 'string' },
      page: { type: 'boolean' },
      table: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  if (values.page || values.table) return show(positionals[0] ?? (await latestDayFile()), values.page === true)
  const rounds = Number(values.rounds)
  const unknown = positionals.filter(name => !names.includes(name))
  if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
    console.error(
      unknown.length > 0 ? `bench: no comparison called ${unknown.join(', ')}. ${help}` : 'bench: --rounds: expected a positive number',
    )
    return 2
  }
  const chosen = comparisons.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  return runAll(chosen, { rounds, json: values.json })
}

async function show(file: string, asPage: boolean): Promise<number> {
  if (asPage) {
    console.log(await writePage(file))
    return 0
  }
  const measured = Object.values(await readDay(file))
  console.log(`${resultTable(measured.map(({ result }) => result))}\n\n${noiseText(noiseOf(measured))}`)
  return 0
}

async function runAll(chosen: readonly Comparison[], { rounds, json }: { rounds: number; json: string | undefined }): Promise<number> {
  const isTry = rounds < fewestRounds
  const progress = new Progress(chosen, rounds, await knownSeconds())
  const measured: Measured[] = []
  for (const [index, comparison] of chosen.entries()) {
    progress.begin(index)
    const each = await run(comparison, rounds, progress)
    await closeUnused(comparison, chosen.slice(index + 1))
    if (each === undefined) continue
    measured.push(each)
    const file = json ?? (isTry ? undefined : dayFile(each.circumstances))
    if (file !== undefined) await addToDay(file, { [comparison.name]: each })
  }
  progress.end()
  const results = measured.map(({ result }) => result)
  console.log(resultTable(results))
  if (measured.length > 0) console.log(`\n${noiseText(noiseOf(measured))}`)
  if (isTry) console.log(`A try: ${rounds} of at least ${fewestRounds} rounds; no verdict.`)
  else if (measured.length > 0) console.log(`Page: ${await writePage(json ?? dayFile(measured.at(-1)!.circumstances))}`)
  return results.length < chosen.length || (!isTry && results.some(isTooNoisy)) ? 1 : 0
}

/** Closes what a comparison shared, and none of the later ones does. */
async function closeUnused({ shares = [] }: Comparison, later: readonly Comparison[]): Promise<void> {
  for (const shared of shares) if (!later.some(each => each.shares?.includes(shared))) await shared.close()
}

/** Runs one comparison; undefined if it is void. */
async function run(comparison: Comparison, rounds: number, progress: Progress): Promise<Measured | undefined> {
  const { name } = comparison
  const circumstances = circumstancesNow()
  try {
    const result = await compare(comparison, { rounds, onRound: round => progress.round(round) })
    progress.done()
    if (isTooNoisy(result) && rounds >= fewestRounds)
      console.error(`bench: ${name}: ${result.dropped} of ${rounds} rounds dropped, the machine was too noisy for a verdict`)
    return { circumstances, result }
  } catch (error) {
    console.error(`\nbench: ${name} is void:`, error)
    return undefined
  }
}

/** How long comparisons took the last time. */
async function knownSeconds(): Promise<Readonly<Record<string, number>>> {
  const known: DayResults = await latestDayFile().then(readDay, () => ({}))
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, { result }]) => (result.seconds === undefined ? [] : [[name, result.seconds.all]])),
  )
}
