import { createHash, timingSafeEqual } from 'node:crypto'
import { type Clock, systemClock } from '@hufu/primitives'
import { ServiceError } from '@hufu/service'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { StaffError } from '../errors.ts'
import type { Access, StaffRole, StaffSession } from './access.ts'
import type { AccessCheckers } from './access-checkers.ts'

export interface AccessOptions {
  readonly publicUrl: string
  /** Roles of the staff; a route for another one is a mistake. Default: none. */
  readonly roles?: readonly StaffRole[]
  /** Bearer token of the institution's own systems; without it no route is theirs. */
  readonly systemToken: string | undefined
  readonly checkers: AccessCheckers
  /** Whose session a request belongs to; null: nobody's. Without it no route is the staff's. */
  readonly findSession?: ((request: FastifyRequest) => Promise<StaffSession | null>) | undefined
  /** For routes of others' plugins, which cannot name their access. */
  readonly accessOf?: (route: { readonly method: string; readonly url: string }) => Access | undefined
  /** How long a sign-in counts as recent; default 5 minutes. */
  readonly recentForMs?: number
  readonly clock?: Clock
}

/** A route and who may call it. */
export interface AccessRoute {
  readonly method: string
  readonly url: string
  readonly access: Access
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route, as it was added. */
    readonly accessTable: readonly AccessRoute[]
  }
}

const safeMethods = ['GET', 'HEAD', 'OPTIONS']

/**
 * Lets through only who may call a route. Call it before any route is added.
 *
 * @throws TypeError from `server.route` (and so at start): the route does not say who may call it, or names a role that there is not
 */
export function enforceAccess(server: FastifyInstance, options: AccessOptions): void {
  const { checkers, accessOf, roles = [] } = options
  const table: AccessRoute[] = []
  server.decorate('accessTable', table)
  server.decorateRequest('staff', null)
  server.decorateRequest('staffSession', null)
  server.addHook('onRoute', route => {
    const methods = [route.method].flat()
    const access = route.config?.access ?? accessOf?.({ method: methods.join(), url: route.url })
    if (access === undefined) throw new TypeError(`${methods.join()} ${route.url}: expected config.access, who may call it`)
    const unknown = typeof access === 'string' ? undefined : access.find(role => !roles.includes(role))
    if (unknown !== undefined) throw new TypeError(`${methods.join()} ${route.url}: there is no role ${unknown}`)
    route.config = { ...route.config, access }
    table.push(...methods.map(method => ({ method, url: route.url, access })))
  })
  server.addHook('onRequest', async request => {
    const { access, recentSignIn } = request.routeOptions.config
    if (request.is404 || access === 'public' || access === 'peer') return
    if (access === 'system') checkSystemToken(request, options.systemToken)
    else if (access === 'wallet') await check(checkers.find('wallet'), request)
    else if (access === undefined) throw unauthorized()
    else await checkStaff(request, access, recentSignIn === true, options)
  })
  server.addHook('preValidation', async request => {
    if (!request.is404 && request.routeOptions.config.access === 'peer') await check(checkers.find('peer'), request)
  })
}

/**
 * Refuses requests of other sites' pages. Staff routes that are public, such as signing in, ask it themselves.
 *
 * @throws StaffError `ERR_STAFF_ORIGIN`
 */
export function checkOrigin({ headers }: FastifyRequest, publicUrl: string): void {
  if (headers.origin !== new URL(publicUrl).origin) throw new StaffError('ERR_STAFF_ORIGIN', 'Origin: expected that of this server')
}

async function checkStaff(
  request: FastifyRequest,
  roles: readonly StaffRole[],
  recentSignIn: boolean,
  { publicUrl, findSession, recentForMs = 300_000, clock = systemClock }: AccessOptions,
): Promise<void> {
  const session = (await findSession?.(request)) ?? null
  if (session === null) throw new StaffError('ERR_STAFF_SESSION', 'expected somebody of the staff who is signed in')
  if (!safeMethods.includes(request.method)) {
    if (session.kind !== 'browser')
      throw new StaffError('ERR_STAFF_SESSION', 'a reading token changes nothing: expected somebody who is signed in')
    checkOrigin(request, publicUrl)
    if (!isSame(headerOf(request, 'x-hufu-csrf'), session.csrfToken))
      throw new StaffError('ERR_STAFF_CSRF', "x-hufu-csrf: expected the session's token")
  }
  if (!roles.some(role => session.member.roles.includes(role)))
    throw new StaffError('ERR_STAFF_ROLE', `expected a role of ${roles.join(', ')}`)
  if (recentSignIn && clock.nowMs() - session.confirmedAtMs > recentForMs)
    throw new StaffError('ERR_STAFF_SIGN_IN_AGAIN', 'expected a passkey shown within the last minutes')
  request.staff = session.member
  request.staffSession = session
}

function checkSystemToken(request: FastifyRequest, token: string | undefined): void {
  if (token === undefined || !isSame(bearerTokenOf(request) ?? '', token)) throw unauthorized()
}

async function check(checker: ((request: FastifyRequest) => Promise<void>) | undefined, request: FastifyRequest): Promise<void> {
  if (checker === undefined) throw unauthorized()
  await checker(request)
}

/** The bearer token of a request, if it has one. */
export function bearerTokenOf({ headers }: FastifyRequest): string | undefined {
  return /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(headers.authorization ?? '')?.[1]
}

function headerOf({ headers }: FastifyRequest, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : ''
}

/** Compares in a time that tells nothing of either. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())
}

function unauthorized(): ServiceError {
  return new ServiceError('ERR_SERVICE_UNAUTHORIZED', 'expected a bearer token or a signed message of somebody who may call this')
}
