import type { ScriptHash } from '@hufu/ledger'
import { type CredentialTypeVersion, type GrantEntry, type GrantStatus, grantKinds, type QueryVersion, type TrustSource } from '@hufu/trust'
import type { Queries, SqlValue } from './database.ts'

/** A row of `registry_grants`, but for what names the grant. */
export interface GrantRow {
  readonly sequence: number
  readonly status: string
  readonly reason: number
  readonly valid_from_ms: number
  readonly valid_until_ms: number
  readonly granter: string
  readonly label: string
  readonly actor: string
  readonly time_ms: number
  readonly block_index: number
}

interface TypeRow {
  readonly version: number
  readonly schema: Uint8Array
  readonly schema_hash: Uint8Array
  readonly time_ms: number
  readonly block_index: number
}

interface QueryRow {
  readonly version: number
  readonly content: Uint8Array
  readonly content_hash: Uint8Array
  readonly time_ms: number
  readonly block_index: number
}

/** The trust registry out of the follower's tables. */
export function registryTrustSource(queries: Queries): TrustSource {
  return {
    async findGrant(key, atMs) {
      const [row] = await queries.query<GrantRow>(
        `select * from registry_grants where kind = $1 and subject = $2 and name = $3 and time_ms <= $4 order by sequence desc limit 1`,
        [grantKinds[key.kind], key.subject, 'name' in key ? key.name : '', atMs],
      )
      return row === undefined ? null : entryOfRow(row)
    },
    async findCredentialType(typeId, version) {
      const [condition, ...values] = versionCondition(version, 2)
      const sql = `select * from registry_credential_types where type_id = $1 ${condition} order by version desc limit 1`
      const [row] = await queries.query<TypeRow>(sql, [typeId, ...values])
      return row === undefined ? null : typeOfRow(row)
    },
    async findQuery(institution, queryId, version) {
      const [condition, ...values] = versionCondition(version, 3)
      const sql = `select * from registry_queries where institution = $1 and query_id = $2 ${condition} order by version desc limit 1`
      const [row] = await queries.query<QueryRow>(sql, [institution, queryId, ...values])
      return row === undefined ? null : queryOfRow(row)
    },
  }
}

function versionCondition(version: number | 'latest', position: number): readonly [string, ...SqlValue[]] {
  return version === 'latest' ? [''] : [`and version = $${position}`, version]
}

/** The state of a grant in a row. What the follower wrote had been parsed, so it is taken as it is. */
export function entryOfRow(row: GrantRow): GrantEntry {
  return {
    sequence: row.sequence,
    status: row.status as GrantStatus,
    reason: row.reason,
    validFromMs: row.valid_from_ms,
    validUntilMs: row.valid_until_ms,
    granter: row.granter as ScriptHash,
    label: row.label,
    actor: row.actor as ScriptHash,
    timeMs: row.time_ms,
    blockIndex: row.block_index,
  }
}

function typeOfRow({ version, schema, schema_hash, time_ms, block_index }: TypeRow): CredentialTypeVersion {
  return { version, schema: new Uint8Array(schema), schemaHash: new Uint8Array(schema_hash), timeMs: time_ms, blockIndex: block_index }
}

function queryOfRow({ version, content, content_hash, time_ms, block_index }: QueryRow): QueryVersion {
  return { version, content: new Uint8Array(content), contentHash: new Uint8Array(content_hash), timeMs: time_ms, blockIndex: block_index }
}
