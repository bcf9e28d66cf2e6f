import type { Clock } from '@hufu/primitives'
import { type Queries, ServiceError, type Vault } from '@hufu/service'
import type { StaffRole } from '../access/access.ts'
import { StaffError } from '../errors.ts'
import { parseRoles } from './people.ts'
import { hashOfToken, newToken } from './secret-token.ts'

/** Somebody who is invited, or a person who is to get a new passkey. */
export interface Invitation {
  readonly id: string
  /** Who it is for; made when they accept if they are new. */
  readonly personId: string
  readonly name: string
  readonly roles: readonly StaffRole[]
  readonly state: 'awaiting' | 'open' | 'used' | 'withdrawn'
  readonly invitedBy: string
  readonly expiresAtMs: number
}

export const invitationLifetimeMs = 86_400_000

interface Row {
  readonly id: string
  readonly person_id: string
  readonly name: Uint8Array
  readonly roles: string
  readonly state: Invitation['state']
  readonly invited_by: string
  readonly expires_at_ms: number
}

/** What a new invitation says. */
export type InvitationTerms = Pick<Invitation, 'personId' | 'name' | 'roles' | 'invitedBy'>

/** Invitations: a code that counts once and for a day, of which only the hash is kept. */
export class Invitations {
  readonly #vault: Vault
  readonly #clock: Clock

  constructor({ vault, clock }: { readonly vault: Vault; readonly clock: Clock }) {
    this.#vault = vault
    this.#clock = clock
  }

  /** Prepares an invitation that counts only once it is opened. */
  async prepare(queries: Queries, terms: InvitationTerms): Promise<string> {
    const expiresAtMs = this.#clock.nowMs() + invitationLifetimeMs
    return (await this.#insert(queries, terms, { state: 'awaiting', codeHash: null, expiresAtMs }))!
  }

  /** Makes a prepared invitation count, from now on. @returns its code; null: it is no longer waiting */
  async open(queries: Queries, id: string): Promise<{ code: string; expiresAtMs: number } | null> {
    const code = newToken()
    const expiresAtMs = this.#clock.nowMs() + invitationLifetimeMs
    const opened = await queries.query(
      `update staff_invitations set state = 'open', code_hash = $2, expires_at_ms = $3 where id = $1 and state = 'awaiting' returning id`,
      [id, hashOfToken(code), expiresAtMs],
    )
    return opened.length === 0 ? null : { code, expiresAtMs }
  }

  /** Takes over an invitation that was made elsewhere. @returns false if it was taken over before */
  async import(queries: Queries, terms: InvitationTerms & { readonly codeHash: string; readonly expiresAtMs: number }): Promise<boolean> {
    // Another replica may be taking it over just now.
    return (await this.#insert(queries, terms, { state: 'open', codeHash: terms.codeHash, expiresAtMs: terms.expiresAtMs })) !== undefined
  }

  /** @throws StaffError `ERR_STAFF_INVITATION` */
  async find(queries: Queries, code: string): Promise<Invitation> {
    const [row] = await queries.query<Row>(
      `select * from staff_invitations where code_hash = $1 and state = 'open' and expires_at_ms > $2 for update`,
      [hashOfToken(code), this.#clock.nowMs()],
    )
    if (row === undefined) throw new StaffError('ERR_STAFF_INVITATION', 'expected an invitation that is open, of the last 24 hours')
    return this.#invitationOf(row)
  }

  /** Uses it up. @throws StaffError `ERR_STAFF_INVITATION`: it has been */
  async use(queries: Queries, id: string): Promise<void> {
    const used = await queries.query(`update staff_invitations set state = 'used' where id = $1 and state = 'open' returning id`, [id])
    if (used.length === 0) throw new StaffError('ERR_STAFF_INVITATION', 'expected an invitation that is open, of the last 24 hours')
  }

  async withdraw(queries: Queries, id: string): Promise<void> {
    const withdrawn = await queries.query(
      `update staff_invitations set state = 'withdrawn' where id = $1 and state in ('open', 'awaiting') returning id`,
      [id],
    )
    if (withdrawn.length === 0) throw new ServiceError('ERR_SERVICE_NOT_FOUND', 'no such invitation that waits')
  }

  /** Ends those that would let a person back in. */
  async withdrawAllFor(queries: Queries, personId: string): Promise<void> {
    await queries.query(`update staff_invitations set state = 'withdrawn' where person_id = $1 and state in ('open', 'awaiting')`, [
      personId,
    ])
  }

  /** Those that wait, the newest first. */
  async list(queries: Queries): Promise<readonly Invitation[]> {
    const rows = await queries.query<Row>(
      `select * from staff_invitations where state in ('open', 'awaiting') and expires_at_ms > $1 order by created_at_ms desc`,
      [this.#clock.nowMs()],
    )
    return Promise.all(rows.map(row => this.#invitationOf(row)))
  }

  /** @returns its id; undefined where there is one of that code */
  async #insert(
    queries: Queries,
    { personId, name, roles, invitedBy }: InvitationTerms,
    { state, codeHash, expiresAtMs }: { state: Invitation['state']; codeHash: string | null; expiresAtMs: number },
  ): Promise<string | undefined> {
    const id = crypto.randomUUID()
    const inserted = await queries.query(
      `insert into staff_invitations (id, code_hash, person_id, name, roles, state, invited_by, created_at_ms, expires_at_ms)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (code_hash) do nothing returning id`,
      [
        id,
        codeHash,
        personId,
        await this.#vault.seal(name, contextOf(id)),
        roles.join(),
        state,
        invitedBy,
        this.#clock.nowMs(),
        expiresAtMs,
      ],
    )
    return inserted.length === 0 ? undefined : id
  }

  async #invitationOf(row: Row): Promise<Invitation> {
    return {
      id: row.id,
      personId: row.person_id,
      name: (await this.#vault.open(row.name, contextOf(row.id))) as string,
      roles: parseRoles(row.roles),
      state: row.state,
      invitedBy: row.invited_by,
      expiresAtMs: row.expires_at_ms,
    }
  }
}

function contextOf(id: string): string {
  return `staff invitation ${id}`
}
