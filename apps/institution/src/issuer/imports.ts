import { base64ToBytes, bytesToBase64, concatBytes, dayInChina } from '@hufu/primitives'
import {
  batchTypes,
  type CheckedLine,
  checkFile,
  claimsOfContent,
  contentOfRow,
  csvReport,
  type Problem,
  type ResidentRow,
  type RuleId,
} from '@hufu/records'
import type { Queries, SqlValue } from '@hufu/service'
import type { StaffMember } from '@hufu/staff'
import type { Institution } from '../institution.ts'
import { crashPoint } from '../parts/crash-point.ts'
import { type ApplicationContent, applicantKeyOf, contentDigest, sealContent, subjectKeyOf } from './application-content.ts'
import type { CredentialTypes, IssuedType } from './credential-types.ts'
import { IssuerError } from './errors.ts'
import type { IssuerLedger } from './issuer-ledger.ts'

export type ImportState = 'uploading' | 'checking' | 'checked' | 'approved' | 'done' | 'failed'

/** An import and how far it is. */
export interface ImportView {
  readonly id: string
  readonly type: string
  readonly state: ImportState
  readonly clerk: string
  readonly officer?: string
  readonly bytes: number
  readonly checkedBytes: number
  readonly good: number
  readonly bad: number
  /** Rows of which there is an application already. */
  readonly unchanged: number
  /** Good rows that give no such credential, such as one without a concession. */
  readonly passedOver: number
  /** Applications made of good rows. */
  readonly applied: number
  readonly createdAtMs: number
  readonly changedAtMs: number
}

interface ImportRow {
  readonly id: string
  readonly type: string
  readonly state: ImportState
  readonly clerk: string
  readonly officer: string | null
  readonly bytes: number
  readonly checked_bytes: number
  readonly good: number
  readonly bad: number
  readonly unchanged: number
  readonly passed_over: number
  readonly applied: number
  readonly created_at_ms: number
  readonly changed_at_ms: number
}

const maxFileBytes = 64 * 2 ** 20
const chunkBytes = 256 * 2 ** 10
const linesAtOnce = 500
const rowsAtOnce = 500
const problemsAtOnce = 1_000
const abandonedAfterMs = 3_600_000
const checkKind = 'issuer check import'
const applyKind = 'issuer apply import'

/** Applications out of a residents' file: taken in, checked row by row, approved by an officer who is not the clerk. */
export class Imports {
  readonly #institution: Institution
  readonly #types: CredentialTypes
  readonly #ledger: IssuerLedger
  readonly #divisions: ReadonlySet<string> | undefined

  /** @param parts.divisions - codes of all districts and counties that are known; without it every code of the city's counts */
  constructor(
    institution: Institution,
    parts: { readonly types: CredentialTypes; readonly ledger: IssuerLedger; readonly divisions?: ReadonlySet<string> | undefined },
  ) {
    this.#institution = institution
    this.#types = parts.types
    this.#ledger = parts.ledger
    this.#divisions = parts.divisions
  }

  open(): void {
    const { jobs } = this.#institution
    jobs.work(checkKind, payload => this.#check((payload as { id: string }).id))
    jobs.work(applyKind, payload => this.#apply((payload as { id: string }).id))
  }

  /**
   * Takes a file in, sealed piece by piece; it is checked afterwards.
   *
   * @throws IssuerError `ERR_ISSUER_TYPE`: none that comes out of a file; `ERR_ISSUER_FILE`: over 64 MiB, or empty
   */
  async upload(member: StaffMember, typeId: string, body: AsyncIterable<Uint8Array>): Promise<ImportView> {
    await this.#types.find(typeId)
    if (!batchTypes.includes(typeId)) throw new IssuerError('ERR_ISSUER_TYPE', `type: expected one of ${batchTypes.join(', ')}`)
    const { database, jobs, audit, clock } = this.#institution
    const id = crypto.randomUUID()
    const nowMs = clock.nowMs()
    await database.query(
      `insert into imports (id, type, state, clerk, created_at_ms, changed_at_ms) values ($1, $2, 'uploading', $3, $4, $4)`,
      [id, typeId, member.id, nowMs],
    )
    const bytes = await this.#store(id, body)
    crashPoint('issuer import stored')
    await database.transaction(async queries => {
      await queries.query(`update imports set state = 'checking', bytes = $2 where id = $1`, [id, bytes])
      await audit.append(queries, {
        ...{ actor: `staff ${member.id}`, action: 'import begun', subject: `import ${id}` },
        detail: { bytes },
      })
      await jobs.send(queries, checkKind, { id }, { key: id })
    })
    return this.get(member, id)
  }

  /** Clerks see their own. @throws IssuerError `ERR_ISSUER_UNKNOWN` */
  async get(member: StaffMember, id: string): Promise<ImportView> {
    return viewOf(await this.#read(this.#institution.database, member, id))
  }

  async list(member: StaffMember): Promise<readonly ImportView[]> {
    const rows = await this.#institution.database.query<ImportRow>('select * from imports order by created_at_ms desc limit 100')
    return rows.filter(({ clerk }) => clerk === member.id || member.roles.includes('officer')).map(viewOf)
  }

  /** What is wrong with which rows, as a file for the clerk: no cell of the rows themselves. @throws IssuerError `ERR_ISSUER_UNKNOWN` */
  async errorsCsv(member: StaffMember, id: string): Promise<AsyncIterable<string>> {
    await this.#read(this.#institution.database, member, id)
    return csvReport(this.#problems(id))
  }

  /** Lets applications be made of the good rows. @throws IssuerError `ERR_ISSUER_UNKNOWN`, `ERR_ISSUER_STATE`, `ERR_ISSUER_SAME_PERSON` */
  async approve(member: StaffMember, id: string): Promise<ImportView> {
    const { database, audit, jobs, clock } = this.#institution
    await database.transaction(async queries => {
      const row = await this.#read(queries, member, id, 'for update')
      if (row.clerk === member.id)
        throw new IssuerError('ERR_ISSUER_SAME_PERSON', 'expected another person than the one who brought the file')
      if (row.state !== 'checked') throw new IssuerError('ERR_ISSUER_STATE', `expected an import that is checked, not ${row.state}`)
      await queries.query(`update imports set state = 'approved', officer = $2, changed_at_ms = $3 where id = $1`, [
        id,
        member.id,
        clock.nowMs(),
      ])
      await audit.append(queries, {
        ...{ actor: `staff ${member.id}`, action: 'import approved', subject: `import ${id}` },
        detail: { rows: row.good },
      })
      await jobs.send(queries, applyKind, { id }, { key: id })
    })
    crashPoint('issuer import approved')
    return this.get(member, id)
  }

  /** Asks for whatever a crash left behind, and removes files that did not come to their end. */
  async sweep(): Promise<void> {
    const { database, jobs, clock } = this.#institution
    await database.transaction(async queries => {
      const stale = await queries.query<{ id: string }>(
        `update imports set state = 'failed' where state = 'uploading' and created_at_ms < $1 returning id`,
        [clock.nowMs() - abandonedAfterMs],
      )
      for (const { id } of stale) await queries.query('delete from import_chunks where import_id = $1', [id])
      const rows = await queries.query<{ id: string; state: ImportState }>(
        `select id, state from imports where state in ('checking', 'approved')`,
      )
      for (const { id, state } of rows) await jobs.send(queries, state === 'checking' ? checkKind : applyKind, { id }, { key: id })
    })
  }

  async #store(id: string, body: AsyncIterable<Uint8Array>): Promise<number> {
    let waiting: Uint8Array[] = []
    let waitingBytes = 0
    let bytes = 0
    let number = 0
    const flush = async (): Promise<void> => {
      const content = await this.#institution.vault.seal(bytesToBase64(concatBytes(...waiting)), `import ${id} ${number}`)
      await this.#institution.database.query('insert into import_chunks (import_id, number, content) values ($1, $2, $3)', [
        id,
        number,
        content,
      ])
      number++
      waiting = []
      waitingBytes = 0
    }
    for await (const piece of body) {
      bytes += piece.length
      if (bytes > maxFileBytes) throw await this.#refuse(id, 'the file is over 64 MiB')
      // A copy: the stream may use the memory again.
      waiting.push(piece.slice())
      waitingBytes += piece.length
      if (waitingBytes >= chunkBytes) await flush()
    }
    if (waitingBytes > 0) await flush()
    if (bytes === 0) throw await this.#refuse(id, 'the file is empty')
    return bytes
  }

  async #refuse(id: string, why: string): Promise<IssuerError> {
    await this.#institution.database.transaction(async queries => {
      await queries.query('delete from import_chunks where import_id = $1', [id])
      await queries.query('delete from imports where id = $1', [id])
    })
    return new IssuerError('ERR_ISSUER_FILE', `expected a residents' file; ${why}`)
  }

  /** Checks the rows; begins anew where it was interrupted. */
  async #check(id: string): Promise<void> {
    const { database, audit, clock } = this.#institution
    const [row] = await database.query<ImportRow>('select * from imports where id = $1', [id])
    if (row?.state !== 'checking') return
    const type = await this.#types.find(row.type)
    const city = await this.#ledger.region()
    if (city === undefined) throw new IssuerError('ERR_ISSUER_TYPE', 'expected an institution whose authority has a region')
    await database.transaction(async queries => {
      await queries.query('delete from import_rows where import_id = $1', [id])
      await queries.query('delete from import_problems where import_id = $1', [id])
      await queries.query('update imports set checked_bytes = 0, good = 0, bad = 0, unchanged = 0, passed_over = 0 where id = $1', [id])
    })
    const policy = { city, clock, ...(this.#divisions === undefined ? {} : { divisions: this.#divisions }) }
    const progress = { bytes: 0 }
    let lines: CheckedLine[] = []
    for await (const line of checkFile(this.#chunks(id, progress), policy)) {
      lines.push(line)
      if (lines.length < linesAtOnce) continue
      await this.#write(row, type, lines, progress.bytes)
      lines = []
    }
    await this.#write(row, type, lines, row.bytes)
    await database.transaction(async queries => {
      await queries.query(`update imports set state = 'checked', changed_at_ms = $2 where id = $1`, [id, clock.nowMs()])
      await queries.query('delete from import_chunks where import_id = $1', [id])
      await audit.append(queries, { actor: 'server', action: 'import checked', subject: `import ${id}` })
    })
    crashPoint('issuer import checked')
  }

  async *#chunks(id: string, progress: { bytes: number }): AsyncGenerator<Uint8Array> {
    const { database, vault } = this.#institution
    for (let number = 0; ; number++) {
      const [row] = await database.query<{ content: Uint8Array }>(
        'select content from import_chunks where import_id = $1 and number = $2',
        [id, number],
      )
      if (row === undefined) return
      const bytes = base64ToBytes((await vault.open(row.content, `import ${id} ${number}`)) as string)
      progress.bytes += bytes.length
      yield bytes
    }
  }

  async #write({ id, type: typeId }: ImportRow, type: IssuedType, lines: readonly CheckedLine[], checkedBytes: number): Promise<void> {
    const { database, clock } = this.#institution
    const problems: Problem[] = lines.flatMap(line => ('problems' in line ? line.problems : []))
    const good = lines.filter(line => 'row' in line)
    const today = dayInChina(clock.nowMs())
    const prepared = await Promise.all(good.map(async line => ({ line, row: await this.#prepare(typeId, type, line.row, today) })))
    await database.transaction(async queries => {
      const before = await this.#before(
        queries,
        prepared.flatMap(({ row }) => (row === null ? [] : [row.subjectKey])),
      )
      const fresh: SqlValue[][] = []
      let unchanged = 0
      for (const { line, row } of prepared) {
        if (row === null) continue
        const digests = before.get(row.subjectKey)
        if (digests === undefined) fresh.push([id, line.line, row.applicationId, row.sealed, row.digest, row.subjectKey])
        else if (digests.includes(row.digest)) unchanged++
        else problems.push({ line: line.line, column: line.column, rule: 'row-changed-since-issued' })
      }
      await insertRows(queries, 'import_rows (import_id, line, application_id, content, content_digest, subject_key)', fresh)
      await insertRows(
        queries,
        'import_problems (import_id, line, column_number, column_name, rule)',
        problems.map(({ line, column, rule }) => [id, line, column.number, column.name, rule]),
      )
      await queries.query(
        `update imports set checked_bytes = $2, good = good + $3, bad = bad + $4, unchanged = unchanged + $5, passed_over = passed_over + $6, changed_at_ms = $7
         where id = $1`,
        [
          ...[id, checkedBytes, fresh.length, new Set(problems.map(({ line }) => line)).size, unchanged],
          ...[prepared.filter(({ row }) => row === null).length, clock.nowMs()],
        ],
      )
    })
    crashPoint('issuer import rows checked')
  }

  /** @returns null if the row gives no such credential */
  async #prepare(
    typeId: string,
    type: IssuedType,
    row: ResidentRow,
    today: string,
  ): Promise<{ applicationId: string; sealed: Uint8Array; digest: string; subjectKey: string } | null> {
    const { vault } = this.#institution
    const content = contentOfRow(typeId, row, today)
    if (content === null) return null
    if (type.check(claimsOfContent(content, today)).length > 0)
      throw new IssuerError(
        'ERR_ISSUER_CLAIMS',
        "a row's claims do not follow the type's schema: the type has another version than this server knows",
      )
    const kept: ApplicationContent = {
      claims: content.claims,
      ...(content.claims.resident_number === undefined ? { subject: row.residentNumber } : {}),
      validFrom: row.validFrom,
      // The day before the moment at which it ends.
      validUntil: dayInChina(content.expiresAtMs - 1),
    }
    const applicationId = crypto.randomUUID()
    return {
      applicationId,
      sealed: await sealContent(vault, applicationId, kept),
      digest: contentDigest(vault, kept),
      subjectKey: subjectKeyOf(vault, typeId, applicantKeyOf(vault, row.residentNumber)!),
    }
  }

  /** What there is of these persons already: digests of contents. */
  async #before(queries: Queries, subjectKeys: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    if (subjectKeys.length === 0) return new Map()
    const rows = await queries.query<{ subject_key: string; content_digest: string }>(
      `select subject_key, content_digest from applications
       where subject_key in (${subjectKeys.map((_, index) => `$${index + 1}`).join(', ')}) and status <> 'revoked' and state not in ('draft', 'returned')`,
      subjectKeys,
    )
    const grouped = Map.groupBy(rows, row => row.subject_key)
    return new Map([...grouped].map(([key, found]) => [key, found.map(row => row.content_digest)]))
  }

  /** Makes applications of the rows, some at a time; a row becomes one and is gone in one transaction. */
  async #apply(id: string): Promise<void> {
    const { database, audit, clock } = this.#institution
    for (;;) {
      const [{ done } = { done: true }] = await database.transaction(async queries => {
        const nowMs = clock.nowMs()
        const [counts] = await queries.query<{ taken: number; made: number }>(
          `with taken as (
             delete from import_rows where import_id = $1 and line in (
               select line from import_rows where import_id = $1 order by line limit ${rowsAtOnce})
             returning *
           ), made as (
             insert into applications (id, type, state, content, content_digest, subject_key, clerk, officer, import_id, import_line, created_at_ms, changed_at_ms)
             select application_id, imports.type, 'approved', content, content_digest, subject_key, clerk, officer, imports.id, line, $2, $2
             from taken join imports on imports.id = taken.import_id and imports.state = 'approved'
             where not exists (select 1 from applications other where other.subject_key = taken.subject_key
               and other.status <> 'revoked' and other.state not in ('draft', 'returned'))
             on conflict (import_id, import_line) do nothing returning 1
           ) select (select count(*) from taken)::integer as taken, (select count(*) from made)::integer as made`,
          [id, nowMs],
        )
        const { taken, made } = counts!
        const isDone = taken < rowsAtOnce
        const rows = await queries.query<{ applied: number }>(
          `update imports set applied = applied + $2, unchanged = unchanged + $3, changed_at_ms = $4, state = case when $5 then 'done' else state end
           where id = $1 and state = 'approved' returning applied`,
          [id, made, taken - made, nowMs, isDone],
        )
        if (isDone && rows.length > 0)
          await audit.append(queries, {
            ...{ actor: 'server', action: 'import applied', subject: `import ${id}` },
            detail: { rows: rows[0]!.applied },
          })
        return [{ done: isDone || rows.length === 0 }]
      })
      crashPoint('issuer import rows applied')
      if (done) return
    }
  }

  async *#problems(id: string): AsyncGenerator<Problem> {
    let after: readonly [number, number] = [0, 0]
    for (;;) {
      const rows = await this.#institution.database.query<{ line: number; column_number: number; column_name: string; rule: RuleId }>(
        `select line, column_number, column_name, rule from import_problems
         where import_id = $1 and (line, column_number) > ($2, $3) order by line, column_number limit ${problemsAtOnce}`,
        [id, ...after],
      )
      for (const row of rows) yield { line: row.line, column: { number: row.column_number, name: row.column_name }, rule: row.rule }
      const last = rows.at(-1)
      if (last === undefined || rows.length < problemsAtOnce) return
      after = [last.line, last.column_number]
    }
  }

  async #read(queries: Queries, member: StaffMember, id: string, lock: '' | 'for update' = ''): Promise<ImportRow> {
    const [row] = await queries.query<ImportRow>(`select * from imports where id = $1 ${lock}`, [id])
    if (row === undefined || (row.clerk !== member.id && !member.roles.includes('officer')))
      throw new IssuerError('ERR_ISSUER_UNKNOWN', 'there is no such import')
    return row
  }
}

async function insertRows(queries: Queries, into: string, rows: readonly (readonly SqlValue[])[]): Promise<void> {
  if (rows.length === 0) return
  const places = rows.map((row, at) => `(${row.map((_, index) => `$${at * row.length + index + 1}`).join(', ')})`)
  await queries.query(`insert into ${into} values ${places.join(', ')}`, rows.flat())
}

function viewOf(row: ImportRow): ImportView {
  return {
    ...{ id: row.id, type: row.type, state: row.state, clerk: row.clerk },
    ...(row.officer === null ? {} : { officer: row.officer }),
    ...{ bytes: row.bytes, checkedBytes: row.checked_bytes, good: row.good, bad: row.bad },
    ...{ unchanged: row.unchanged, passedOver: row.passed_over, applied: row.applied },
    ...{ createdAtMs: row.created_at_ms, changedAtMs: row.changed_at_ms },
  }
}
