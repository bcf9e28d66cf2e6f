import { type OpenedRecord, SatpError, type SessionLog, type SessionRecord } from '@hufu/satp'
import type { Database, Queries } from '@hufu/service'

/**
 * Sessions in the database: a record is durable once the statement that adds it is committed. Of two who add a record at one position one is told so, in any
 * process: neither does what its record announces twice.
 */
export class DatabaseSessionLog implements SessionLog {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async append(sessionId: string, position: number, record: SessionRecord): Promise<void> {
    await this.#database.transaction(async queries => {
      const added = await queries.query(
        `insert into gateway_session_log (session_id, position, record)
         select $1::text, $2::integer, $3 where (select count(*) from gateway_session_log where session_id = $1) = $2
         on conflict do nothing returning position`,
        [sessionId, position, JSON.stringify(record)],
      )
      if (added.length === 0)
        throw new SatpError('ERR_SATP_LOG_CONFLICT', 'the session has a record at that position already, or none before it')
      await note(queries, sessionId, record)
    })
  }

  async read(sessionId: string): Promise<readonly SessionRecord[]> {
    const rows = await this.#database.query<{ position: number; record: string }>(
      'select position, record from gateway_session_log where session_id = $1 order by position',
      [sessionId],
    )
    return rows.map(({ position, record }, index) => {
      if (position !== index) throw new SatpError('ERR_SATP_LOG_DAMAGED', 'a record of the session is missing')
      return JSON.parse(record) as SessionRecord
    })
  }

  async open(): Promise<readonly string[]> {
    const rows = await this.#database.query<{ session_id: string }>(
      'select session_id from gateway_sessions where outcome is null order by created_at_ms, session_id',
    )
    return rows.map(({ session_id: sessionId }) => sessionId)
  }
}

/** Keeps the line of a session in step with its log, in the same transaction. */
async function note(queries: Queries, sessionId: string, record: SessionRecord): Promise<void> {
  if (record.kind === 'opened') return addLine(queries, sessionId, record)
  await queries.query('update gateway_sessions set outcome = $2, changed_at_ms = $3, records = records + 1 where session_id = $1', [
    sessionId,
    record.kind === 'closed' ? record.outcome : null,
    record.atMs,
  ])
}

async function addLine(queries: Queries, sessionId: string, { role, counterpart, transfer, atMs }: OpenedRecord): Promise<void> {
  await queries.query(
    `insert into gateway_sessions (session_id, role, counterpart, transfer, stage, asset, records, created_at_ms, changed_at_ms)
     values ($1, $2, $3, $4, 1, $5, 1, $6, $6)`,
    [sessionId, role, counterpart, JSON.stringify(transfer), role === 'originator' ? 'held' : 'awaited', atMs],
  )
}
