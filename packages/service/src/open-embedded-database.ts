import { PGlite } from '@electric-sql/pglite'
import type { Database, Queries } from './database.ts'
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
  return {
    ...queriesOf(database),
    transaction: work => database.transaction(transaction => work(queriesOf(transaction))),
    close: () => database.close(),
  }
}

function queriesOf(target: Pick<PGlite, 'query'>): Queries {
  return {
    query: async <Row extends object>(sql: string, values: readonly unknown[] = []) => (await target.query<Row>(sql, [...values])).rows,
  }
}
