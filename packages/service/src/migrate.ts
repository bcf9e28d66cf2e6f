import type { Database, Queries } from './database.ts'

/** A step of a database's shape. Once it has run anywhere it is never changed: a later step mends it. */
export interface Migration {
  /** Unique, such as `issuer 1: applications`. */
  readonly name: string
  /** Statements with semicolons between. */
  readonly sql: string
}

/** Any number: the same for every replica, so that one migrates while the others wait. */
const lockNumber = 4_848_485

/** Runs the steps that have not run yet, in order, each whole or not at all. Replicas that start at once run each step once. */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  await inTurn(database, queries =>
    queries.query('create table if not exists migrations (name text primary key, at timestamptz default now())'),
  )
  for (const { name, sql } of migrations)
    await inTurn(database, async queries => {
      const added = await queries.query('insert into migrations (name) values ($1) on conflict do nothing returning name', [name])
      if (added.length > 0) for (const statement of statementsOf(sql)) await queries.query(statement)
    })
}

function inTurn<Result>(database: Database, work: (queries: Queries) => Promise<Result>): Promise<Result> {
  return database.transaction(async queries => {
    await queries.query('select pg_advisory_xact_lock($1)', [lockNumber])
    return work(queries)
  })
}

/** The drivers take one statement at a time; none of ours holds a semicolon inside. */
function statementsOf(sql: string): readonly string[] {
  return sql
    .split(';')
    .map(statement => statement.trim())
    .filter(statement => statement !== '')
}
