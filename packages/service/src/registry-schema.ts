import type { Database, Queries } from './database.ts'

/** Changes with every change of the tables below, which are then made and filled anew: they are a cache of the ledger. */
const layout = 1

const tables = {
  registry_identifiers: `
    identifier text, version integer, operation text not null, controller text not null, recovery text, recovery_delay_ms double precision not null,
    deactivated boolean not null, time_ms double precision not null, block_index integer not null, created_ms double precision not null,
    document bytea not null, primary key (identifier, version)`,
  registry_grants: `
    kind integer, subject text, name text, sequence integer, status text not null, reason integer not null, valid_from_ms double precision not null,
    valid_until_ms double precision not null, granter text not null, label text not null, actor text not null, time_ms double precision not null,
    block_index integer not null, primary key (kind, subject, name, sequence)`,
  registry_credential_types: `
    type_id text, version integer, schema bytea not null, schema_hash bytea not null, time_ms double precision not null,
    block_index integer not null, primary key (type_id, version)`,
  registry_queries: `
    institution text, query_id text, version integer, content bytea not null, content_hash bytea not null, time_ms double precision not null,
    block_index integer not null, primary key (institution, query_id, version)`,
  registry_anchors: `
    issuer text, list_id text, sequence integer, list_hash bytea not null, time_ms double precision not null, block_index integer not null,
    primary key (issuer, list_id, sequence)`,
  // One row: the last block that is in the tables, of which network, and in which layout.
  registry_cursor: 'network text primary key, layout integer not null, block_index integer not null, block_hash text not null',
} as const

/** Names of the tables that notifications fill. */
export const registryTables: readonly string[] = Object.keys(tables).filter(name => name !== 'registry_cursor')

/** Where the tables stand: the last block that is in them. */
export interface RegistryCursor {
  readonly blockIndex: number
  readonly blockHash: string
}

/** Makes the tables where they are missing, and empty where they are of another layout or network. */
export function prepareRegistry(database: Database, network: string): Promise<void> {
  return database.transaction(async queries => {
    await lockRegistry(queries)
    await createTables(queries)
    const rows = await queries.query<{ network: string; layout: number }>('select network, layout from registry_cursor')
    if (rows.some(row => row.network !== network || row.layout !== layout)) await dropAndCreateTables(queries)
  })
}

/** Empties the tables. */
export function clearRegistry(database: Database): Promise<void> {
  return database.transaction(async queries => {
    await lockRegistry(queries)
    await dropAndCreateTables(queries)
  })
}

/** Where the tables stand, as the transaction's to change: others wait until it ends. Undefined before the first block. */
export async function readCursor(transaction: Queries): Promise<RegistryCursor | undefined> {
  await lockRegistry(transaction)
  return peekCursor(transaction)
}

/** Where the tables stand; undefined before the first block. */
export async function peekCursor(queries: Queries): Promise<RegistryCursor | undefined> {
  const [row] = await queries.query<{ block_index: number; block_hash: string }>('select block_index, block_hash from registry_cursor')
  return row === undefined ? undefined : { blockIndex: row.block_index, blockHash: row.block_hash }
}

/** Moves the cursor. */
export async function writeCursor(queries: Queries, network: string, { blockIndex, blockHash }: RegistryCursor): Promise<void> {
  await queries.query(
    `insert into registry_cursor values ($1, $2, $3, $4)
     on conflict (network) do update set block_index = excluded.block_index, block_hash = excluded.block_hash`,
    [network, layout, blockIndex, blockHash],
  )
}

/** One writer at a time, also among several processes on one database, until the transaction ends. */
async function lockRegistry(queries: Queries): Promise<void> {
  await queries.query(`select pg_advisory_xact_lock(hashtext('hufu registry'))`)
}

async function dropAndCreateTables(queries: Queries): Promise<void> {
  for (const name of Object.keys(tables)) await queries.query(`drop table if exists ${name}`)
  await createTables(queries)
}

async function createTables(queries: Queries): Promise<void> {
  for (const [name, columns] of Object.entries(tables)) await queries.query(`create table if not exists ${name} (${columns})`)
}
