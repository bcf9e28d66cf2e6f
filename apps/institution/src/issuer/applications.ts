import { dayInChina, isCalendarDay } from '@hufu/primitives'
import type { Queries, SqlValue } from '@hufu/service'
import type { StaffMember } from '@hufu/staff'
import type { ClaimsFailure } from '@hufu/trust'
import type { Institution } from '../institution.ts'
import { crashPoint } from '../parts/crash-point.ts'
import {
  type ApplicationContent,
  applicantKeyOf,
  claimsOn,
  contentDigest,
  openContent,
  residentNumberOf,
  sealContent,
  subjectKeyOf,
} from './application-content.ts'
import { type ApplicationRow, type ApplicationState, lockApplication } from './application-row.ts'
import type { CredentialTypes, IssuedType } from './credential-types.ts'
import { IssuerError } from './errors.ts'
import type { Status } from './status-reasons.ts'

/** What a clerk enters. */
export interface ApplicationInput extends ApplicationContent {
  readonly type: string
}

/** Another application of the same person for the same type. */
export interface Duplicate {
  readonly id: string
  readonly state: ApplicationState
  readonly status: Status
}

/** An application as the staff sees it. */
export interface ApplicationView extends ApplicationContent {
  readonly id: string
  readonly type: string
  readonly state: ApplicationState
  readonly status: Status
  readonly reason?: string
  readonly clerk: string
  readonly officer?: string
  readonly returnReason?: string
  readonly importId?: string
  readonly importLine?: number
  readonly createdAtMs: number
  readonly changedAtMs: number
  /** Where the claims break the type's schema; it can be submitted once there are none. */
  readonly problems: readonly ClaimsFailure[]
  readonly duplicates: readonly Duplicate[]
}

/** An application in a list. */
export interface ApplicationSummary {
  readonly id: string
  readonly type: string
  readonly state: ApplicationState
  readonly status: Status
  readonly clerk: string
  readonly createdAtMs: number
  readonly changedAtMs: number
  /** What the claims call the person, if they do. */
  readonly name?: string
}

export interface ApplicationFilter {
  readonly state?: ApplicationState
  readonly type?: string
  readonly importId?: string
  /** Those created before; for the next page. */
  readonly beforeMs?: number
  readonly limit: number
}

/** Applications for credentials: entered by a clerk, approved or returned by an officer who is somebody else. */
export class Applications {
  readonly #institution: Institution
  readonly #types: CredentialTypes

  constructor(institution: Institution, types: CredentialTypes) {
    this.#institution = institution
    this.#types = types
  }

  /** Enters an application. @throws IssuerError `ERR_ISSUER_TYPE`, `ERR_ISSUER_CLAIMS`: days that cannot be */
  async create(member: StaffMember, input: ApplicationInput): Promise<ApplicationView> {
    const id = crypto.randomUUID()
    const prepared = await this.#prepare(id, input)
    const { database, audit, clock } = this.#institution
    const nowMs = clock.nowMs()
    return database.transaction(async queries => {
      await queries.query(
        `insert into applications (id, type, state, content, content_digest, subject_key, clerk, created_at_ms, changed_at_ms)
         values ($1, $2, 'draft', $3, $4, $5, $6, $7, $7)`,
        [id, input.type, prepared.sealed, prepared.digest, prepared.subjectKey, member.id, nowMs],
      )
      await audit.append(queries, { actor: `staff ${member.id}`, action: 'application entered', subject: `application ${id}` })
      crashPoint('issuer application entered')
      return this.#view(queries, await lockApplication(queries, id), prepared.type)
    })
  }

  /** Changes what was entered, before it is submitted or after it was returned. @throws IssuerError as {@link create}; `ERR_ISSUER_UNKNOWN`, `ERR_ISSUER_STATE` */
  async update(member: StaffMember, id: string, input: ApplicationInput): Promise<ApplicationView> {
    const prepared = await this.#prepare(id, input)
    const { database, audit, clock } = this.#institution
    return database.transaction(async queries => {
      const row = await lockApplication(queries, id)
      requireOwn(row, member)
      requireState(row, ['draft', 'returned'])
      await queries.query(
        `update applications set type = $2, state = 'draft', content = $3, content_digest = $4, subject_key = $5, changed_at_ms = $6 where id = $1`,
        [id, input.type, prepared.sealed, prepared.digest, prepared.subjectKey, clock.nowMs()],
      )
      await audit.append(queries, { actor: `staff ${member.id}`, action: 'application changed', subject: `application ${id}` })
      return this.#view(queries, await lockApplication(queries, id), prepared.type)
    })
  }

  /** Hands an application to the officers. @throws IssuerError `ERR_ISSUER_UNKNOWN`, `ERR_ISSUER_STATE`, `ERR_ISSUER_TYPE`, `ERR_ISSUER_CLAIMS` */
  async submit(member: StaffMember, id: string): Promise<ApplicationView> {
    const { database, vault, clock } = this.#institution
    const before = await this.#read(database, id)
    requireOwn(before, member)
    const type = await this.#types.find(before.type)
    return database.transaction(async queries => {
      const row = await lockApplication(queries, id)
      requireState(row, ['draft', 'returned'])
      const content = await openContent(vault, id, row.content)
      const failures = type.check(claimsOn(clock.nowMs(), type, content.claims))
      if (failures.length > 0) throw wrongClaims(failures)
      await this.#move(queries, row, 'submitted', member, 'application submitted')
      return this.#view(queries, await lockApplication(queries, id), type)
    })
  }

  /** @throws IssuerError `ERR_ISSUER_SAME_PERSON`: who approves entered it; `ERR_ISSUER_UNKNOWN`, `ERR_ISSUER_STATE`, `ERR_ISSUER_TYPE` */
  async approve(member: StaffMember, id: string): Promise<ApplicationView> {
    const { database } = this.#institution
    const type = await this.#types.find((await this.#read(database, id)).type)
    return database.transaction(async queries => {
      const row = await lockApplication(queries, id)
      requireAnother(row, member)
      requireState(row, ['submitted'])
      await queries.query('update applications set officer = $2 where id = $1', [id, member.id])
      await this.#move(queries, row, 'approved', member, 'application approved')
      crashPoint('issuer application approved')
      return this.#view(queries, await lockApplication(queries, id), type)
    })
  }

  /** Sends an application back to the clerk. @param reason - words for the clerk; kept sealed. Throws as {@link approve} */
  async return(member: StaffMember, id: string, reason: string): Promise<void> {
    const { database, vault } = this.#institution
    const sealed = await vault.seal(reason, `application ${id} returned`)
    await database.transaction(async queries => {
      const row = await lockApplication(queries, id)
      requireAnother(row, member)
      requireState(row, ['submitted'])
      await queries.query('update applications set officer = $2, return_reason = $3 where id = $1', [id, member.id, sealed])
      await this.#move(queries, row, 'returned', member, 'application returned')
    })
  }

  /** Clerks see what they entered, officers all. @throws IssuerError `ERR_ISSUER_UNKNOWN` */
  async get(member: StaffMember, id: string): Promise<ApplicationView> {
    const { database, audit } = this.#institution
    const row = await this.#read(database, id)
    if (!maySeeAll(member)) requireOwn(row, member)
    const type = await this.#types.find(row.type).catch(() => undefined)
    return database.transaction(async queries => {
      await audit.append(queries, { actor: `staff ${member.id}`, action: 'application read', subject: `application ${id}` })
      return this.#view(queries, row, type)
    })
  }

  /** Newest first. */
  async list(member: StaffMember, filter: ApplicationFilter): Promise<readonly ApplicationSummary[]> {
    const { database, vault } = this.#institution
    const conditions: string[] = []
    const values: SqlValue[] = [filter.limit]
    const where = (condition: string, value: SqlValue | undefined): void => {
      if (value === undefined) return
      values.push(value)
      conditions.push(`${condition} $${values.length}`)
    }
    where('clerk =', maySeeAll(member) ? undefined : member.id)
    where('state =', filter.state)
    where('type =', filter.type)
    where('import_id =', filter.importId)
    where('created_at_ms <', filter.beforeMs)
    const condition = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
    const rows = await database.query<ApplicationRow>(
      `select * from applications ${condition} order by created_at_ms desc, id limit $1`,
      values,
    )
    return Promise.all(
      rows.map(async row => {
        const { name } = (await openContent(vault, row.id, row.content)).claims
        const { id, type, state, status, clerk, created_at_ms: createdAtMs, changed_at_ms: changedAtMs } = row
        return { id, type, state, status, clerk, createdAtMs, changedAtMs, ...(typeof name === 'string' ? { name } : {}) }
      }),
    )
  }

  async #prepare(
    id: string,
    { type: typeId, ...content }: ApplicationInput,
  ): Promise<{ type: IssuedType; sealed: Uint8Array; digest: string; subjectKey: string | null }> {
    const { vault, clock } = this.#institution
    const type = await this.#types.find(typeId)
    checkDays(content, dayInChina(clock.nowMs()))
    const applicantKey = applicantKeyOf(vault, residentNumberOf(content))
    return {
      type,
      sealed: await sealContent(vault, id, content),
      digest: contentDigest(vault, content),
      subjectKey: applicantKey === undefined ? null : subjectKeyOf(vault, typeId, applicantKey),
    }
  }

  async #move(queries: Queries, { id }: ApplicationRow, state: ApplicationState, member: StaffMember, action: string): Promise<void> {
    const { audit, clock } = this.#institution
    await queries.query('update applications set state = $2, changed_at_ms = $3 where id = $1', [id, state, clock.nowMs()])
    await audit.append(queries, { actor: `staff ${member.id}`, action, subject: `application ${id}` })
  }

  async #read(queries: Queries, id: string): Promise<ApplicationRow> {
    const [row] = await queries.query<ApplicationRow>('select * from applications where id = $1', [id])
    if (row === undefined) throw unknown()
    return row
  }

  async #view(queries: Queries, row: ApplicationRow, type: IssuedType | undefined): Promise<ApplicationView> {
    const { vault, clock } = this.#institution
    const content = await openContent(vault, row.id, row.content)
    const duplicates = await queries.query<Duplicate>(
      `select id, state, status from applications where subject_key = $1 and id <> $2 and status <> 'revoked' order by created_at_ms`,
      [row.subject_key, row.id],
    )
    const returnReason =
      row.return_reason === null ? undefined : ((await vault.open(row.return_reason, `application ${row.id} returned`)) as string)
    return {
      ...{ id: row.id, type: row.type, state: row.state, status: row.status, clerk: row.clerk },
      ...content,
      ...(row.reason === null ? {} : { reason: row.reason }),
      ...(row.officer === null ? {} : { officer: row.officer }),
      ...(returnReason === undefined ? {} : { returnReason }),
      ...(row.import_id === null ? {} : { importId: row.import_id }),
      ...(row.import_line === null ? {} : { importLine: row.import_line }),
      ...{ createdAtMs: row.created_at_ms, changedAtMs: row.changed_at_ms },
      problems: type?.check(claimsOn(clock.nowMs(), type, content.claims)) ?? [],
      duplicates: [...duplicates],
    }
  }
}

/** Failures as one text: where, and which rule; neither holds a value. */
export function wrongClaims(failures: readonly ClaimsFailure[]): IssuerError {
  const places = failures.slice(0, 10).map(({ path, rule, schemaPath }) => `claims${path}: ${rule} (${schemaPath})`)
  return new IssuerError('ERR_ISSUER_CLAIMS', `expected claims that follow the type's schema; ${places.join('; ')}`)
}

/** @throws IssuerError `ERR_ISSUER_CLAIMS`: not days, in the wrong order, or all over */
function checkDays({ validFrom, validUntil }: ApplicationContent, today: string): void {
  for (const [name, day] of Object.entries({ validFrom, validUntil })) {
    if (day === undefined) continue
    const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? []
    if (!isCalendarDay(Number(year), Number(month), Number(date)))
      throw new IssuerError('ERR_ISSUER_CLAIMS', `${name}: expected a day, YYYY-MM-DD`)
  }
  if (validUntil < today || validUntil < (validFrom ?? ''))
    throw new IssuerError('ERR_ISSUER_CLAIMS', 'validUntil: expected a day that is not over, nor before validFrom')
}

function maySeeAll({ roles }: StaffMember): boolean {
  return roles.includes('officer')
}

/** Another clerk's application is not there for this one. */
function requireOwn({ clerk }: ApplicationRow, { id }: StaffMember): void {
  if (clerk !== id) throw unknown()
}

function requireAnother({ clerk }: ApplicationRow, { id }: StaffMember): void {
  if (clerk === id) throw new IssuerError('ERR_ISSUER_SAME_PERSON', 'expected another person than the one who entered the application')
}

function requireState({ state }: ApplicationRow, expected: readonly ApplicationState[]): void {
  if (!expected.includes(state))
    throw new IssuerError('ERR_ISSUER_STATE', `expected an application that is ${expected.join(' or ')}, not ${state}`)
}

function unknown(): IssuerError {
  return new IssuerError('ERR_ISSUER_UNKNOWN', 'there is no such application')
}
