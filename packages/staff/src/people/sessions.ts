import type { Clock } from '@hufu/primitives'
import type { Database, Queries } from '@hufu/service'
import type { StaffSession } from '../access/access.ts'
import { type People, parseRoles } from './people.ts'
import { hashOfToken, newToken } from './secret-token.ts'

/** How long sessions last. */
export interface SessionLimits {
  /** Without a request; default 15 minutes. */
  readonly idleMs?: number
  /** In all; default 8 hours. */
  readonly lifetimeMs?: number
  /** Of a token for programs; default 1 hour. */
  readonly readerLifetimeMs?: number
}

/** A session that begins, with the secret that only its holder will have. */
export interface BegunSession {
  readonly token: string
  readonly csrfToken: string
  readonly expiresAtMs: number
}

interface Row {
  readonly id: string
  readonly person_id: string
  readonly name: Uint8Array
  readonly roles: string
  readonly kind: StaffSession['kind']
  readonly seen_at_ms: number
  readonly confirmed_at_ms: number
  readonly expires_at_ms: number
}

/** A session's last sign of life is kept this coarsely, to spare the database. */
const seenStepMs = 30_000

/** Who is signed in, in the database: any replica knows, and a session that is ended is ended everywhere. */
export class Sessions {
  readonly #database: Database
  readonly #people: People
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #lifetimeMs: number
  readonly #readerLifetimeMs: number

  constructor(options: { readonly database: Database; readonly people: People; readonly clock: Clock } & SessionLimits) {
    this.#database = options.database
    this.#people = options.people
    this.#clock = options.clock
    this.#idleMs = options.idleMs ?? 900_000
    this.#lifetimeMs = options.lifetimeMs ?? 28_800_000
    this.#readerLifetimeMs = options.readerLifetimeMs ?? 3_600_000
  }

  /** Begins a session; always a new one, whatever the browser brought. */
  async begin(queries: Queries, personId: string, kind: StaffSession['kind'] = 'browser'): Promise<BegunSession> {
    const token = newToken()
    const nowMs = this.#clock.nowMs()
    const expiresAtMs = nowMs + (kind === 'browser' ? this.#lifetimeMs : this.#readerLifetimeMs)
    await queries.query(
      `insert into staff_sessions (id, token_hash, person_id, kind, created_at_ms, seen_at_ms, confirmed_at_ms, expires_at_ms)
       values ($1, $2, $3, $4, $5, $5, $5, $6)`,
      [crypto.randomUUID(), hashOfToken(token), personId, kind, nowMs, expiresAtMs],
    )
    return { token, csrfToken: csrfTokenOf(token), expiresAtMs }
  }

  /** The session of a token; null if there is none, it has ended, or the person is not active. */
  async find(token: string, kind: StaffSession['kind']): Promise<StaffSession | null> {
    const nowMs = this.#clock.nowMs()
    const [row] = await this.#database.query<Row>(
      `select session.*, person.name, person.roles from staff_sessions session join staff_people person on person.id = session.person_id
       where session.token_hash = $1 and session.kind = $2 and person.state = 'active'
         and session.expires_at_ms > $3 and (session.kind = 'reader' or session.seen_at_ms > $4)`,
      [hashOfToken(token), kind, nowMs, nowMs - this.#idleMs],
    )
    if (row === undefined) return null
    if (nowMs - row.seen_at_ms >= Math.min(seenStepMs, this.#idleMs / 4))
      await this.#database.query('update staff_sessions set seen_at_ms = $2 where id = $1', [row.id, nowMs])
    return {
      id: row.id,
      member: { id: row.person_id, name: await this.#people.nameOf(row.person_id, row.name), roles: parseRoles(row.roles) },
      csrfToken: csrfTokenOf(token),
      confirmedAtMs: row.confirmed_at_ms,
      kind: row.kind,
      expiresAtMs: row.expires_at_ms,
    }
  }

  /** Notes that the person has just shown again that it is they. */
  async confirm(queries: Queries, id: string): Promise<void> {
    await queries.query('update staff_sessions set confirmed_at_ms = $2 where id = $1', [id, this.#clock.nowMs()])
  }

  /** Those of a person that have not ended. */
  async listOf(personId: string): Promise<readonly Omit<Row, 'name' | 'roles' | 'person_id'>[]> {
    const nowMs = this.#clock.nowMs()
    return this.#database.query(
      `select id, kind, seen_at_ms, confirmed_at_ms, expires_at_ms from staff_sessions
       where person_id = $1 and expires_at_ms > $2 and (kind = 'reader' or seen_at_ms > $3) order by created_at_ms`,
      [personId, nowMs, nowMs - this.#idleMs],
    )
  }

  /** @returns false if the person has no such session */
  async end(queries: Queries, personId: string, id: string): Promise<boolean> {
    const ended = await queries.query('delete from staff_sessions where id = $1 and person_id = $2 returning id', [id, personId])
    return ended.length > 0
  }

  async endAllOf(queries: Queries, personId: string): Promise<void> {
    await queries.query('delete from staff_sessions where person_id = $1', [personId])
  }

  /** Forgets those that have ended. */
  async purge(): Promise<void> {
    const nowMs = this.#clock.nowMs()
    await this.#database.query(`delete from staff_sessions where expires_at_ms < $1 or (kind = 'browser' and seen_at_ms < $2)`, [
      nowMs,
      nowMs - this.#idleMs,
    ])
  }
}

/** Derived, so that it need not be kept, and tells nothing of the token. */
function csrfTokenOf(token: string): string {
  return hashOfToken(`csrf ${token}`)
}
