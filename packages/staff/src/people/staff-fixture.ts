// Shared by the tests of this package: a server's staff, log and approvals, as they are composed for real.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'

import { join } from 'node:path'
import { createHttpServer, createLog, type Database, migrate, openEmbeddedDatabase, openVault } from '@hufu/service'
import { FixedClock } from '@hufu/testkit'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { Registry } from 'prom-client'
import type { StaffRole, StaffRoles } from '../access/access.ts'
import { AccessCheckers } from '../access/access-checkers.ts'
import { enforceAccess } from '../access/enforce-access.ts'
import { auditMigrations } from '../audit/audit-schema.ts'
import { type OpenAuditLog, openAuditLog } from '../audit/open-audit-log.ts'
import { Approvals } from './approvals.ts'
import { approvalMigrations } from './approvals-schema.ts'
import { ManualJobs } from './manual-jobs.ts'
import { openStaff } from './open-staff.ts'
import { hashOfToken, newToken } from './secret-token.ts'
import type { StaffSignInMode } from './sign-in.ts'
import { staffMigrations } from './staff-schema.ts'
import { TestAuthenticator } from './test-authenticator.ts'

export const publicUrl = 'http://localhost:8080'
/** As an institution's. */
export const roles: StaffRoles = { all: ['clerk', 'officer', 'administrator', 'auditor'], weighty: ['officer'] }
const dayMs = 86_400_000

/** An empty folder that lasts as long as the machine's temporary files. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hufu-staff-'))
}

/** Somebody of the staff in a browser. */
export interface Browser {
  readonly personId: string
  readonly authenticator: TestAuthenticator
  cookie: string
  csrfToken: string
}

export interface InviteTerms {
  readonly personId: string
  readonly name: string
  readonly roles: readonly StaffRole[]
  readonly code: string
}

export interface StaffBench {
  readonly server: FastifyInstance
  readonly database: Database
  readonly clock: FixedClock
  readonly approvals: Approvals
  readonly audit: OpenAuditLog
  /** Has the server take an invitation that whoever runs it made. */
  invite(terms: InviteTerms): Promise<void>
  /** Somebody with these roles, signed in by a passkey. */
  person(...roles: readonly StaffRole[]): Promise<Browser>
  /** Sends a request as a page of this server would. */
  send(
    browser: Browser | undefined,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: object,
    headers?: object,
  ): Promise<LightMyRequestResponse>
  close(): Promise<void>
}

/** Opens it all on a new database. @param options.addRoutes - further routes, after access is enforced */
export async function openStaffBench(
  options: {
    readonly signIn?: StaffSignInMode
    readonly database?: Database
    readonly addRoutes?: (server: FastifyInstance, approvals: Approvals) => void
  } = {},
): Promise<StaffBench> {
  const database = options.database ?? (await openEmbeddedDatabase(join(newFolder(), 'database')))
  await migrate(database, [...auditMigrations, ...staffMigrations, ...approvalMigrations])
  const clock = new FixedClock()
  const log = createLog({ level: 'silent' })
  const jobs = new ManualJobs()
  const anchor = async () => ({ blockIndex: 1, timeMs: clock.nowMs(), transactionHash: '' })
  const self = { slug: 'bank', did: 'did:neo:test:bank', name: { en: 'Bank', 'zh-CN': '银行' } }
  const audit = openAuditLog({ database, jobs, clock, log, metrics: new Registry(), self, anchor, chainEveryMs: 3_600_000 })
  const approvals = new Approvals({ database, audit, clock })
  const vault = openVault(new Uint8Array(32).fill(7))
  const institution = { database, audit, approvals, publicUrl, vault, jobs, clock, log, self }
  const { signIn = 'passkey' } = options
  let people = 0
  const staff = await openStaff(institution, { roles, signIn, host: '127.0.0.1' })
  const server = createHttpServer({ log, bodyLimitBytes: 65_536, requestTimeoutMs: 10_000 })
  const checkers = new AccessCheckers()
  enforceAccess(server, { publicUrl, roles: roles.all, systemToken: 'system-token', checkers, findSession: staff.findSession, clock })
  await staff.routes(server)
  await audit.routes(server)
  options.addRoutes?.(server, approvals)
  await server.ready()

  async function send(...[browser, method, url, body, headers]: Parameters<StaffBench['send']>): Promise<LightMyRequestResponse> {
    const sent = {
      origin: publicUrl,
      ...(browser === undefined ? {} : { cookie: browser.cookie, 'x-hufu-csrf': browser.csrfToken }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    }
    const request: InjectOptions = {
      ...{ method, url, headers: Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)) },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    }
    return server.inject(request)
  }

  async function invite({ code, ...terms }: InviteTerms): Promise<void> {
    const invitation = { ...terms, codeHash: hashOfToken(code), expiresAtMs: clock.nowMs() + dayMs }
    // As an operator would: the file is read when the server starts.
    await openStaff(
      { ...institution, jobs: new ManualJobs(), approvals: new Approvals({ database, audit, clock }) },
      { roles, signIn, host: '127.0.0.1', bootstrap: JSON.stringify({ version: 1, invitations: [invitation] }) },
    )
  }

  async function person(...given: readonly StaffRole[]): Promise<Browser> {
    const [code, personId] = [newToken(), crypto.randomUUID()]
    await invite({ code, personId, roles: given, name: `王${++people}` })
    return accept({ send }, code, personId)
  }

  return {
    ...{ server, database, clock, approvals, audit, invite, person, send },
    async close() {
      await server.close()
      await audit.close()
      await database.close()
    },
  }
}

/** Accepts an invitation with a new passkey, and is signed in. */
export async function accept({ send }: Pick<StaffBench, 'send'>, code: string, personId: string): Promise<Browser> {
  const authenticator = new TestAuthenticator(publicUrl)
  const { challengeId, options } = (await send(undefined, 'POST', '/staff/registration/options', { code })).json()
  const answer = await send(undefined, 'POST', '/staff/registration', {
    code,
    challengeId,
    response: authenticator.register(options),
    label: 'phone',
  })
  return browserOf(answer, personId, authenticator)
}

/** The browser after an answer that signs in. */
export function browserOf(answer: LightMyRequestResponse, personId: string, authenticator: TestAuthenticator): Browser {
  const cookie = [answer.headers['set-cookie']].flat()[0]?.split(';')[0]
  if (answer.statusCode !== 200 || cookie === undefined) throw new Error(`not signed in: ${answer.statusCode} ${answer.body}`)
  return { personId, authenticator, cookie, csrfToken: answer.json().csrfToken }
}
