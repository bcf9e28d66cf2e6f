import type { ScriptHash } from '@hufu/ledger'
import type { Queries } from './database.ts'

/** The ledger's record of one edition of a status list. */
export interface StatusAnchor {
  readonly sequence: number
  readonly timeMs: number
  readonly blockIndex: number
  /** When the issuer anchored the next edition; null while this is the newest. */
  readonly supersededAtMs: number | null
}

interface Row {
  readonly sequence: number
  readonly time_ms: number
  readonly block_index: number
  readonly superseded_at_ms: number | null
}

/** Finds the anchor of a status list by the SHA-256 of its edition, out of the follower's tables; null if that was never anchored. */
export async function findStatusAnchor(
  queries: Queries,
  issuer: ScriptHash,
  listId: string,
  sha256: Uint8Array,
): Promise<StatusAnchor | null> {
  const [row] = await queries.query<Row>(
    `select this.sequence, this.time_ms, this.block_index, next.time_ms as superseded_at_ms
     from registry_anchors this
     left join registry_anchors next on next.issuer = this.issuer and next.list_id = this.list_id and next.sequence = this.sequence + 1
     where this.issuer = $1 and this.list_id = $2 and this.list_hash = $3
     order by this.sequence desc limit 1`,
    [issuer, listId, sha256],
  )
  if (row === undefined) return null
  return { sequence: row.sequence, timeMs: row.time_ms, blockIndex: row.block_index, supersededAtMs: row.superseded_at_ms }
}
