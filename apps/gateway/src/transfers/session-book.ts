import type { Transfer } from '@hufu/chains/titles'
import { errorCode } from '@hufu/primitives'
import type { AssetPosition, Progress, Role, SessionOutcome } from '@hufu/satp'
import type { Database } from '@hufu/service'

/** The line of a session, as people see it. */
export interface BookedSession {
  readonly sessionId: string
  readonly role: Role
  /** DID of the gateway on the other side. */
  readonly counterpart: string
  readonly transfer: Transfer
  readonly stage: number
  readonly asset: AssetPosition
  /** In its log. */
  readonly records: number
  /** null: under way. */
  readonly outcome: SessionOutcome | null
  /** Tries in a row that failed. */
  readonly attempts: number
  /** Code of what the last try failed with. */
  readonly problem: string | null
  readonly againAtMs: number | null
  readonly createdAtMs: number
  readonly changedAtMs: number
}

interface Row {
  readonly session_id: string
  readonly role: Role
  readonly counterpart: string
  readonly transfer: string
  readonly stage: number
  readonly asset: AssetPosition
  readonly records: number
  readonly outcome: SessionOutcome | null
  readonly attempts: number
  readonly problem: string | null
  readonly again_at_ms: number | null
  readonly created_at_ms: number
  readonly changed_at_ms: number
}

/** How many transfers there are of each kind; `failing` are under way and failed five times in a row, or more. */
export interface SessionCounts {
  readonly underWay: number
  readonly failing: number
  readonly completed: number
  readonly aborted: number
}

const columns =
  'session_id, role, counterpart, transfer, stage, asset, records, outcome, attempts, problem, again_at_ms, created_at_ms, changed_at_ms'
const failingFrom = 5

/** The lines of the sessions. What counts is each one's log. */
export class SessionBook {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Notes how far a session got, and what it waits for. */
  async note({ status, againAtMs, problem }: Progress): Promise<void> {
    const code = problem === undefined || problem === null ? null : (errorCode(problem) ?? 'ERR_SERVICE_INTERNAL')
    await this.#database.query(
      `update gateway_sessions set stage = $2, asset = $3, attempts = case when $4::text is null then 0 else attempts + 1 end, problem = $4, again_at_ms = $5
       where session_id = $1`,
      [status.sessionId, status.stage, status.asset, code, status.outcome === null ? againAtMs : null],
    )
  }

  async find(sessionId: string): Promise<BookedSession | undefined> {
    const [row] = await this.#database.query<Row>(`select ${columns} from gateway_sessions where session_id = $1`, [sessionId])
    return row === undefined ? undefined : sessionOf(row)
  }

  /** The newest first. */
  async list({ limit, isOpen }: { readonly limit: number; readonly isOpen?: boolean | undefined }): Promise<readonly BookedSession[]> {
    const which = isOpen === undefined ? '' : `where outcome is ${isOpen ? '' : 'not '}null`
    const rows = await this.#database.query<Row>(
      `select ${columns} from gateway_sessions ${which} order by created_at_ms desc, session_id limit $1`,
      [limit],
    )
    return rows.map(sessionOf)
  }

  async counts(): Promise<SessionCounts> {
    const [row] = await this.#database.query<{ under_way: number; failing: number; completed: number; aborted: number }>(
      `select count(*) filter (where outcome is null)::integer as under_way,
         count(*) filter (where outcome is null and attempts >= ${failingFrom})::integer as failing,
         count(*) filter (where outcome = 'completed')::integer as completed,
         count(*) filter (where outcome = 'aborted')::integer as aborted from gateway_sessions`,
    )
    const { under_way: underWay, ...others } = row!
    return { underWay, ...others }
  }
}

function sessionOf(row: Row): BookedSession {
  const { session_id: sessionId, again_at_ms: againAtMs, created_at_ms: createdAtMs, changed_at_ms: changedAtMs, ...others } = row
  return { sessionId, againAtMs, createdAtMs, changedAtMs, ...others, transfer: JSON.parse(row.transfer) as Transfer }
}
