import type { Queries } from '@hufu/service'
import type { PresentationPurpose } from './presentation-desk.ts'

/** How a presentation stands in the table; that it has expired is told by the time. */
export type PresentationStatus = 'waiting' | 'opened' | 'answered' | 'refused' | 'finished'

/** A presentation as the table has it. */
export interface StoredPresentation {
  readonly id: string
  readonly queryId: string
  readonly queryVersion: number
  readonly purpose: PresentationPurpose
  readonly status: PresentationStatus
  readonly nonce: string
  /** What the wallet sends back with its answer: which of the two says on which device it is. */
  readonly stateElsewhere: string
  readonly stateHere: string | undefined
  /** Private key that the response is encrypted to, sealed. */
  readonly responseKey: Uint8Array
  /** JSON text of the list. */
  readonly transactionData: string | undefined
  readonly returnTo: string | undefined
  readonly tokenHash: string
  /** Of the cookie of the browser that began, where this server gave it one. */
  readonly browserHash: string | undefined
  /** Set with the answer where the wallet is on the same device. */
  readonly responseCodeHash: string | undefined
  readonly failedRule: string | undefined
  readonly attempts: number
  readonly result: Uint8Array | undefined
  readonly openedAtMs: number | undefined
  readonly expiresAtMs: number
}

interface Row {
  readonly id: string
  readonly query_id: string
  readonly query_version: number
  readonly purpose_kind: PresentationPurpose['kind']
  readonly purpose_id: string
  readonly status: PresentationStatus
  readonly nonce: string
  readonly state_elsewhere: string
  readonly state_here: string | null
  readonly response_key: Uint8Array
  readonly transaction_data: string | null
  readonly return_to: string | null
  readonly token_hash: string
  readonly browser_hash: string | null
  readonly response_code_hash: string | null
  readonly failed_rule: string | null
  readonly attempts: number
  readonly result: Uint8Array | null
  readonly opened_at_ms: number | null
  readonly expires_at_ms: number
}

/** Adds a presentation that waits for a wallet. */
export async function addPresentation(
  queries: Queries,
  row: Pick<
    StoredPresentation,
    | 'id'
    | 'queryId'
    | 'queryVersion'
    | 'purpose'
    | 'nonce'
    | 'stateElsewhere'
    | 'stateHere'
    | 'responseKey'
    | 'transactionData'
    | 'returnTo'
    | 'tokenHash'
    | 'browserHash'
    | 'expiresAtMs'
  >,
): Promise<void> {
  await queries.query(
    `insert into presentations (id, query_id, query_version, purpose_kind, purpose_id, status, nonce, state_elsewhere, state_here, response_key,
       transaction_data, return_to, token_hash, browser_hash, attempts, expires_at_ms)
     values ($1, $2, $3, $4, $5, 'waiting', $6, $7, $8, $9, $10, $11, $12, $13, 0, $14)`,
    [
      row.id,
      row.queryId,
      row.queryVersion,
      row.purpose.kind,
      row.purpose.id,
      row.nonce,
      row.stateElsewhere,
      row.stateHere ?? null,
      row.responseKey,
      row.transactionData ?? null,
      row.returnTo ?? null,
      row.tokenHash,
      row.browserHash ?? null,
      row.expiresAtMs,
    ],
  )
}

/** @param options.lock - true: nobody else changes it until the transaction ends */
export async function findPresentation(
  queries: Queries,
  id: string,
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<StoredPresentation | undefined> {
  const [row] = await queries.query<Row>(`select * from presentations where id = $1${lock ? ' for update' : ''}`, [id])
  return row === undefined ? undefined : presentationOf(row)
}

/** The wallet has got the request: remembers when that was first. */
export async function markOpened(queries: Queries, id: string, nowMs: number): Promise<void> {
  await queries.query(`update presentations set status = 'opened', opened_at_ms = $2 where id = $1 and status = 'waiting'`, [id, nowMs])
}

/** Counts an answer that could not be taken to be the wallet's. @returns how many there were by now */
export async function countAttempt(queries: Queries, id: string): Promise<number> {
  const [row] = await queries.query<{ attempts: number }>(
    'update presentations set attempts = attempts + 1 where id = $1 returning attempts',
    [id],
  )
  return row?.attempts ?? Number.POSITIVE_INFINITY
}

/**
 * Takes an answer for good: of many at once, in any process, one.
 *
 * @returns false if it was answered before, or has expired by `nowMs`
 */
export async function closePresentation(
  queries: Queries,
  id: string,
  outcome:
    | {
        readonly status: 'answered'
        readonly result: Uint8Array
        readonly responseCodeHash: string | undefined
        readonly finishUntilMs: number
      }
    | { readonly status: 'refused'; readonly failedRule: string },
  nowMs: number,
): Promise<boolean> {
  const rows =
    outcome.status === 'answered'
      ? await queries.query(
          `update presentations set status = 'answered', result = $3, response_code_hash = $4, expires_at_ms = $5
           where id = $1 and status in ('waiting', 'opened') and expires_at_ms > $2 returning id`,
          [id, nowMs, outcome.result, outcome.responseCodeHash ?? null, outcome.finishUntilMs],
        )
      : await queries.query(
          `update presentations set status = 'refused', failed_rule = $3
           where id = $1 and status in ('waiting', 'opened') and expires_at_ms > $2 returning id`,
          [id, nowMs, outcome.failedRule],
        )
  return rows.length > 0
}

/** The result has been given out: nothing of it stays. */
export async function markFinished(queries: Queries, id: string): Promise<void> {
  await queries.query(`update presentations set status = 'finished', result = null where id = $1`, [id])
}

/** Forgets what expired before. @returns how many */
export async function deleteExpired(queries: Queries, beforeMs: number): Promise<number> {
  return (await queries.query('delete from presentations where expires_at_ms < $1 returning id', [beforeMs])).length
}

function presentationOf(row: Row): StoredPresentation {
  return {
    id: row.id,
    queryId: row.query_id,
    queryVersion: row.query_version,
    purpose: { kind: row.purpose_kind, id: row.purpose_id },
    status: row.status,
    nonce: row.nonce,
    stateElsewhere: row.state_elsewhere,
    stateHere: row.state_here ?? undefined,
    responseKey: row.response_key,
    transactionData: row.transaction_data ?? undefined,
    returnTo: row.return_to ?? undefined,
    tokenHash: row.token_hash,
    browserHash: row.browser_hash ?? undefined,
    responseCodeHash: row.response_code_hash ?? undefined,
    failedRule: row.failed_rule ?? undefined,
    attempts: row.attempts,
    result: row.result ?? undefined,
    openedAtMs: row.opened_at_ms ?? undefined,
    expiresAtMs: row.expires_at_ms,
  }
}
