import { type Did, resolveDid } from '@hufu/did'
import { generateSigner } from '@hufu/keys'
import type { NetworkDescriptor } from '@hufu/ledger'
import { type Database, openPostgresDatabase, openRegistry, type Registry } from '@hufu/service'
import { startPostgres } from '@hufu/testkit'
import { inFlight } from '../fixtures/in-flight.ts'
import { quantile, seededRandom } from '../statistics.ts'
import { digits, extrapolated, growthExponent, largestShare, percent } from './bottleneck.ts'
import { SeriesSet } from './curve.ts'
import { MadeUpLedger } from './fixtures/made-up-ledger.ts'
import { postgresCpuSeconds } from './fixtures/postgres-cpu.ts'
import { ownMebibytes } from './fixtures/process-memory.ts'
import { summaryOf, timeEach } from './fixtures/summary.ts'
import { withClosing } from './fixtures/with-closing.ts'
import type { GrowthPart } from './growth-part.ts'
import { powersOfTen } from './sizes.ts'

const hot = 500
const warmReads = 20_000
const uniformReads = 4_000
/** The answer, and whether the tables are still those that were asked. */
const statementsEach = 2
/** As many as the registry keeps by default. */
const cached = 100_000
const connections = 10
const hash = (digit: string) => digit.repeat(40)
const network = {
  name: 'test',
  magic: 1,
  contracts: Object.fromEntries(['identifiers', 'trust', 'status'].map((name, index) => [name, { hash: hash(String(index + 1)) }])),
} as unknown as NetworkDescriptor

const rebuildSeries = 'tables only, PostgreSQL'

/** Tables that follow the ledger, filled by the follower's own path out of a ledger that is made up. */
export const identifiersInTables: GrowthPart = {
  name: 'identifiers-in-tables',
  description: "identifiers in the tables that follow the ledger, PostgreSQL, filled by the follower from a made-up ledger's answers",
  run: (long, progress) =>
    withClosing(async steps => {
      const postgres = await startPostgres()
      steps.push(() => postgres.stop())
      const url = await postgres.createDatabase()
      const database = new CountedQueries(openPostgresDatabase(url, { poolSize: connections }))
      steps.push(() => database.close())
      const keys = [(await generateSigner('P-256')).publicKey, (await generateSigner('Ed25519')).publicKey]
      const ledger = new MadeUpLedger(network, keys)
      const registry = openRegistry({
        ...{ client: ledger.client, network, database, freshWithinMs: 3_600_000 },
        onError: error => console.error(error),
      })
      steps.push(() => registry.close())
      return measure({ ledger, registry, database, url }, long, progress)
    }),
}

/** Counts the questions that go to the database. */
class CountedQueries implements Database {
  readonly #database: Database
  count = 0

  constructor(database: Database) {
    this.#database = database
  }

  query: Database['query'] = (sql, values) => {
    this.count++
    return this.#database.query(sql, values)
  }

  transaction: Database['transaction'] = work => this.#database.transaction(work)
  close: Database['close'] = () => this.#database.close()
}

interface Tables {
  readonly ledger: MadeUpLedger
  readonly registry: Registry
  readonly database: CountedQueries
  readonly url: string
}

async function measure(tables: Tables, long: boolean, progress: (what: string) => void) {
  const { ledger, registry, database, url } = tables
  const sizes = powersOfTen(long ? 1_000_000 : 100_000)
  // To fill what the registry keeps takes as many questions, and time.
  const asked = long ? cached : 20_000
  const [rebuild, latency, rate, memory, disk] = [new SeriesSet(), new SeriesSet(), new SeriesSet(), new SeriesSet(), new SeriesSet()]
  const spent = { PostgreSQL: 0, follower: 0 }
  let seconds = 0
  let hits = 0
  for (const size of sizes) {
    const [startedAt, ownBefore, postgresBefore] = [performance.now(), process.cpuUsage(), postgresCpuSeconds(url)]
    ledger.growTo(size)
    await registry.refresh()
    seconds += (performance.now() - startedAt) / 1000
    const { user, system } = process.cpuUsage(ownBefore)
    spent.follower += (user + system) / 1e6 - (ledger.cpuMsEach() * (size - (size === sizes[0] ? 0 : size / 10))) / 1000
    spent.PostgreSQL += postgresCpuSeconds(url) - postgresBefore
    rebuild.add(rebuildSeries, size, seconds)
    progress(`${size} identifiers in the tables`)

    const resolve = async (did: Did) => {
      if ((await resolveDid(registry.dids, did)).document === null) throw new Error('expected a document')
    }
    // Never asked for before: those of this size that no earlier size had, all over them.
    const before = size === sizes[0] ? 0 : size / 10
    const places = Array.from({ length: hot }, (_, index) => ledger.did(before + Math.floor(((index + 0.5) * (size - before)) / hot)))
    const cold = await timeEach(hot, index => resolve(places[index]!))
    latency.add('tables, not in memory, p50', size, summaryOf(cold).y)
    latency.add('tables, not in memory, p99', size, quantile(cold, 0.99))
    rate.add(`${hot} that are in memory`, size, await perSecond(warmReads, index => resolve(places[index % hot]!)))
    const random = seededRandom(1)
    const anyOf = () => ledger.did(Math.floor(random() * size))
    const questions = Math.min(size, asked)
    await inFlight(Array.from({ length: questions }), connections, () => resolve(anyOf()))
    const others = Array.from({ length: uniformReads }, anyOf)
    const [startedUniformAt, statementsBefore] = [performance.now(), database.count]
    await inFlight(others, connections, resolve)
    rate.add('any of all', size, (1000 * uniformReads) / (performance.now() - startedUniformAt))
    hits = 1 - (database.count - statementsBefore) / statementsEach / uniformReads
    memory.add('resident', size, ownMebibytes().resident)
    memory.add('in use', size, ownMebibytes().used)
    const [{ table, index } = { table: 0, index: 0 }] = await database.query<{ table: number; index: number }>(
      `select pg_table_size('registry_identifiers')::double precision as table, pg_indexes_size('registry_identifiers')::double precision as index`,
    )
    disk.add('PostgreSQL, table', size, table / size)
    disk.add('PostgreSQL, index', size, index / size)
    progress(`${size} identifiers resolved`)
  }
  const axes = { xLabel: 'identifiers', logX: true }
  const largest = sizes.at(-1)!
  const most = largestShare(spent)
  const any = rate.points('any of all')
  return [
    {
      name: 'identifiers-rebuild-tables',
      ...{ ...axes, yLabel: 'time to fill the tables from nothing, tables only', unit: 's', series: rebuild.series },
      bottleneck: `One insert after the other in one transaction at a time: ${digits(largest / seconds)} identifiers a second at ${largest.toLocaleString('en')} (exponent ${digits(growthExponent(rebuild.points(rebuildSeries)))}), ${percent(most.share)} of the CPU in ${most.name}; 10⁷ would take ${digits(extrapolated(rebuild.points(rebuildSeries), 1e7) / 60)} minutes, and what a node's answers cost comes on top (identifiers-rebuild-ledger).`,
    },
    {
      name: 'identifiers-resolve-latency',
      ...{ ...axes, yLabel: 'one DID resolved that is not in memory, tables only', unit: 'ms', series: latency.series },
      bottleneck: `The way to PostgreSQL and back, two statements for each: ${digits(latency.last('tables, not in memory, p50'))} ms at ${largest.toLocaleString('en')}, exponent ${digits(growthExponent(latency.points('tables, not in memory, p50')))}.`,
    },
    {
      name: 'identifiers-resolve-rate',
      ...{ ...axes, yLabel: 'DIDs resolved a second, tables only', unit: '/s', series: rate.series },
      bottleneck: `The share that is in memory: the registry keeps ${cached.toLocaleString('en')} (maxCached), so with ${largest.toLocaleString('en')} evenly asked for, after ${asked.toLocaleString('en')} questions, ${percent(hits)} were found there, and the rate is ${digits(any.at(-1)!.y)}/s beside ${digits(rate.last(`${hot} that are in memory`))}/s.`,
    },
    {
      name: 'identifiers-memory',
      ...{ ...axes, yLabel: 'memory of a process that follows and has asked for all it keeps', unit: 'MiB', series: memory.series },
      bottleneck: `Memory grows with what is kept, not with what there is: it stops at maxCached; ${digits(memory.last('in use'))} MiB in use at ${largest.toLocaleString('en')}, with ${asked.toLocaleString('en')} asked for; of a million, memory holds a tenth.`,
    },
    {
      name: 'identifiers-disk-tables',
      ...{ ...axes, yLabel: 'disk of one identifier in the tables', unit: 'bytes each', series: disk.series },
      bottleneck: `The document itself, stored as it came: ${digits(disk.last('PostgreSQL, table') + disk.last('PostgreSQL, index'))} bytes with index, ${digits(((disk.last('PostgreSQL, table') + disk.last('PostgreSQL, index')) * 1e7) / 2 ** 30)} GiB for 10⁷; no limit before the ledger's own (identifiers-disk-ledger).`,
    },
  ]
}

async function perSecond(count: number, work: (index: number) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  for (let index = 0; index < count; index++) await work(index)
  return (1000 * count) / (performance.now() - startedAt)
}
