// Routes carry what the page of the API says of them.
import type {} from '@fastify/swagger'

/** What a member of the staff may do: one of the server's own words. One person may have several, but never approves what they entered themselves. */
export type StaffRole = string

/** The roles of a server. `administrator` (looks after people) and `auditor` (reads the log) are among those of every server. */
export interface StaffRoles {
  readonly all: readonly [StaffRole, ...StaffRole[]]
  /** Who has these decides over others: giving them takes two administrators, as giving `administrator` always does. */
  readonly weighty: readonly StaffRole[]
}

/**
 * Who may call a route. Every route names it; a server with a route that does not cannot start.
 *
 * - `public`: anybody; the route itself checks what the protocol asks for (a signature, a code)
 * - `wallet`: whoever has an access token for credentials
 * - `system`: the institution's own systems, by bearer token
 * - `peer`: another institution, by a message that its DID signed
 * - staff roles: any one of them, signed in with a passkey
 */
export type Access = 'public' | 'wallet' | 'system' | 'peer' | readonly [StaffRole, ...StaffRole[]]

/** Somebody of the staff who is signed in. */
export interface StaffMember {
  readonly id: string
  readonly name: string
  readonly roles: readonly StaffRole[]
}

/** The session of somebody who is signed in. */
export interface StaffSession {
  readonly id: string
  readonly member: StaffMember
  /** What requests that change something carry in the header `x-hufu-csrf`. */
  readonly csrfToken: string
  /** When they last showed that it is they: signed in, or confirmed. */
  readonly confirmedAtMs: number
  /** `reader` may only read: a token for programs, in place of the browser's cookie. */
  readonly kind: 'browser' | 'reader'
  readonly expiresAtMs: number
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call this route. */
    readonly access?: Access
    /** For staff: only within minutes of signing in or confirming, for what cannot be taken back. */
    readonly recentSignIn?: true
  }
  interface FastifyRequest {
    /** Set on routes for staff. */
    staff: StaffMember | null
    staffSession: StaffSession | null
  }
}
