import { bytesToHex, type Clock, sha256, utf8ToBytes } from '@hufu/primitives'
import type { Database } from '@hufu/service'
import type { Alarms } from './alarms.ts'

/** What failed proof or signature. Of what it was only the hash is kept: it may hold anything. */
export interface QuarantineEntry {
  /** Code of the error. */
  readonly reason: string
  /** SHA-256 of what came, 64 hexadecimal digits. */
  readonly hash: string
  /** DID of the counterpart that it came from, as far as that is proven or it came over a connection that we made; null else. */
  readonly counterpart: string | null
  readonly times: number
  readonly firstAtMs: number
  readonly lastAtMs: number
}

/** Kept at most; older ones are forgotten, their count stays in the metrics. */
const maxKept = 10_000

interface Row {
  readonly reason: string
  readonly hash: string
  readonly counterpart: string | null
  readonly times: number
  readonly first_at_ms: number
  readonly last_at_ms: number
}

/** Where everything goes that fails proof or signature: it has no effect, is counted, and raises an alarm. */
export class Quarantine {
  readonly #database: Database
  readonly #alarms: Alarms
  readonly #clock: Clock

  constructor({ database, alarms, clock }: { readonly database: Database; readonly alarms: Alarms; readonly clock: Clock }) {
    this.#database = database
    this.#alarms = alarms
    this.#clock = clock
  }

  /** @param what - what came, of which the hash is kept */
  async put(what: string, { reason, counterpart }: { readonly reason: string; readonly counterpart?: string | undefined }): Promise<void> {
    const hash = bytesToHex(sha256(utf8ToBytes(what)))
    const nowMs = this.#clock.nowMs()
    const [row] = await this.#database.query<{ times: number }>(
      `insert into gateway_quarantine values ($1, $2, $3, 1, $4, $4)
       on conflict (reason, hash) do update set times = gateway_quarantine.times + 1, last_at_ms = excluded.last_at_ms,
         counterpart = coalesce(gateway_quarantine.counterpart, excluded.counterpart)
       returning times`,
      [reason, hash, counterpart ?? null, nowMs],
    )
    await this.#database.query(
      `delete from gateway_quarantine where last_at_ms < (select last_at_ms from gateway_quarantine order by last_at_ms desc offset $1 limit 1)`,
      [maxKept - 1],
    )
    await this.#alarms.raise({ code: 'ALARM_GATEWAY_QUARANTINE', reason, hash, counterpart: counterpart ?? null, times: row!.times })
  }

  /** How many different things are kept. */
  async count(): Promise<number> {
    const [row] = await this.#database.query<{ count: number }>('select count(*)::integer as count from gateway_quarantine')
    return row!.count
  }

  /** The newest first. */
  async list(limit: number): Promise<readonly QuarantineEntry[]> {
    const rows = await this.#database.query<Row>(
      'select reason, hash, counterpart, times, first_at_ms, last_at_ms from gateway_quarantine order by last_at_ms desc, hash limit $1',
      [limit],
    )
    return rows.map(({ first_at_ms: firstAtMs, last_at_ms: lastAtMs, ...row }) => ({ ...row, firstAtMs, lastAtMs }))
  }
}
