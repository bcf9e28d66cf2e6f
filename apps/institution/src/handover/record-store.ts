import type { Json } from '@hufu/primitives'
import type { Queries, Vault } from '@hufu/service'

/** Records that the institution's own systems have put here to be handed over, sealed; whose they are is kept as a keyed digest. */
export class RecordStore {
  readonly #vault: Vault

  constructor(vault: Vault) {
    this.#vault = vault
  }

  /** What stands in the tables for somebody's name. @param subject - as the institution's own systems know the person */
  keyOf(subject: string): string {
    return this.#vault.digest('hand-over subject', subject)
  }

  /** Seals a record, so that {@link put} only has to write it. */
  seal(subjectKey: string, name: string, content: Json): Promise<Uint8Array> {
    return this.#vault.seal(content, contextOf(subjectKey, name))
  }

  async put(queries: Queries, subjectKey: string, name: string, sealed: Uint8Array, nowMs: number): Promise<void> {
    await queries.query(
      `insert into handover_records (subject_key, name, content, updated_at_ms) values ($1, $2, $3, $4)
       on conflict (subject_key, name) do update set content = excluded.content, updated_at_ms = excluded.updated_at_ms`,
      [subjectKey, name, sealed, nowMs],
    )
  }

  /** @returns false if there was none */
  async remove(queries: Queries, subjectKey: string, name: string): Promise<boolean> {
    const rows = await queries.query('delete from handover_records where subject_key = $1 and name = $2 returning name', [subjectKey, name])
    return rows.length > 0
  }

  /** Under which of somebody's names there is a record. */
  async findSubject(queries: Queries, subjectKeys: readonly string[], name: string): Promise<string | undefined> {
    for (const subjectKey of subjectKeys) {
      const rows = await queries.query('select name from handover_records where subject_key = $1 and name = $2', [subjectKey, name])
      if (rows.length > 0) return subjectKey
    }
    return undefined
  }

  open(subjectKey: string, name: string, sealed: Uint8Array): Promise<Json> {
    return this.#vault.open(sealed, contextOf(subjectKey, name))
  }
}

function contextOf(subjectKey: string, name: string): string {
  return `hand-over record ${subjectKey} ${name}`
}
