import type { Database } from '@hufu/service'
import { readHead } from './chain-entries.ts'

/** Where on the ledger a hash stands. */
export interface AnchoredAt {
  readonly blockIndex: number
  readonly timeMs: number
  /** Big-endian hexadecimal. */
  readonly transactionHash: string
}

/** Puts the head of the log on the ledger; settles once that is durable. The same hash twice is one write. @param hash - SHA-256 in hexadecimal */
export type AnchorHash = (hash: string) => Promise<AnchoredAt>

interface AnchorRow {
  readonly sequence: number
  readonly hash: string
  readonly begun_at_ms: number
  readonly block_index: number | null
}

/**
 * Anchors the head if it has changed: first what was begun and not finished, so that a crash leaves no head that the ledger has and the log does not know.
 *
 * @param options.everyMs - not sooner than this after the last one was begun
 * @returns the position that is anchored now; undefined: nothing was to be done
 */
export async function anchorHead(
  database: Database,
  anchor: AnchorHash,
  options: { readonly nowMs: number; readonly everyMs: number; readonly onStep?: ((step: string) => void) | undefined },
): Promise<number | undefined> {
  const { nowMs, everyMs, onStep = () => undefined } = options
  const [last] = await database.query<AnchorRow>('select * from audit_anchors order by sequence desc limit 1')
  if (last !== undefined && last.block_index === null) return finish(database, anchor, last, onStep)
  const head = await readHead(database)
  if (head.sequence === (last?.sequence ?? 0) || nowMs - (last?.begun_at_ms ?? Number.NEGATIVE_INFINITY) < everyMs) return undefined
  const [begun] = await database.query<AnchorRow>(
    'insert into audit_anchors (sequence, hash, begun_at_ms) values ($1, $2, $3) on conflict do nothing returning *',
    [head.sequence, head.hash, nowMs],
  )
  // Another replica has begun the same one.
  if (begun === undefined) return undefined
  onStep('anchor begun')
  return finish(database, anchor, begun, onStep)
}

async function finish(
  database: Database,
  anchor: AnchorHash,
  { sequence, hash }: AnchorRow,
  onStep: (step: string) => void,
): Promise<number> {
  const { blockIndex, timeMs, transactionHash } = await anchor(hash)
  onStep('anchor written')
  await database.query('update audit_anchors set block_index = $2, time_ms = $3, transaction_hash = $4 where sequence = $1', [
    sequence,
    blockIndex,
    timeMs,
    transactionHash,
  ])
  return sequence
}
