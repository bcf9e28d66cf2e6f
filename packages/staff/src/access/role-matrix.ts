// Shared by the tests of access: every route in every role, out of the server's own table.
import { createHash } from 'node:crypto'
import type { Database } from '@hufu/service'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import type { StaffRole } from './access.ts'
import type { AccessRoute } from './enforce-access.ts'

/** Somebody who calls every route. */
export interface Actor {
  readonly name: string
  /** What they really are; `nobody` also stands for whoever brings something false, foreign or expired. */
  readonly is: 'nobody' | 'system' | readonly StaffRole[]
  readonly headers: Readonly<Record<string, string>>
  /** Lacks what changing something takes: may read as they are, and change nothing. */
  readonly readsOnly?: true
}

export interface MatrixFailure {
  readonly actor: string
  readonly route: string
  readonly expected: 'allow' | 'deny'
  readonly status: number
  readonly code: string
}

export interface MatrixResult {
  readonly routes: number
  readonly tried: number
  readonly denied: number
  readonly failures: readonly MatrixFailure[]
}

/** Codes by which access is refused, each with its status. */
const refusals: Readonly<Record<string, readonly number[]>> = {
  ERR_SERVICE_UNAUTHORIZED: [401],
  ERR_STAFF_SESSION: [401],
  ERR_STAFF_ROLE: [403],
  ERR_STAFF_CSRF: [403],
  ERR_STAFF_ORIGIN: [403],
  invalid_token: [401],
  ERR_HANDOVER_MESSAGE: [401],
}
const safeMethods = ['GET', 'HEAD', 'OPTIONS']
const someId = '00000000-0000-4000-8000-000000000000'
/** A body is looked at after its sender: where one is asked for, some type of it is taken. */
const bodies: readonly { readonly type: string; readonly payload: string }[] = [
  { type: 'application/json', payload: '{}' },
  { type: 'text/csv', payload: 'a' },
  { type: 'application/jose', payload: 'a.b.c' },
  { type: 'application/jwt', payload: 'a.b.c' },
  { type: 'application/x-www-form-urlencoded', payload: 'a=b' },
]

/** Whether an actor gets past the door of a route; what the route itself says then is another matter. */
export function expectedOutcome({ method, access }: Pick<AccessRoute, 'method' | 'access'>, { is, readsOnly }: Actor): 'allow' | 'deny' {
  if (access === 'public') return 'allow'
  if (access === 'wallet' || access === 'peer') return 'deny'
  if (access === 'system') return is === 'system' ? 'allow' : 'deny'
  if (typeof is === 'string' || !access.some(role => is.includes(role))) return 'deny'
  return readsOnly === true && !safeMethods.includes(method) ? 'deny' : 'allow'
}

/**
 * Has every actor call every route of the server: first all who must be denied, and nothing in the database may change by that; then the others.
 *
 * @param options.mayChange - tables that change by themselves
 * @param options.endless - routes whose answers do not end; only who must be denied calls them
 */
export async function runRoleMatrix(
  server: FastifyInstance,
  actors: readonly Actor[],
  options: { readonly database: Database; readonly mayChange?: readonly string[]; readonly endless?: readonly string[] },
): Promise<MatrixResult> {
  const { database, mayChange = [], endless = [] } = options
  const routes = server.accessTable.filter(({ access, method }) => access !== 'public' || method !== 'HEAD')
  const pairs = actors.flatMap(actor => routes.map(route => ({ actor, route, expected: expectedOutcome(route, actor) })))
  const failures: MatrixFailure[] = []
  const call = async ({ actor, route, expected }: (typeof pairs)[number]): Promise<void> => {
    const { status, code } = await knock(server, route, actor)
    const isRefused = refusals[code]?.includes(status) === true
    // What is public may ask for a signature or a code of its own; never for somebody of the staff.
    const isRight =
      expected === 'deny'
        ? isRefused
        : !isRefused || (route.access === 'public' && !['ERR_STAFF_SESSION', 'ERR_STAFF_ROLE', 'ERR_STAFF_CSRF'].includes(code))
    if (!isRight) failures.push({ actor: actor.name, route: `${route.method} ${route.url}`, expected, status, code })
  }
  const denied = pairs.filter(({ expected }) => expected === 'deny')
  const before = await digestOfTables(database, mayChange)
  for (const pair of denied) await call(pair)
  const after = await digestOfTables(database, mayChange)
  for (const [table, digest] of before)
    if (after.get(table) !== digest)
      failures.push({ actor: 'those denied', route: `table ${table}`, expected: 'deny', status: 0, code: 'it changed' })
  const allowed = pairs.filter(
    ({ expected, route }) => expected === 'allow' && !route.url.startsWith('/staff/sign-out') && !endless.includes(route.url),
  )
  for (const pair of allowed) await call(pair)
  return { routes: routes.length, tried: denied.length + allowed.length, denied: denied.length, failures }
}

async function knock(server: FastifyInstance, { method, url }: AccessRoute, actor: Actor): Promise<{ status: number; code: string }> {
  const path = url.replace(/:(\w+)(\([^)]*\))?/g, someId).replaceAll('*', 'x')
  const request = { method: method as NonNullable<InjectOptions['method']>, url: path }
  if (safeMethods.includes(method)) return outcomeOf(await server.inject({ ...request, headers: actor.headers }))
  let last: { status: number; code: string } | undefined
  for (const { type, payload } of bodies) {
    last = outcomeOf(await server.inject({ ...request, payload, headers: { ...actor.headers, 'content-type': type } }))
    if (last.status !== 415) return last
  }
  return last!
}

function outcomeOf({ statusCode, headers, body }: LightMyRequestResponse): { status: number; code: string } {
  // HEAD answers without a body: the status tells.
  if (body === '')
    return { status: statusCode, code: statusCode === 401 ? 'ERR_STAFF_SESSION' : statusCode === 403 ? 'ERR_STAFF_ROLE' : '' }
  if (!/[/+]json\b/.test(String(headers['content-type']))) return { status: statusCode, code: '' }
  const { code, error } = JSON.parse(body) as { code?: string; error?: string }
  return { status: statusCode, code: code ?? error ?? '' }
}

async function digestOfTables(database: Database, mayChange: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by table_name`,
  )
  const digests = new Map<string, string>()
  for (const { name } of tables.filter(table => !mayChange.includes(table.name))) {
    const rows = await database.query<{ row: string }>(`select t::text as row from "${name}" t order by 1`)
    digests.set(name, createHash('sha256').update(JSON.stringify(rows)).digest('hex'))
  }
  return digests
}
