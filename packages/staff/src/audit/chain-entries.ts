import type { Json } from '@hufu/primitives'
import { type AuditRecord, auditHashOf, type Database, type Queries } from '@hufu/service'

/** The same for every replica, so that one chains at a time. */
const lockNumber = 4_848_486
const batchSize = 1_000
/** How many of the last records are looked at before the chain goes on. */
const lookBack = 1_000

/** The end of the chain. */
export interface AuditHead {
  readonly sequence: number
  /** Hexadecimal. */
  readonly hash: string
}

export interface ChainResult {
  readonly chained: number
  /** True if records that were chained before are gone or were put in, as far as a look at the last ones tells. */
  readonly isDamaged: boolean
}

interface Unchained {
  readonly id: string
  readonly at_ms: number
  readonly entry: string
}

/**
 * Chains what was appended since: gives each entry its position and hash, in the order in which they were written. Does nothing if another replica is at it.
 *
 * The chain goes on from the head that was kept, also where the records before it are damaged: so the damage stays to be seen.
 */
export async function chainEntries(database: Database): Promise<ChainResult> {
  let chained = 0
  for (;;) {
    const batch = await database.transaction(queries => chainBatch(queries))
    if (batch === undefined) return { chained, isDamaged: false }
    chained += batch.chained
    if (batch.isDamaged || batch.chained < batchSize) return { chained, isDamaged: batch.isDamaged }
  }
}

async function chainBatch(queries: Queries): Promise<ChainResult | undefined> {
  const [lock] = await queries.query<{ free: boolean }>('select pg_try_advisory_xact_lock($1) as free', [lockNumber])
  if (lock?.free !== true) return undefined
  const entries = await queries.query<Unchained>(
    `select id::text as id, at_ms, entry from audit_entries where sequence is null order by audit_entries.id limit ${batchSize}`,
  )
  if (entries.length === 0) return { chained: 0, isDamaged: false }
  const head = await readHead(queries)
  const links = linksOf(entries, head)
  await queries.query(
    `update audit_entries set sequence = link.sequence, previous_hash = link.previous_hash, hash = link.hash
     from json_to_recordset($1::json) as link(id bigint, sequence double precision, previous_hash text, hash text)
     where audit_entries.id = link.id`,
    [JSON.stringify(links)],
  )
  const last = links.at(-1)!
  await queries.query('update audit_head set sequence = $1, hash = $2', [last.sequence, last.hash])
  return { chained: links.length, isDamaged: !(await isWholeBefore(queries, head)) }
}

/** Where the chain ends. */
export async function readHead(queries: Queries): Promise<AuditHead> {
  const [head] = await queries.query<AuditHead>('select sequence, hash from audit_head')
  if (head === undefined) throw new TypeError('expected the row of audit_head')
  return head
}

interface Link {
  readonly id: string
  readonly sequence: number
  readonly previous_hash: string
  readonly hash: string
}

function linksOf(entries: readonly Unchained[], head: AuditHead): readonly Link[] {
  const links: Link[] = []
  let { sequence, hash } = head
  for (const { id, at_ms, entry } of entries) {
    const previous_hash = hash
    sequence++
    hash = auditHashOf(previous_hash, recordOf(sequence, at_ms, entry))
    links.push({ id, sequence, previous_hash, hash })
  }
  return links
}

/** A record as it is hashed. @param entry - canonical JSON */
export function recordOf(sequence: number, atMs: number, entry: string): AuditRecord {
  const { actor, action, subject, detail } = JSON.parse(entry) as Omit<AuditRecord, 'sequence' | 'atMs'> & { readonly [name: string]: Json }
  return { sequence, atMs, actor, action, ...(subject === undefined ? {} : { subject }), ...(detail === undefined ? {} : { detail }) }
}

/** Whether the last records before the head are all there, and the last of them is the head. */
async function isWholeBefore(queries: Queries, { sequence, hash }: AuditHead): Promise<boolean> {
  const first = Math.max(1, sequence - lookBack + 1)
  const [found] = await queries.query<{ count: number; hash: string | null }>(
    'select count(*)::integer as count, max(case when sequence = $2 then hash end) as hash from audit_entries where sequence between $1 and $2',
    [first, sequence],
  )
  return sequence === 0 || (found?.count === sequence - first + 1 && found.hash === hash)
}
