import { Client, Pool, type PoolClient } from 'pg'
import { beginAfterCommit } from './after-commit.ts'
import type { Database, Queries } from './database.ts'
import { DatabaseFailures } from './database-failures.ts'
import { ServiceError } from './errors.ts'
import { isLoopback } from './is-loopback.ts'

export interface PostgresOptions {
  /** Connections of this process; default 10. All replicas together stay below the server's `max_connections`. */
  readonly poolSize?: number
  /** How long a statement may take; default 30,000 ms. */
  readonly statementTimeoutMs?: number
  /** How long to wait for a connection; default 10,000 ms. */
  readonly connectTimeoutMs?: number
}

/** Connections of a pool: all, those that do nothing, and requests that wait for one. */
export interface PoolCounts {
  readonly total: number
  readonly idle: number
  readonly waiting: number
}

export interface PostgresDatabase extends Database {
  /** For metrics. */
  poolCounts(): PoolCounts
}

/**
 * Opens a database on a PostgreSQL server through a pool of connections.
 *
 * @param url - `postgresql://user:password@host/name`; of another machine only with TLS that checks its certificate, `?sslmode=verify-full`
 * @throws ServiceError `ERR_SERVICE_CONFIG`: it would be spoken to in plain text, or without knowing who it is; or no such URL
 */
export function openPostgresDatabase(url: string, options: PostgresOptions = {}): PostgresDatabase {
  requireTls(url)
  const { poolSize = 10, statementTimeoutMs = 30_000, connectTimeoutMs = 10_000 } = options
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // A plan that is kept was made for the table as it was then: of one that was small it reads all rows, until statistics are gathered again.
    options: '-c plan_cache_mode=force_custom_plan',
    // A transaction that nobody goes on with holds its locks no longer than a statement might.
    idle_in_transaction_session_timeout: statementTimeoutMs,
  })
  // An idle connection that breaks is replaced; without a listener its error would end the process.
  pool.on('error', () => undefined)
  const failures = new DatabaseFailures()
  return {
    failures,
    ...queriesOf(pool, failures),
    transaction: work => inTransaction(pool, failures, work),
    poolCounts: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  }
}

/** What the driver makes of the address, and not what it looks like, is judged. */
function requireTls(url: string): void {
  const { host, ssl } = clientOf(url)
  if (host.startsWith('/') || isLoopback(host)) return
  if (ssl === true || (typeof ssl === 'object' && ssl.rejectUnauthorized !== false && ssl.checkServerIdentity === undefined)) return
  const message =
    'DATABASE_URL_FILE: expected sslmode=verify-full, for the database is on another machine (its authority: sslrootcert=FILE)'
  throw new ServiceError('ERR_SERVICE_CONFIG', message)
}

interface DriverSettings {
  /** A name, an address, or the folder of a socket. */
  readonly host: string
  readonly ssl: boolean | { readonly rejectUnauthorized?: boolean; readonly checkServerIdentity?: unknown }
}

/** One that never connects. */
function clientOf(connectionString: string): DriverSettings {
  try {
    return new Client({ connectionString }) as unknown as DriverSettings
  } catch (cause) {
    // The driver's message may have the password in it.
    const message = 'DATABASE_URL_FILE: expected postgresql://user:password@host/name, and files that are there'
    throw new ServiceError('ERR_SERVICE_CONFIG', message, { cause })
  }
}

async function inTransaction<Result>(pool: Pool, failures: DatabaseFailures, work: (queries: Queries) => Promise<Result>): Promise<Result> {
  const client = await failures.tell(() => pool.connect())
  // The pool listens to idle connections only: one that breaks while nobody waits for a statement of it would end the process.
  client.on('error', ignore)
  try {
    await failures.tell(() => client.query('begin'))
    const queries = queriesOf(client, failures)
    const committed = beginAfterCommit(queries)
    const result = await work(queries)
    // A statement that failed, and whose error `work` did not pass on, has undone everything: PostgreSQL then answers a commit with a rollback.
    const { command } = await failures.tell(() => client.query('commit'))
    if (command !== 'COMMIT') throw new Error('transaction was rolled back, for one of its statements failed')
    release(client)
    committed()
    return result
  } catch (error) {
    await rollBack(client)
    throw error
  }
}

/** A connection that cannot even roll back is thrown away, which the server takes as a rollback. */
async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query('rollback')
    release(client)
  } catch {
    release(client, true)
  }
}

/** Afterwards the pool listens to it again. */
function release(client: PoolClient, isBroken = false): void {
  client.release(isBroken)
  client.off('error', ignore)
}

function ignore(): void {
  // Whoever waits for a statement is told.
}

function queriesOf(target: Pool | PoolClient, failures: DatabaseFailures): Queries {
  return {
    query: async <Row extends object>(sql: string, values: readonly unknown[] = []) => {
      const name = statementNameOf(sql, values)
      const statement = { ...(name === undefined ? {} : { name }), text: sql, values: [...values] }
      return (await failures.tell(() => target.query<Row>(statement))).rows
    },
  }
}

/** Names by which connections keep statements parsed, of the first texts that come: those that are made anew each time are without end. */
const statementNames = new Map<string, string | undefined>()
const maxStatements = 400

function statementNameOf(sql: string, values: readonly unknown[]): string | undefined {
  if (values.length === 0 || statementNames.has(sql)) return statementNames.get(sql)
  if (statementNames.size >= maxStatements) return undefined
  // One that gives all columns is not kept: another column, added while it runs, would make it fail.
  const name = sql.replaceAll('count(*)', '').includes('*') ? undefined : `s${statementNames.size}`
  statementNames.set(sql, name)
  return name
}
