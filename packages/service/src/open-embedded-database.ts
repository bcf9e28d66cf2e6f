import { PGlite } from '@electric-sql/pglite'
import { beginAfterCommit } from './after-commit.ts'
import type { Database, Queries } from './database.ts'
import { DatabaseFailures } from './database-failures.ts'
import { copyEmbeddedTemplate } from './embedded-template.ts'

/**
 * Opens PostgreSQL inside this process, for trying out and for tests. It does not wait until data is on the disk's platter:
 * keep in it only what can be rebuilt.
 *
 * @param folder - where it keeps its files; undefined: in memory
 */
export async function openEmbeddedDatabase(folder?: string): Promise<Database> {
  if (folder !== undefined) await copyEmbeddedTemplate(folder)
  const database = await (folder === undefined ? PGlite.create() : PGlite.create(folder))
  const failures = new DatabaseFailures()
  return {
    failures,
    ...queriesOf(database, failures),
    transaction: work => inTransaction(database, failures, work),
    close: () => database.close(),
  }
}

async function inTransaction<Result>(
  database: PGlite,
  failures: DatabaseFailures,
  work: (queries: Queries) => Promise<Result>,
): Promise<Result> {
  let committed: (() => void) | undefined
  const result = await database.transaction(async transaction => {
    const queries = queriesOf(transaction, failures)
    committed = beginAfterCommit(queries)
    const result = await work(queries)
    // Throws if a statement failed whose error `work` did not pass on: a commit would then undo everything and not say so.
    await queries.query('select 1')
    return result
  })
  committed?.()
  return result
}

function queriesOf(target: Pick<PGlite, 'query'>, failures: DatabaseFailures): Queries {
  return {
    query: async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
      (await failures.tell(() => target.query<Row>(sql, [...values]))).rows,
  }
}
