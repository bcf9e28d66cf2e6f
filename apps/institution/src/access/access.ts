/** What a member of the staff may do. One person may have several, but never approves what they entered themselves. */
export const staffRoles = ['clerk', 'officer', 'administrator', 'auditor'] as const
export type StaffRole = (typeof staffRoles)[number]

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

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call this route. */
    readonly access?: Access
  }
  interface FastifyRequest {
    /** Set on routes for staff. */
    staff: StaffMember | null
  }
}
