import { type Database, openPostgresDatabase } from '@hufu/service'
import { startPostgres } from '@hufu/testkit'
import { type IssuerBench, officer, openIssuerBench, residentType, startMs } from '../../../apps/institution/src/issuer/issuer-fixture.ts'
import { digits, growthExponent, largestShare, percent } from './bottleneck.ts'
import { SeriesSet } from './curve.ts'
import { postgresCpuSeconds } from './fixtures/postgres-cpu.ts'
import { summaryOf } from './fixtures/summary.ts'
import { withClosing } from './fixtures/with-closing.ts'
import type { GrowthPart } from './growth-part.ts'
import { powersOfTen } from './sizes.ts'

const samples = 15
/** Rows in a statement, which may take half a minute. */
const atOnce = 50_000
/** Places are drawn at random, so a list counts as full when some four fifths are given out. */
const perList = 104_857
const capacity = 131_072
const revokedOneIn = 100

/** From an officer's revocation to the list that verifiers get, at an issuer's server with so many credentials in its tables. */
export const statusPublished: GrowthPart = {
  name: 'status-published',
  description: "a credential revoked at an issuer's server on PostgreSQL, until the list is published; the ledger is a stand-in",
  run: (long, progress) =>
    withClosing(async steps => {
      const postgres = await startPostgres()
      steps.push(() => postgres.stop())
      const url = await postgres.createDatabase()
      const database = openPostgresDatabase(url)
      steps.push(() => database.close())
      const bench = await openIssuerBench({ database, listCapacity: capacity })
      steps.push(() => bench.close())
      return measure(bench, url, powersOfTen(long ? 1_000_000 : 100_000), progress)
    }),
}

async function measure(bench: IssuerBench, url: string, sizes: readonly number[], progress: (what: string) => void) {
  const { database } = bench
  const [time, disk] = [new SeriesSet(), new SeriesSet()]
  const spent = { PostgreSQL: 0, 'the server': 0 }
  let filled = 0
  for (const size of sizes) {
    for (; filled < size; filled = Math.min(size, filled + atOnce)) await fill(database, filled, Math.min(size, filled + atOnce))
    await database.query('analyze')
    progress(`${size} credentials in the tables`)
    const [recorded, published]: [number[], number[]] = [[], []]
    const [own, other] = [process.cpuUsage(), postgresCpuSeconds(url)]
    for (let sample = 0; sample < samples; sample++) {
      const number = Math.floor(((sample + 0.5) * size) / samples)
      // One that is still valid.
      const id = idOf(number % revokedOneIn === 0 ? number + 1 : number)
      const before = await listText(bench, number)
      const startedAt = performance.now()
      const answer = await bench.staff(officer, 'POST', `/issuer/applications/${id}/status`, { status: 'revoked', reason: 'data-changed' })
      if (answer.statusCode !== 200) throw new Error(`expected the credential to be revoked, got ${answer.statusCode}`)
      recorded.push(performance.now() - startedAt)
      await bench.jobs.drain()
      published.push(performance.now() - startedAt)
      if ((await listText(bench, number)) === before) throw new Error('expected another list')
    }
    const { user, system } = process.cpuUsage(own)
    spent['the server'] += (user + system) / 1e6
    spent.PostgreSQL += postgresCpuSeconds(url) - other
    for (const [name, times] of [['answered to the officer', recorded] as const, ['published', published] as const]) {
      const { y, ...range } = summaryOf(times)
      time.add(name, size, y, range)
    }
    const [row] = await database.query<{ bytes: number }>(
      `select (pg_total_relation_size('credentials') + pg_total_relation_size('applications'))::double precision as bytes`,
    )
    disk.add('tables and indexes', size, row!.bytes / size)
    progress(`${size} credentials: revoked and published`)
  }
  const axes = { xLabel: 'credentials in the tables', logX: true }
  const most = largestShare(spent)
  const largest = sizes.at(-1)!.toLocaleString('en')
  return [
    {
      name: 'status-published',
      ...{ ...axes, yLabel: 'from an officer’s revocation to the list as it is served', unit: 'ms', series: time.series },
      bottleneck: `The revoked of a list, read and packed anew for each revision, ${percent(most.share)} of the CPU in ${most.name}: ${digits(time.last('published'))} ms at ${largest}, exponent ${digits(growthExponent(time.points('published')))}; it stops growing where lists are full (131,072 places), beyond that there are more lists. The anchor on the ledger, a stand-in here, comes on top: a durable write, which waits for a flush once a second (validators-finality).`,
    },
    {
      name: 'status-disk',
      ...{ ...axes, yLabel: 'disk of one credential in an issuer’s tables', unit: 'bytes each', series: disk.series },
      bottleneck: `PostgreSQL's disk: ${digits(disk.last('tables and indexes'))} bytes for each copy with its application (without what the application says), ${digits((disk.last('tables and indexes') * 1e9) / 2 ** 40)} TiB for 10⁹ copies: 16 copies each for 62 million residents.`,
    },
  ]
}

function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

async function listText({ server }: IssuerBench, number: number): Promise<string> {
  return (await server.inject(`/status/${1 + Math.floor(number / perList)}`)).body
}

/** Credentials as issuing leaves them, one to an application; every hundredth revoked. */
async function fill(database: Database, from: number, to: number): Promise<void> {
  const lists = 1 + Math.floor((to - 1) / perList)
  const id = "'00000000-0000-4000-8000-' || lpad(n::text, 12, '0')"
  await database.query(
    `insert into applications (id, type, state, content, content_digest, clerk, officer, created_at_ms, changed_at_ms)
     select ${id}, $3, 'issued', '\\x', md5(n::text), 'clerk-1', 'officer-1', $4, $4 from generate_series($1::integer, $2::integer) n`,
    [from, to - 1, residentType, startMs],
  )
  await database.query(
    `insert into credentials (id, issuance, application, type, format, holder, list_kind, list, list_index, schema_version, intent_at_ms, issued_at_ms, sha256, status)
     select md5(n::text), md5('i' || n), ${id}, $3, 'dc+sd-jwt', md5('h' || n), 'token', 1 + n / ${perList}, n % ${perList}, 1, $4, $4, md5('s' || n),
       case when n % ${revokedOneIn} = 0 then 'revoked' else 'valid' end from generate_series($1::integer, $2::integer) n`,
    [from, to - 1, residentType, startMs],
  )
  await database.query(
    `insert into status_lists (name, kind, number, text, text_revision, signed_at_ms)
     select n::text, 'token', n, '', 0, $2 from generate_series(1, $1::integer) n on conflict do nothing`,
    [lists, startMs],
  )
}
