// Shared by the tests of authorization, and by its measurements: an institution without a ledger, and a desk whose wallet is the test itself.

import { createHash, randomBytes } from 'node:crypto'
import type { JsonObject } from '@hufu/credentials'
import { type Clock, systemClock } from '@hufu/primitives'
import {
  createHttpServer,
  createLog,
  type Database,
  jobMigrations,
  migrate,
  openOneUseValues,
  openVault,
  type Queries,
  usedValueMigrations,
} from '@hufu/service'
import type { AuditEntry } from '@hufu/staff'
import { AccessCheckers, Approvals, approvalMigrations } from '@hufu/staff'
import { freePort } from '@hufu/testkit'
import type { FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import type { Institution } from '../institution.ts'
import { VerifierError } from '../verifier/errors.ts'
import type { BeginOptions, PresentationDesk, PresentationState } from '../verifier/presentation-desk.ts'
import { authorizationMigrations } from './authorization-migrations.ts'
import { type Authorization, type AuthorizationOptions, openAuthorization } from './open-authorization.ts'
import type { SignInSettings } from './sign-in-settings.ts'

/** What a person shows with their wallet. */
export interface Shown {
  readonly pseudonym?: string
  readonly claims?: JsonObject
}

interface FakePresentation {
  readonly options: BeginOptions
  readonly token: string
  state: PresentationState
  shown: Shown
  responseCode: string | undefined
}

/** A desk whose wallets answer when a test says so. Everything else is as the real one: once only, by token, by code on the same device. */
export class FakeDesk implements PresentationDesk {
  readonly presentations = new Map<string, FakePresentation>()

  async begin(options: BeginOptions) {
    const id = crypto.randomUUID()
    const token = randomBytes(32).toString('base64url')
    this.presentations.set(id, { options, token, state: 'waiting', shown: {}, responseCode: undefined })
    const link = `openid4vp://?request_uri=${encodeURIComponent(`https://verifier.example/vp/requests/${id}`)}`
    return { id, requestUri: link, walletUrl: link, qr: link, expiresAtMs: Date.now() + 300_000, token }
  }

  async state(id: string) {
    return this.#get(id).state
  }

  async finish(_queries: Queries, id: string, { token, responseCode }: { token: string; responseCode?: string | undefined }) {
    const presentation = this.#get(id)
    if (presentation.token !== token) throw new VerifierError('ERR_VERIFIER_UNKNOWN', 'no such presentation')
    if (presentation.state !== 'answered') throw new VerifierError('ERR_VERIFIER_STATE', 'not answered')
    if (presentation.responseCode !== responseCode) throw new VerifierError('ERR_VERIFIER_BROWSER', 'another browser')
    presentation.state = 'expired'
    const { pseudonym, claims = {} } = presentation.shown
    return {
      presentationId: id,
      queryId: presentation.options.queryId,
      purpose: presentation.options.purpose,
      ...(pseudonym === undefined ? {} : { pseudonym }),
      claims,
      formats: ['hufu_zk'],
      receiptId: crypto.randomUUID(),
      receiptSha256: 'a'.repeat(43),
      verifiedAtMs: Date.now(),
    }
  }

  /** The wallet answers the newest request. @returns the code for the browser, where the wallet was on the same device */
  answer(shown: Shown, options: { readonly sameDevice?: boolean } = {}): string | undefined {
    const presentation = [...this.presentations.values()].at(-1)!
    presentation.state = 'answered'
    presentation.shown = shown
    presentation.responseCode = options.sameDevice === true ? randomBytes(16).toString('base64url') : undefined
    return presentation.responseCode
  }

  refuse(): void {
    ;[...this.presentations.values()].at(-1)!.state = 'refused'
  }

  #get(id: string): FakePresentation {
    const presentation = this.presentations.get(id)
    if (presentation === undefined) throw new VerifierError('ERR_VERIFIER_UNKNOWN', 'no such presentation')
    return presentation
  }
}

const vaultSecret = new Uint8Array(32).fill(7)

/** What {@link openAuthorization} works with, without a ledger. */
export function fakeInstitution(database: Database, publicUrl: string, clock: Clock = systemClock) {
  const entries: AuditEntry[] = []
  const audit = { append: async (_queries: Queries, entry: AuditEntry) => void entries.push(entry) }
  const institution = {
    config: {},
    publicUrl,
    self: { slug: 'bank', did: 'did:example:bank', name: { 'zh-CN': '银行', en: 'Bank' } },
    database,
    jobs: { send: async () => undefined, work: () => undefined, close: async () => undefined },
    once: openOneUseValues({ clock }),
    vault: openVault(vaultSecret),
    audit,
    access: new AccessCheckers(),
    approvals: new Approvals({ database, audit, clock }),
    metrics: new Registry(),
    clock,
    log: createLog({ level: 'silent' as 'info' }),
  } as unknown as Institution
  return { institution, entries }
}

export interface Replica {
  readonly url: string
  readonly server: FastifyInstance
  readonly authorization: Authorization
  readonly entries: readonly AuditEntry[]
  close(): Promise<void>
}

/** Migrates, and starts a server with nothing but authorization. @param options.publicUrl - of another replica, whose address this one answers for */
export async function startReplica(
  database: Database,
  options: AuthorizationOptions & {
    readonly publicUrl?: string
    readonly port?: number
    readonly clock?: Clock
    readonly addRoutes?: (server: FastifyInstance, authorization: Authorization) => void
  },
): Promise<Replica> {
  await migrate(database, [...usedValueMigrations, ...jobMigrations, ...approvalMigrations, ...authorizationMigrations])
  const log = createLog({ level: 'silent' as 'info' })
  const server = createHttpServer({ log, bodyLimitBytes: 1_048_576, requestTimeoutMs: 10_000 })
  // The address is part of everything the provider says, so it must be known first.
  const port = options.port ?? (await freePort())
  const url = `http://127.0.0.1:${port}`
  const { institution, entries } = fakeInstitution(database, options.publicUrl ?? url, options.clock)
  const authorization = await openAuthorization(institution, { keysEveryMs: 3_600_000, ...options })
  await authorization.routes(server)
  options.addRoutes?.(server, authorization)
  await server.listen({ host: '127.0.0.1', port })
  return {
    url,
    server,
    authorization,
    entries,
    async close() {
      await server.close()
      await authorization.close?.()
    },
  }
}

export const shopSecret = 'v3ry-random-secret-of-the-shop-0123456789abcdef'
export const otherSecret = 'another-random-secret-of-another-shop-9876543210'

export const pseudonymous = 'urn:hufu:acr:pseudonymous'
export const identified = 'urn:hufu:acr:identified'

/** Two shops in two sectors. */
export const settings: SignInSettings = {
  levels: [
    { acr: pseudonymous, query: 'sign-in' },
    { acr: identified, query: 'open-account', claims: { name: ['name'], birthdate: ['resident', 'birth_date'] } },
  ],
  collect: { query: 'collect' },
  clients: [
    {
      id: 'shop',
      name: { 'zh-CN': '网上银行', en: 'Online bank' },
      secretSha256: sha256Hex(shopSecret),
      redirectUris: ['http://shop.example/callback'],
      postLogoutRedirectUris: ['http://shop.example/bye'],
      refreshTokens: true,
    },
    {
      id: 'other',
      name: { 'zh-CN': '其他', en: 'Other' },
      secretSha256: sha256Hex(otherSecret),
      redirectUris: ['http://other.example/callback'],
      pushedRequestsOnly: true,
    },
  ],
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** As much of a browser as sign-in needs: cookies by path, redirects one at a time. */
export class Browser {
  readonly #cookies = new Map<string, { value: string; path: string }>()

  async get(url: string): Promise<Response> {
    return this.#send(url, { method: 'GET' })
  }

  async post(url: string, form: Readonly<Record<string, string>>): Promise<Response> {
    return this.#send(url, { method: 'POST', body: new URLSearchParams(form) })
  }

  /** Follows redirects as long as they stay on the host that the first address is of. */
  async follow(url: string): Promise<{ readonly url: string; readonly response: Response }> {
    const { host } = new URL(url)
    let address = url
    let response = await this.get(address)
    while (response.headers.has('location')) {
      address = new URL(response.headers.get('location')!, address).href
      await response.arrayBuffer()
      if (new URL(address).host !== host) break
      response = await this.get(address)
    }
    return { url: address, response }
  }

  cookies(path: string): string {
    return [...this.#cookies]
      .filter(([, cookie]) => path === cookie.path || path.startsWith(cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`))
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ')
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const { pathname } = new URL(url)
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie: this.cookies(pathname), accept: 'text/html' } })
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(/;\s*/)
      const [name, value = ''] = pair!.split(/=(.*)/s)
      const path = attributes.find(attribute => attribute.toLowerCase().startsWith('path='))?.slice(5) ?? '/'
      const isOver = attributes.some(attribute => /^expires=.*1970/i.test(attribute))
      if (isOver || value === '') this.#cookies.delete(`${name} ${path}`)
      else this.#cookies.set(`${name} ${path}`, { value, path })
    }
    return response
  }
}

/** The hidden field of a page's forms. */
export function csrfIn(html: string): string {
  return /name="csrf" value="([^"]+)"/.exec(html)![1]!
}
