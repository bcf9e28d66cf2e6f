import { Journal } from '@hufu/files'
import { SatpError, type SessionLog, type SessionRecord } from '@hufu/satp'

interface Entry {
  readonly sessionId: string
  readonly record: SessionRecord
}

/** A gateway's sessions in a journal: a stand-in for the database that ours keep them in, with the same promises. */
export class JournalSessionLog implements SessionLog {
  readonly #journal: Journal<Entry>
  readonly #sessions = new Map<string, SessionRecord[]>()

  private constructor(journal: Journal<Entry>) {
    this.#journal = journal
  }

  static async open(file: string): Promise<JournalSessionLog> {
    const { journal, records } = await Journal.open<Entry>(file)
    const log = new JournalSessionLog(journal)
    for (const entry of records) log.#add(entry)
    return log
  }

  async append(sessionId: string, position: number, record: SessionRecord): Promise<void> {
    const has = this.#sessions.get(sessionId)?.length ?? 0
    if (has !== position) throw new SatpError('ERR_SATP_LOG_CONFLICT', 'the session has a record at that position already')
    await this.#journal.append({ sessionId, record })
    this.#add({ sessionId, record })
  }

  async read(sessionId: string): Promise<readonly SessionRecord[]> {
    return [...(this.#sessions.get(sessionId) ?? [])]
  }

  async open(): Promise<readonly string[]> {
    return [...this.#sessions].filter(([, records]) => records.at(-1)?.kind !== 'closed').map(([sessionId]) => sessionId)
  }

  #add({ sessionId, record }: Entry): void {
    const records = this.#sessions.get(sessionId) ?? []
    records.push(record)
    this.#sessions.set(sessionId, records)
  }
}
