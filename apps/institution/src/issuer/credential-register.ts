import type { SqlValue } from '@hufu/service'
import type { StaffMember } from '@hufu/staff'
import type { Institution } from '../institution.ts'
import { changeStatus, type StatusChange, type StatusKeepers } from './change-status.ts'
import type { CredentialFormat } from './configurations.ts'
import type { CredentialRow } from './credential-row.ts'
import { IssuerError } from './errors.ts'
import { listNames } from './status-lists.ts'
import type { Status } from './status-reasons.ts'

/** A copy in the register. It holds no claims. */
export interface RegisteredCredential {
  readonly id: string
  readonly application: string
  readonly type: string
  readonly format: CredentialFormat
  readonly status: Status
  readonly reason?: string
  /** Where its status stands: one list, or one for revocation and one for suspension. */
  readonly statusLists: readonly { readonly uri: string; readonly index: number }[]
  /** Where its leaf stands in the tree. */
  readonly leafIndex?: number
  readonly intentAtMs: number
  readonly issuedAtMs?: number
  readonly sha256?: string
  /** Whether verifiers can see the status as it is. */
  readonly isPublished: boolean
}

export interface RegisterFilter {
  readonly application?: string
  readonly type?: string
  readonly format?: CredentialFormat
  readonly status?: Status
  readonly beforeMs?: number
  readonly limit: number
}

type RegisterRow = CredentialRow & { readonly leaf_status: Status; readonly is_behind: boolean }

/** Everything issued and everything begun, and how it stands. */
export class CredentialRegister {
  readonly #institution: Institution
  readonly #keepers: StatusKeepers

  constructor(institution: Institution, keepers: StatusKeepers) {
    this.#institution = institution
    this.#keepers = keepers
  }

  /** Newest first. */
  async list(filter: RegisterFilter): Promise<readonly RegisteredCredential[]> {
    const conditions: string[] = []
    const values: SqlValue[] = [filter.limit]
    const where = (condition: string, value: SqlValue | undefined): void => {
      if (value === undefined) return
      values.push(value)
      conditions.push(`credentials.${condition} $${values.length}`)
    }
    where('application =', filter.application)
    where('type =', filter.type)
    where('format =', filter.format)
    where('status =', filter.status)
    where('intent_at_ms <', filter.beforeMs)
    const rows = await this.#institution.database.query<RegisterRow>(
      `select credentials.*, exists (
         select 1 from status_lists where status_lists.number = credentials.list
           and (status_lists.kind = 'token') = (credentials.list_kind = 'token')
           and (text_revision is null or text_revision < revision)) as is_behind
       from credentials ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
       order by intent_at_ms desc, id limit $1`,
      values,
    )
    return rows.map(row => this.#view(row))
  }

  /**
   * Changes how a credential stands, and with it all copies of the same application.
   *
   * @param id - of any of them
   * @returns how many copies
   * @throws IssuerError `ERR_ISSUER_UNKNOWN`, `ERR_ISSUER_REVOKED`
   */
  async change(member: StaffMember, id: string, change: StatusChange): Promise<number> {
    const { database } = this.#institution
    const [row] = await database.query<{ application: string }>('select application from credentials where id = $1', [id])
    if (row === undefined) throw new IssuerError('ERR_ISSUER_UNKNOWN', 'there is no such credential')
    return this.changeApplication(member, row.application, change)
  }

  /** The same, also before anything was issued: then nothing will be. Throws as {@link change}. */
  async changeApplication(member: StaffMember, application: string, change: StatusChange): Promise<number> {
    const { database } = this.#institution
    return database.transaction(queries =>
      changeStatus(queries, this.#institution, this.#keepers, { ...change, scope: { application }, actor: `staff ${member.id}` }),
    )
  }

  #view(row: RegisterRow): RegisteredCredential {
    const { list_kind: kind, list, list_index: index, leaf_index: leafIndex } = row
    const { lists } = this.#keepers
    return {
      ...{ id: row.id, application: row.application, type: row.type, format: row.format, status: row.status },
      ...(row.reason === null ? {} : { reason: row.reason }),
      statusLists: kind === null ? [] : listNames(kind, list!).map(name => ({ uri: lists.uriOf(name), index: index! })),
      ...(leafIndex === null ? {} : { leafIndex }),
      intentAtMs: row.intent_at_ms,
      ...(row.issued_at_ms === null ? {} : { issuedAtMs: row.issued_at_ms }),
      ...(row.sha256 === null ? {} : { sha256: row.sha256 }),
      isPublished: kind === null ? leafIndex !== null && row.leaf_status === row.status : !row.is_behind,
    }
  }
}
