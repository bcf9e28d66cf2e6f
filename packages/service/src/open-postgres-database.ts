import { Pool, type PoolClient } from 'pg'
import { beginAfterCommit } from './after-commit.ts'
import type { Database, Queries } from './database.ts'

/** Opens a database on a PostgreSQL server through a pool of connections. @param url - `postgresql://user:password@host/name` */
export function openPostgresDatabase(url: string): Database {
  const pool = new Pool({ connectionString: url })
  // An idle connection that breaks is replaced; without a listener its error would end the process.
  pool.on('error', () => undefined)
  return {
    ...queriesOf(pool),
    transaction: work => inTransaction(pool, work),
    close: () => pool.end(),
  }
}

async function inTransaction<Result>(pool: Pool, work: (queries: Queries) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const queries = queriesOf(client)
    const committed = beginAfterCommit(queries)
    const result = await work(queries)
    // A statement that failed, and whose error `work` did not pass on, has undone everything: PostgreSQL then answers a commit with a rollback.
    const { command } = await client.query('commit')
    if (command !== 'COMMIT') throw new Error('transaction was rolled back, for one of its statements failed')
    client.release()
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
    client.release()
  } catch {
    client.release(true)
  }
}

function queriesOf(target: Pool | PoolClient): Queries {
  return {
    query: async <Row extends object>(sql: string, values: readonly unknown[] = []) => (await target.query<Row>(sql, [...values])).rows,
  }
}
