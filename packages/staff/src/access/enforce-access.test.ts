import { ServiceError } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import { fastify } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStaffBench, publicUrl, type StaffBench } from '../people/staff-fixture.ts'
import type { StaffRole } from './access.ts'
import { AccessCheckers } from './access-checkers.ts'
import { enforceAccess } from './enforce-access.ts'
import { type Actor, runRoleMatrix } from './role-matrix.ts'

const roles: readonly StaffRole[] = ['clerk', 'officer', 'administrator', 'auditor']
let bench: StaffBench
let other: StaffBench

beforeAll(async () => {
  const addRoutes = (server: FastifyInstance): void => {
    server.post('/test/system', { config: { access: 'system' } }, async () => ({}))
    server.post('/test/peer', { config: { access: 'peer' } }, async () => ({}))
    server.get('/test/wallet', { config: { access: 'wallet' } }, async () => ({}))
    for (const role of roles) {
      server.get(`/test/${role}`, { config: { access: [role] } }, async () => ({}))
      server.post(`/test/${role}`, { config: { access: [role] } }, async () => ({}))
    }
  }
  bench = await openStaffBench({ addRoutes })
  other = await openStaffBench()
})

afterAll(async () => {
  await bench.close()
  await other.close()
})

test('a server that names a role that there is not cannot start', () => {
  const server = fastify()
  enforceAccess(server, { publicUrl, roles: ['clerk'], systemToken: undefined, checkers: new AccessCheckers() })
  server.get('/clerk', { config: { access: ['clerk'] } }, async () => ({}))
  expect(() => server.get('/king', { config: { access: ['clerk', 'king'] } }, async () => ({}))).toThrow('there is no role king')
})

/** Everybody there is, and everybody who is not who they seem. */
async function actors(): Promise<readonly Actor[]> {
  // Expired first, for the clock goes on.
  const expired = await bench.person(...roles)
  bench.clock.advance(900_000)
  const origin = publicUrl
  const everything = await bench.person(...roles)
  const foreign = await other.person(...roles)
  const session = ({ cookie, csrfToken }: { cookie: string; csrfToken: string }) => ({ cookie, 'x-hufu-csrf': csrfToken, origin })
  const auditor = await bench.person('auditor')
  const { token } = (await bench.send(auditor, 'POST', '/staff/tokens')).json()
  const people = await Promise.all(
    roles.map(async (role): Promise<Actor> => ({ name: role, is: [role], headers: session(await bench.person(role)) })),
  )
  return [
    { name: 'nobody', is: 'nobody', headers: {} },
    ...people,
    { name: 'everything', is: roles, headers: session(everything) },
    { name: 'expired', is: 'nobody', headers: session(expired) },
    { name: 'of another institution', is: 'nobody', headers: session(foreign) },
    { name: 'without CSRF token', is: roles, readsOnly: true, headers: { cookie: everything.cookie, origin } },
    {
      name: "with another session's CSRF token",
      is: roles,
      readsOnly: true,
      headers: { ...session(everything), 'x-hufu-csrf': foreign.csrfToken },
    },
    { name: 'from another origin', is: roles, readsOnly: true, headers: { ...session(everything), origin: 'https://evil.example' } },
    { name: 'without an origin', is: roles, readsOnly: true, headers: { cookie: everything.cookie, 'x-hufu-csrf': everything.csrfToken } },
    { name: 'two cookies', is: 'nobody', headers: { ...session(everything), cookie: `${everything.cookie}; ${foreign.cookie}` } },
    { name: "auditor's token", is: ['auditor'], readsOnly: true, headers: { authorization: `Bearer ${token}`, origin } },
    { name: 'session as bearer token', is: 'nobody', headers: { authorization: `Bearer ${everything.cookie.split('=')[1]}`, origin } },
    { name: 'system', is: 'system', headers: { authorization: 'Bearer system-token' } },
    { name: 'system with another token', is: 'nobody', headers: { authorization: 'Bearer system-token2' } },
    { name: 'system by another scheme', is: 'nobody', headers: { authorization: 'Basic system-token' } },
    { name: 'wallet or peer with nothing true', is: 'nobody', headers: { authorization: 'DPoP abc', dpop: 'a.b.c' } },
  ]
}

describe('every route in every role', () => {
  test('lets through who may, and nobody else, and changes nothing for those', async () => {
    const { routes, tried, denied, failures } = await runRoleMatrix(bench.server, await actors(), { database: bench.database })
    expect(failures).toEqual([])
    expect(routes).toBeGreaterThan(40)
    expect(denied).toBeGreaterThan(tried / 2)
  }, 30_000)
})

describe('a route', () => {
  test('that does not say who may call it is not taken', () => {
    const server = fastify()
    enforceAccess(server, { publicUrl, systemToken: undefined, checkers: new AccessCheckers() })
    expect(() => server.get('/forgotten', async () => ({}))).toThrow('GET /forgotten: expected config.access')
  })

  test.each(['wallet', 'peer'] as const)('for a %s is for those whom its checker knows', async kind => {
    const checkers = new AccessCheckers()
    const server = fastify()
    enforceAccess(server, { publicUrl, systemToken: undefined, checkers })
    server.post('/door', { config: { access: kind } }, async () => ({}))
    const knock = async (headers: object) =>
      (await server.inject({ method: 'POST', url: '/door', payload: {}, headers: { ...headers } })).statusCode
    expect(await knock({})).not.toBe(200)
    checkers.register(kind, async ({ headers }) => {
      if (headers.authorization !== 'right') throw new ServiceError('ERR_SERVICE_UNAUTHORIZED', 'wrong')
    })
    expect(() => checkers.register(kind, async () => undefined)).toThrow(TypeError)
    expect(await knock({ authorization: 'right' })).toBe(200)
    expect(await knock({ authorization: 'wrong' })).not.toBe(200)
  })

  test('for systems is for nobody where no token is set', async () => {
    const server = fastify()
    enforceAccess(server, { publicUrl, systemToken: undefined, checkers: new AccessCheckers() })
    server.get('/door', { config: { access: 'system' } }, async () => ({}))
    for (const authorization of ['Bearer ', 'Bearer undefined', 'Bearer x'])
      expect((await server.inject({ url: '/door', headers: { authorization } })).statusCode).not.toBe(200)
  })
})
