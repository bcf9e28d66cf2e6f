import type { Database } from '@hufu/service'

/** Every row of every table, with binary columns as the bytes that they are. */
export async function tableBytes(
  database: Pick<Database, 'query'>,
): Promise<readonly { readonly table: string; readonly bytes: Uint8Array }[]> {
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  )
  return Promise.all(
    tables.map(async ({ name }) => {
      const rows = await database.query<{ row: string }>(`select to_jsonb(t)::text as row from "${name}" t`)
      const text = rows.map(({ row }) => row).join('\n')
      const binary = [...text.matchAll(/\\\\x([0-9a-f]*)/g)].map(([, digits]) => Buffer.from(digits!, 'hex'))
      return { table: name, bytes: Buffer.concat([Buffer.from(text), ...binary]) }
    }),
  )
}
