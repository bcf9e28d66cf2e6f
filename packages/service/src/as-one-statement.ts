import type { Queries, SqlValue } from './database.ts'

/**
 * Runs statements that change something as one: one round trip, and outside of a transaction one flush to the disk. All of it happens, or nothing.
 *
 * For statements whose results nobody needs and none of which has to see what another did: whatever `work` asks for comes back empty, and is only written once
 * `work` is done.
 */
export async function asOneStatement(queries: Queries, work: (gathered: Queries) => Promise<void>): Promise<void> {
  const statements: string[] = []
  const all: SqlValue[] = []
  await work({
    async query(sql, values = []) {
      const offset = all.length
      statements.push(sql.replaceAll(/\$(\d+)/g, (_, number) => `$${Number(number) + offset}`))
      all.push(...values)
      return []
    },
  })
  const last = statements.pop()
  if (last === undefined) return
  const others = statements.map((statement, index) => `statement_${index} as (${statement})`)
  await queries.query(others.length === 0 ? last : `with ${others.join(', ')} ${last}`, all)
}
