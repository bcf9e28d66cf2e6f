import type { Clock, Json } from '@hufu/primitives'
import { type Database, type Queries, ServiceError } from '@hufu/service'
import type { Texts } from '@hufu/trust'
import type { StaffMember, StaffRole } from '../access/access.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { StaffError } from '../errors.ts'

/** Something that two persons must want. */
export interface Approval {
  readonly id: string
  /** What it is, such as `revoke all`. */
  readonly kind: string
  /** What it is done to. No personal data: whoever has the role sees it. */
  readonly payload: Json
  /** Who may confirm it: a role that the person who asked for it has or has not, but never that person. */
  readonly role: StaffRole
  readonly state: 'pending' | 'confirmed' | 'refused' | 'expired'
  readonly requestedBy: string
  readonly requestedAtMs: number
  readonly expiresAtMs: number
  readonly decidedBy?: string
  readonly decidedAtMs?: number
}

/** What a kind of approval is about, and what happens once it is decided. */
export interface ApprovalHandler {
  readonly role: StaffRole
  readonly title: Texts
  /** How long it waits for a second person; default 24 hours. */
  readonly lifetimeMs?: number
  /** Does it, in the confirming transaction: if it throws, nothing was confirmed. @returns what the confirming person is told */
  confirm(queries: Queries, approval: Approval, confirmedBy: StaffMember): Promise<Json | undefined>
  /** Is told that it will not be. */
  refuse?(queries: Queries, approval: Approval): Promise<void>
}

const defaultLifetimeMs = 86_400_000

interface Row {
  readonly id: string
  readonly kind: string
  readonly payload: string
  readonly role: StaffRole
  readonly state: Approval['state']
  readonly requested_by: string
  readonly requested_at_ms: number
  readonly expires_at_ms: number
  readonly decided_by: string | null
  readonly decided_at_ms: number | null
}

/** Two-person control, for all parts: one person asks, another one of the role confirms, and only then it happens. */
export class Approvals {
  readonly #database: Database
  readonly #audit: AuditLog
  readonly #clock: Clock
  readonly #handlers = new Map<string, ApprovalHandler>()

  constructor(options: { readonly database: Database; readonly audit: AuditLog; readonly clock: Clock }) {
    this.#database = options.database
    this.#audit = options.audit
    this.#clock = options.clock
  }

  /** Says what a kind of approval is about. @throws TypeError: somebody has said so already */
  handle(kind: string, handler: ApprovalHandler): void {
    if (this.#handlers.has(kind)) throw new TypeError(`there is a handler for ${kind} already`)
    this.#handlers.set(kind, handler)
  }

  titleOf(kind: string): Texts | undefined {
    return this.#handlers.get(kind)?.title
  }

  /** Asks for a second person, in the transaction that `queries` belongs to. @param request.requestedBy - identifier of the person who asks */
  async request(
    queries: Queries,
    request: { readonly kind: string; readonly payload: Json; readonly requestedBy: string },
  ): Promise<Approval> {
    const { kind, payload, requestedBy } = request
    const { role, lifetimeMs = defaultLifetimeMs } = this.#handlerOf(kind)
    const id = crypto.randomUUID()
    const nowMs = this.#clock.nowMs()
    const expiresAtMs = nowMs + lifetimeMs
    await queries.query(
      `insert into approvals (id, kind, payload, role, state, requested_by, requested_at_ms, expires_at_ms)
       values ($1, $2, $3, $4, 'pending', $5, $6, $7)`,
      [id, kind, JSON.stringify(payload), role, requestedBy, nowMs, expiresAtMs],
    )
    await this.#audit.append(queries, {
      actor: `staff ${requestedBy}`,
      action: 'approval requested',
      subject: `approval ${id}`,
      detail: { kind },
    })
    return { id, kind, payload, role, state: 'pending', requestedBy, requestedAtMs: nowMs, expiresAtMs }
  }

  /** Those that somebody asked for or may decide on, the newest first. */
  async list(member: StaffMember): Promise<readonly Approval[]> {
    const rows = await this.#database.query<Row>('select * from approvals order by requested_at_ms desc limit 200')
    return rows.map(row => this.#approvalOf(row)).filter(approval => concerns(approval, member))
  }

  /** @throws ServiceError `ERR_SERVICE_NOT_FOUND`: there is none, or none that concerns this person */
  async find(id: string, member: StaffMember): Promise<Approval> {
    return this.#read(this.#database, id, member)
  }

  /**
   * Confirms, and does what was asked for.
   *
   * @returns what came of it
   * @throws ServiceError `ERR_SERVICE_NOT_FOUND`; StaffError `ERR_STAFF_ROLE`, `ERR_APPROVAL_SAME_PERSON`, `ERR_APPROVAL_STATE`: decided or expired; and what
   *   doing it throws
   */
  confirm(id: string, member: StaffMember): Promise<Json | undefined> {
    return this.#database.transaction(async queries => {
      const approval = await this.#read(queries, id, member, 'for update')
      if (approval.requestedBy === member.id)
        throw new StaffError('ERR_APPROVAL_SAME_PERSON', 'expected another person than the one who asked for it')
      if (!member.roles.includes(approval.role)) throw new StaffError('ERR_STAFF_ROLE', `expected a role of ${approval.role}`)
      await this.#decide(queries, approval, 'confirmed', member)
      return this.#handlerOf(approval.kind).confirm(queries, approval, member)
    })
  }

  /** Refuses, or takes back what one asked for oneself. Throws as {@link confirm}. */
  refuse(id: string, member: StaffMember): Promise<void> {
    return this.#database.transaction(async queries => {
      const approval = await this.#read(queries, id, member, 'for update')
      await this.#decide(queries, approval, 'refused', member)
      await this.#handlerOf(approval.kind).refuse?.(queries, approval)
    })
  }

  async #decide(queries: Queries, approval: Approval, state: 'confirmed' | 'refused', member: StaffMember): Promise<void> {
    if (approval.state !== 'pending')
      throw new StaffError('ERR_APPROVAL_STATE', `expected an approval that waits; this one is ${approval.state}`)
    await queries.query('update approvals set state = $2, decided_by = $3, decided_at_ms = $4 where id = $1', [
      approval.id,
      state,
      member.id,
      this.#clock.nowMs(),
    ])
    await this.#audit.append(queries, {
      actor: `staff ${member.id}`,
      action: `approval ${state}`,
      subject: `approval ${approval.id}`,
      detail: { kind: approval.kind },
    })
  }

  async #read(queries: Queries, id: string, member: StaffMember, lock: '' | 'for update' = ''): Promise<Approval> {
    const [row] = await queries.query<Row>(`select * from approvals where id = $1 ${lock}`, [id])
    const approval = row === undefined ? undefined : this.#approvalOf(row)
    if (approval === undefined || !concerns(approval, member)) throw new ServiceError('ERR_SERVICE_NOT_FOUND', 'no such approval')
    return approval
  }

  #handlerOf(kind: string): ApprovalHandler {
    const handler = this.#handlers.get(kind)
    if (handler === undefined) throw new TypeError('expected a kind of approval that a part handles')
    return handler
  }

  #approvalOf(row: Row): Approval {
    const isOver = row.state === 'pending' && row.expires_at_ms <= this.#clock.nowMs()
    return {
      id: row.id,
      kind: row.kind,
      payload: JSON.parse(row.payload) as Json,
      role: row.role,
      state: isOver ? 'expired' : row.state,
      requestedBy: row.requested_by,
      requestedAtMs: row.requested_at_ms,
      expiresAtMs: row.expires_at_ms,
      ...(row.decided_by === null ? {} : { decidedBy: row.decided_by }),
      ...(row.decided_at_ms === null ? {} : { decidedAtMs: row.decided_at_ms }),
    }
  }
}

function concerns({ requestedBy, role }: Approval, { id, roles }: StaffMember): boolean {
  return requestedBy === id || roles.includes(role)
}
