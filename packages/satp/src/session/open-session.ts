import type { Clock } from '@hufu/primitives'
import type { OpenedRecord, SessionLog, SessionRecord } from './session-log.ts'
import { applyRecord, foldRecords, type SessionState } from './session-state.ts'

/** A record without its time. */
type Fresh<R> = R extends SessionRecord ? Omit<R, 'atMs'> : never

/** A session that is being worked on: its state, and the log behind it. */
export class OpenSession {
  readonly #log: SessionLog
  readonly #clock: Clock
  #state: SessionState

  private constructor(log: SessionLog, clock: Clock, state: SessionState) {
    this.#log = log
    this.#clock = clock
    this.#state = state
  }

  /** @returns undefined for an unknown session @throws SatpError `ERR_SATP_LOG_DAMAGED` */
  static async read(sessionId: string, log: SessionLog, clock: Clock): Promise<OpenSession | undefined> {
    const state = foldRecords(sessionId, await log.read(sessionId))
    return state === undefined ? undefined : new OpenSession(log, clock, state)
  }

  /** Begins one. @throws SatpError `ERR_SATP_LOG_CONFLICT`: it is there already */
  static async begin(sessionId: string, opened: OpenedRecord, log: SessionLog, clock: Clock): Promise<OpenSession> {
    await log.append(sessionId, 0, opened)
    return new OpenSession(log, clock, foldRecords(sessionId, [opened])!)
  }

  get state(): SessionState {
    return this.#state
  }

  /** Adds a record; settles once it is durable. @throws SatpError `ERR_SATP_LOG_CONFLICT`: another process works on the session */
  async append(record: Fresh<SessionRecord>): Promise<void> {
    const next = { ...record, atMs: this.#clock.nowMs() } as SessionRecord
    // What cannot follow is not written.
    const state = applyRecord(this.#state, next)
    await this.#log.append(this.#state.sessionId, this.#state.records, next)
    this.#state = state
  }
}
