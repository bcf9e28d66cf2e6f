import { Pool, type PoolClient } from 'pg'
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
    const result = await work(queriesOf(client))
    await client.query('commit')
    client.release()
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
