import { readFileSync } from 'node:fs'
import { type Database, openPostgresDatabase, openVaultFile, type Vault } from '@hufu/service'
import type { AttackedInstitution } from '../world/attacked-world.ts'
import type { InstitutionProcess } from '../world/institution-process.ts'

/** A row of a table, or a line of a log, as whoever keeps it can read it: what is sealed is opened. */
export interface KeptRow {
  readonly table: string
  readonly content: unknown
}

type Row = Readonly<Record<string, unknown>>

/** Name of the table, and the row as JSON. */
type TableRow = { readonly name: string; readonly text: string }

/** What a sealed column was sealed as. A column that is not here and holds bytes fails the report: nobody knows then what is kept in it. */
const contexts: Readonly<Record<string, (row: Row) => string>> = {
  'applications.content': row => `application ${row.id}`,
  'applications.return_reason': row => `application ${row.id} returned`,
  'issuances.request': row => `issuance ${row.id}`,
  'credentials.leaf_salt': row => `leaf ${row.id}`,
  'presentations.response_key': row => `response key ${row.id}`,
  'presentations.result': row => `presentation ${row.id}`,
  'receipts.receipt': row => `receipt ${row.id}`,
  'receipts.content': row => `receipt content ${row.id}`,
  'authorization_entries.sealed': row => String(row.id),
  'sign_in_claims.sealed': row => `sign-in claims ${row.grant_key}`,
  'sign_in_presentations.sealed': row => `presentation of interaction ${row.interaction_key}`,
  'handover_records.content': row => `hand-over record ${row.subject_key} ${row.name}`,
  'handover_consents.token': row => `hand-over consent ${row.id}`,
}
/** Bytes that are no secret: digests of what may be used once. */
const plainBytes = new Set(['used_values.digest'])

/** Caches of the ledger, which is read for itself; the institution's staff and its own keys; when work in a rhythm ran last, which is the clock's doing. */
const otherTables = '^(registry_|staff_|id_token_keys$|institution_keys$|job_rhythms$)'

/** Everything that an institution keeps, read again and again: what is new since the last time is what the event between has left. */
export class KeptRows {
  readonly #database: Database
  readonly #vault: Vault
  readonly #process: InstitutionProcess
  readonly #query: string
  #known = new Set<string>()
  #logLength = 0

  private constructor(database: Database, vault: Vault, server: InstitutionProcess, query: string) {
    this.#database = database
    this.#vault = vault
    this.#process = server
    this.#query = query
  }

  static async open({ databaseUrl, vaultKeyFile, folder }: AttackedInstitution, server: InstitutionProcess): Promise<KeptRows> {
    const database = openPostgresDatabase(databaseUrl)
    const tables = await database.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_name !~ '${otherTables}' order by name`,
    )
    const query = tables.map(({ name }) => `select '${name}' as name, to_jsonb(t)::text as text from "${name}" t`).join(' union all ')
    const kept = new KeptRows(database, await openVaultFile({ vaultKeyFile, dataFolder: folder }), server, query)
    await kept.skip()
    return kept
  }

  close(): Promise<void> {
    return this.#database.close()
  }

  /** Rows that are new or have changed since the last call, and lines of the server's log about requests. */
  async fresh(): Promise<readonly KeptRow[]> {
    const rows = await this.#freshRows()
    const opened = await Promise.all(rows.map(({ name, text }) => this.#opened(name, JSON.parse(text) as Row)))
    return [...opened, ...this.#freshLines()]
  }

  /** Passes over what is new. */
  async skip(): Promise<void> {
    await this.#freshRows()
    this.#freshLines()
  }

  async #freshRows(): Promise<readonly TableRow[]> {
    const rows = await this.#database.query<TableRow>(this.#query)
    const texts = rows.map(({ name, text }) => `${name} ${text}`)
    const fresh = rows.filter((_, place) => !this.#known.has(texts[place]!))
    this.#known = new Set(texts)
    return fresh
  }

  async #opened(table: string, row: Row): Promise<KeptRow> {
    const columns = Object.entries(row).map(async ([name, value]): Promise<readonly [string, unknown]> => {
      if (typeof value !== 'string' || !value.startsWith('\\x')) return [name, value]
      const bytes = Uint8Array.from(Buffer.from(value.slice(2), 'hex'))
      const column = `${table}.${name}`
      if (plainBytes.has(column)) return [name, value.slice(2)]
      const context = contexts[column]
      if (context === undefined) throw new Error(`${column}: the report does not know how to open it`)
      return [name, await this.#vault.open(bytes, context(row))]
    })
    return { table, content: Object.fromEntries(await Promise.all(columns)) }
  }

  #freshLines(): readonly KeptRow[] {
    const log = readFileSync(this.#process.logFile, 'utf8')
    const lines = log
      .slice(this.#logLength)
      .split('\n')
      .filter(line => line.startsWith('{'))
    this.#logLength = log.length
    const contents = lines.map(line => JSON.parse(line) as object)
    return contents.filter(content => 'reqId' in content).map(content => ({ table: 'log', content }))
  }
}
