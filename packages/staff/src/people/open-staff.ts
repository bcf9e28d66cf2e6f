import type { Clock } from '@hufu/primitives'
import { type Database, type Jobs, ServiceError, type Vault } from '@hufu/service'
import type { Texts } from '@hufu/trust'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { StaffRoles, StaffSession } from '../access/access.ts'
import { bearerTokenOf } from '../access/enforce-access.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Part } from '../part.ts'
import { approvalRoutes } from './approval-routes.ts'
import type { Approvals } from './approvals.ts'
import { parseBootstrapInvitations } from './bootstrap-invitations.ts'
import { Invitations } from './invitations.ts'
import { Passkeys } from './passkeys.ts'
import { People } from './people.ts'
import { peopleRoutes } from './people-routes.ts'
import { sessionCookie } from './session-cookie.ts'
import { type SessionLimits, Sessions } from './sessions.ts'
import { SignIn, type StaffSignInMode } from './sign-in.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { StaffDesk } from './staff-desk.ts'

export interface StaffOptions extends SessionLimits {
  readonly roles: StaffRoles
  readonly signIn: StaffSignInMode
  /** Address that the server listens on: the stand-in for passkeys is for this machine alone. */
  readonly host: string
  /** Where the pages are to which links of invitations lead, with a slash at its end; default `/staff/`. */
  readonly pagesPath?: string
  /** Content of the file with invitations that whoever runs the server made. */
  readonly bootstrap?: string | undefined
}

/** What the staff part needs of its server. */
export interface StaffServer {
  readonly database: Database
  readonly audit: AuditLog
  readonly approvals: Approvals
  readonly publicUrl: string
  readonly vault: Vault
  readonly jobs: Jobs
  readonly clock: Clock
  readonly log: Logger
  /** Whose server it is, as authenticators show it. */
  readonly self: { readonly name: Texts }
}

/** The staff, with its routes; `findSession` is what `enforceAccess` asks. */
export interface Staff extends Part {
  findSession(request: FastifyRequest): Promise<StaffSession | null>
}

const purgeEveryMs = 3_600_000

/**
 * Opens the staff part; its tables must be there (`staffMigrations`, `approvalMigrations`).
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`: a bootstrap file of another form; the stand-in beyond this machine; passkeys at a number instead of a name, or
 *   without HTTPS beyond this machine
 */
export async function openStaff(server: StaffServer, options: StaffOptions): Promise<Staff> {
  const { database, audit, approvals, publicUrl, vault, jobs, clock, log, self } = server
  const { roles, pagesPath = '/staff/' } = options
  checkAddress(publicUrl, options)
  const people = new People({ vault, clock })
  const sessions = new Sessions({ database, people, clock, ...limitsOf(options) })
  const invitations = new Invitations({ vault, clock })
  const passkeys = new Passkeys({ database, clock, publicUrl, name: self.name['zh-CN'] })
  const signIn = new SignIn({ database, audit, mode: options.signIn, people, sessions, invitations, passkeys })
  const desk = new StaffDesk({ roles, pagesPath, database, audit, approvals, publicUrl, people, sessions, invitations, passkeys })
  const cookie = sessionCookie(publicUrl)
  if (options.signIn === 'invitation')
    log.warn('STAFF_SIGN_IN=invitation: links sign in without a passkey, a stand-in for pilots on one machine')
  if (options.bootstrap !== undefined) await importInvitations(options.bootstrap)
  jobs.work(
    'staff purge',
    async () => {
      await sessions.purge()
      await passkeys.purge()
    },
    { everyMs: purgeEveryMs },
  )

  async function importInvitations(text: string): Promise<void> {
    for (const invitation of parseBootstrapInvitations(text, { nowMs: clock.nowMs(), roles: roles.all }))
      await database.transaction(async queries => {
        const isNew = await invitations.import(queries, { ...invitation, invitedBy: 'server' })
        const { personId, roles: invited } = invitation
        if (isNew)
          await audit.append(queries, {
            actor: 'server',
            action: 'invitation imported',
            subject: `staff ${personId}`,
            detail: { roles: invited },
          })
      })
  }

  return {
    name: 'staff',
    async findSession(request) {
      const bearer = bearerTokenOf(request)
      if (bearer !== undefined) return asReader(await sessions.find(bearer, 'reader'))
      const token = cookie.read(request)
      return token === undefined ? null : sessions.find(token, 'browser')
    },
    routes(server: FastifyInstance) {
      signInRoutes(server, { roles, signIn, database, audit, sessions, passkeys, cookie, publicUrl })
      peopleRoutes(server, { roles, desk, database, people, invitations })
      approvalRoutes(server, approvals, roles)
    },
  }
}

/** A token for programs reads as an auditor, and nothing else. */
function asReader(session: StaffSession | null): StaffSession | null {
  if (session === null) return null
  return { ...session, member: { ...session.member, roles: session.member.roles.filter(role => role === 'auditor') } }
}

function checkAddress(publicUrl: string, { signIn, host }: StaffOptions): void {
  const { protocol, hostname } = new URL(publicUrl)
  if (signIn === 'invitation') {
    if (!isLoopback(host))
      throw new ServiceError('ERR_SERVICE_CONFIG', 'STAFF_SIGN_IN: expected passkey, for HOST is not this machine alone')
    return
  }
  if (!Passkeys.worksAt(publicUrl))
    throw new ServiceError(
      'ERR_SERVICE_CONFIG',
      'PUBLIC_URL: expected a name such as localhost in place of a number, for the passkeys of the staff',
    )
  if (protocol !== 'https:' && !isLoopback(hostname))
    throw new ServiceError('ERR_SERVICE_CONFIG', 'PUBLIC_URL: expected https, for the staff signs in there')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function limitsOf({ idleMs, lifetimeMs, readerLifetimeMs }: StaffOptions): SessionLimits {
  return {
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(lifetimeMs === undefined ? {} : { lifetimeMs }),
    ...(readerLifetimeMs === undefined ? {} : { readerLifetimeMs }),
  }
}
