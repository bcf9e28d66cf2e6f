import type { Database } from './database.ts'
import { ServiceError } from './errors.ts'

/** As long does a failure to write count: what follows the ledger writes more often, and reading alone does not show that there is no room. */
const countsForMs = 10_000

/**
 * Whether a server can work with its database.
 *
 * @throws ServiceError `ERR_SERVICE_DATABASE`: no answer; `ERR_SERVICE_DATABASE_FULL`, `ERR_SERVICE_DATABASE_DAMAGED`: seen within the last ten seconds
 */
export async function databaseReady(database: Database): Promise<void> {
  await database.query('select 1')
  const failure = database.failures?.within(countsForMs)
  if (failure === 'full') throw new ServiceError('ERR_SERVICE_DATABASE_FULL', 'the database has no room left')
  if (failure === 'damaged') throw new ServiceError('ERR_SERVICE_DATABASE_DAMAGED', 'the database cannot read or write what it keeps')
}

/** What a server of PostgreSQL must not lack to keep what it has acknowledged, and to notice damage. */
const protections = {
  data_checksums: 'damaged files are not noticed: stop the server of PostgreSQL and run pg_checksums --enable',
  fsync: 'a power cut loses or damages data',
  full_page_writes: 'a power cut damages data',
  synchronous_commit: 'a power cut loses what was acknowledged',
} as const

/** @returns for each protection of PostgreSQL that is switched off, its name and what comes of it */
export async function databaseWarnings(database: Database): Promise<readonly string[]> {
  const names = Object.keys(protections) as (keyof typeof protections)[]
  const rows = await database.query<{ name: keyof typeof protections; setting: string }>('select name, setting from pg_settings')
  return names
    .filter(name => rows.some(row => row.name === name && row.setting === 'off'))
    .map(name => `${name} is off: ${protections[name]}`)
}
