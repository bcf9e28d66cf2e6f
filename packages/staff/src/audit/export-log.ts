import { canonicalJson } from '@hufu/primitives'
import type { Database } from '@hufu/service'
import { readHead, recordOf } from './chain-entries.ts'

const pageSize = 1_000

interface ChainedRow {
  readonly sequence: number
  readonly at_ms: number
  readonly entry: string
  readonly previous_hash: string
  readonly hash: string
}

/** A chained record as it is given out. */
export type ExportedRecord = {
  readonly sequence: number
  readonly previousHash: string
  readonly hash: string
  readonly atMs: number
} & Partial<ReturnType<typeof recordOf>>

/** Records after a position and up to another, in order. */
export async function readRecords(database: Database, after: number, through: number, limit: number): Promise<readonly ExportedRecord[]> {
  const rows = await database.query<ChainedRow>(
    `select sequence, at_ms, entry, previous_hash, hash from audit_entries where sequence > $1 and sequence <= $2 order by sequence limit ${limit}`,
    [after, through],
  )
  return rows.map(exported)
}

/**
 * The whole log as JSON lines: what it is, each record, the anchors, and where it ends. Whoever checks it trusts none of that, but the ledger. What is chained
 * while it is read is left out.
 */
export async function* exportLog(
  database: Database,
  about: { readonly did: string; readonly list: string; readonly exportedAtMs: number },
): AsyncGenerator<string> {
  const head = await readHead(database)
  yield line({ hufuAuditLog: 1, ...about })
  for (let after = 0; after < head.sequence; ) {
    const records = await readRecords(database, after, head.sequence, pageSize)
    yield records.map(line).join('')
    // Records may be missing, which whoever checks is to see.
    after = records.at(-1)?.sequence ?? head.sequence
  }
  const anchors = await database.query<{ sequence: number; hash: string; block_index: number; time_ms: number }>(
    'select sequence, hash, block_index, time_ms from audit_anchors where block_index is not null and sequence <= $1 order by sequence',
    [head.sequence],
  )
  for (const { sequence, hash, block_index, time_ms } of anchors)
    yield line({ anchor: { sequence, hash, blockIndex: block_index, timeMs: time_ms } })
  yield line({ head })
}

function exported({ sequence, at_ms, entry, previous_hash, hash }: ChainedRow): ExportedRecord {
  const chained = { sequence, atMs: at_ms, previousHash: previous_hash, hash }
  try {
    return { ...recordOf(sequence, at_ms, entry), ...chained }
  } catch {
    // Not JSON any more: somebody changed it, as its hash will show.
    return chained
  }
}

function line(value: unknown): string {
  return `${canonicalJson(value)}\n`
}
