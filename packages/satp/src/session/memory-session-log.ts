import { SatpError } from '../errors.ts'
import type { SessionLog, SessionRecord } from './session-log.ts'

/** A log that forgets when its process ends: for tests and trying out. */
export class MemorySessionLog implements SessionLog {
  readonly #sessions = new Map<string, SessionRecord[]>()

  async append(sessionId: string, position: number, record: SessionRecord): Promise<void> {
    const records = this.#sessions.get(sessionId) ?? []
    if (records.length !== position) throw new SatpError('ERR_SATP_LOG_CONFLICT', 'the session has a record at that position already')
    records.push(structuredClone(record))
    this.#sessions.set(sessionId, records)
  }

  async read(sessionId: string): Promise<readonly SessionRecord[]> {
    return structuredClone(this.#sessions.get(sessionId) ?? [])
  }

  async open(): Promise<readonly string[]> {
    return [...this.#sessions].filter(([, records]) => records.at(-1)?.kind !== 'closed').map(([sessionId]) => sessionId)
  }
}
