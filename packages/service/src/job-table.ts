import { randomUUID } from 'node:crypto'
import type { Json } from '@hufu/primitives'
import type { Database, Queries, SqlValue } from './database.ts'
import type { Migration } from './migrate.ts'

/** A job waits (`lease` is null) until `due_ms`, or somebody has it until then. The time is the database's: replicas' clocks do not matter. */
export const jobMigrations: readonly Migration[] = [
  {
    name: 'service 2: jobs',
    sql: `create table jobs (id text primary key, kind text not null, key text, payload text not null, due_ms double precision not null,
            attempts integer not null default 0, lease text);
          create index jobs_due on jobs (kind, due_ms);
          create index jobs_key on jobs (kind, key) where key is not null;
          create table job_rhythms (kind text primary key, every_ms double precision not null, next_ms double precision not null)`,
  },
]

const nowMs = '(extract(epoch from clock_timestamp()) * 1000)::double precision'
const maxPauseMs = 900_000

/** From how many failures on a job counts as one that keeps failing. */
const failingFrom = 5

export interface TakenJob {
  readonly id: string
  /** Whoever knows it has the job. */
  readonly lease: string
  readonly payload: Json
  readonly attempts: number
}

export interface JobCounts {
  readonly waiting: number
  readonly running: number
  /** Failed five times or more, and waits to be tried again. */
  readonly failing: number
}

/** The statements on the table of jobs. */
export class JobTable {
  readonly #database: Database
  readonly #leaseMs: number
  readonly #retryMs: number

  constructor(database: Database, { leaseMs, retryMs }: { leaseMs: number; retryMs: number }) {
    this.#database = database
    this.#leaseMs = leaseMs
    this.#retryMs = retryMs
  }

  /**
   * Of jobs with one key every sender writes one, so that no transaction waits for another's; whoever takes one takes all that wait. So work that was asked for
   * is always begun after the transaction that asked, and sees what it did.
   */
  async send(queries: Queries, job: { kind: string; payload: Json; key: string | undefined; afterMs: number }): Promise<void> {
    const { kind, payload, key, afterMs } = job
    await queries.query(`insert into jobs (id, kind, key, payload, due_ms) values ($1, $2, $3, $4, ${nowMs} + $5)`, [
      randomUUID(),
      kind,
      key ?? null,
      JSON.stringify(payload),
      afterMs,
    ])
  }

  /** Writes down a rhythm. */
  async schedule(kind: string, everyMs: number): Promise<void> {
    await this.#database.query(
      `insert into job_rhythms values ($1, $2, ${nowMs}) on conflict (kind) do update
       set every_ms = excluded.every_ms, next_ms = least(job_rhythms.next_ms, excluded.next_ms + excluded.every_ms)
       where job_rhythms.every_ms <> excluded.every_ms`,
      [kind, everyMs],
    )
  }

  /** Asks for what is to be done regularly, if its time has come: of several replicas one does. */
  async sendScheduled(kinds: readonly string[]): Promise<void> {
    if (kinds.length === 0) return
    await this.#database.query(
      `with due as (
         update job_rhythms set next_ms = case when next_ms + every_ms > ${nowMs} then next_ms + every_ms else ${nowMs} + every_ms end
         where kind in (${places(kinds, 1)}) and next_ms <= ${nowMs} returning kind
       ) insert into jobs (id, kind, key, payload, due_ms) select gen_random_uuid()::text, kind, 'regular', 'null', ${nowMs} from due`,
      kinds,
    )
  }

  /** Those of the kinds of which there is work to do. */
  async dueKinds(kinds: readonly string[]): Promise<readonly string[]> {
    if (kinds.length === 0) return []
    const rows = await this.#database.query<{ kind: string }>(
      `select distinct kind from jobs where kind in (${places(kinds, 1)}) and due_ms <= ${nowMs}`,
      kinds,
    )
    return rows.map(({ kind }) => kind)
  }

  /** Takes a job, and with it all that wait with the same key. */
  async take(kind: string, lease: string): Promise<TakenJob | undefined> {
    const values: SqlValue[] = [kind, lease, this.#leaseMs]
    const [row] = await this.#database.query<{ id: string; payload: string; attempts: number }>(
      `with picked as (
         select id, key from jobs where kind = $1 and due_ms <= ${nowMs} and (key is null or not exists (
           select from jobs other where other.kind = $1 and other.key = jobs.key and other.due_ms > ${nowMs} and (other.lease is not null or other.attempts > 0)
         )) order by due_ms limit 1 for update skip locked
       ), same as (
         select jobs.id, jobs.attempts from jobs join picked on jobs.key = picked.key and jobs.id <> picked.id
         where jobs.kind = $1 and (jobs.lease is null or jobs.due_ms <= ${nowMs}) for update of jobs skip locked
       ), merged as (delete from jobs where id in (select id from same))
       update jobs set lease = $2, due_ms = ${nowMs} + $3, attempts = greatest(attempts, (select max(attempts) from same)) + 1
       where id = (select id from picked) returning id, payload, attempts`,
      values,
    )
    return row === undefined ? undefined : { id: row.id, lease, payload: JSON.parse(row.payload) as Json, attempts: row.attempts }
  }

  /** Keeps a job a while longer. @returns false if it is somebody else's now */
  async renew({ id, lease }: TakenJob): Promise<boolean> {
    const sql = `update jobs set due_ms = ${nowMs} + $3 where id = $1 and lease = $2 returning id`
    return (await this.#database.query(sql, [id, lease, this.#leaseMs])).length > 0
  }

  async finish({ id, lease }: TakenJob): Promise<void> {
    await this.#database.query('delete from jobs where id = $1 and lease = $2', [id, lease])
  }

  /** Puts a job back that failed, or, without a pause, one that was broken off. */
  async postpone({ id, lease, attempts }: TakenJob, wasBrokenOff: boolean): Promise<void> {
    const pauseMs = wasBrokenOff ? 0 : Math.min(maxPauseMs, this.#retryMs * 2 ** Math.min(attempts - 1, 20))
    await this.#database.query(
      `update jobs set lease = null, attempts = attempts - $4, due_ms = ${nowMs} + $3 * (0.75 + random() / 2) where id = $1 and lease = $2`,
      [id, lease, pauseMs, wasBrokenOff ? 1 : 0],
    )
  }
}

export async function countJobs(queries: Queries): Promise<JobCounts> {
  const [row] = await queries.query<JobCounts>(
    `select count(*) filter (where lease is null)::integer as waiting, count(*) filter (where lease is not null)::integer as running,
       count(*) filter (where attempts >= ${failingFrom} and lease is null)::integer as failing from jobs`,
  )
  return row!
}

/** `$1, $2, …` for as many values. */
function places(values: readonly unknown[], from: number): string {
  return values.map((_, index) => `$${from + index}`).join(', ')
}
