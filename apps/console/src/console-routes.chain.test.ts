// Every route of the console: in every role, and with every kind of wrong input.
import { didOf } from '@hufu/did'
import { type Actor, runRoleMatrix } from '@hufu/staff'
import { startTestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleBench, openConsoleBench, publicUrl } from './console-fixture.ts'
import { consoleRoles } from './console-roles.ts'

const network = await startTestNetwork({ validators: 1 })
const did = didOf('test', network.committee.scriptHash)
const roleSets: readonly (readonly string[])[] = [...consoleRoles.all.map(role => [role]), consoleRoles.all]
let bench: ConsoleBench
let other: ConsoleBench

beforeAll(async () => {
  bench = await openConsoleBench(network, { people: roleSets })
  other = await openConsoleBench(network, { people: [consoleRoles.all] })
})

afterAll(async () => {
  await bench?.close()
  await other?.close()
  await network.stop()
})

test.each([
  ['/v1/fleet/history?points=0', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/fleet/history?points=1001', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/fleet/history?from=abc', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/fleet/history?from=2&to=1', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/fleet/history?to=8640000000000001', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/fleet?all=1', 200, undefined],
  ['/v1/trust/at', 400, 'ERR_CONSOLE_REQUEST'],
  ['/v1/trust/at?type=a&query=b', 400, 'ERR_CONSOLE_REQUEST'],
  ['/v1/trust/at?type=a%20b', 400, 'ERR_SERVICE_REQUEST'],
  [`/v1/trust/at?type=${'a'.repeat(33)}`, 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/trust/at?type=a&time=-1', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/trust/at?type=a&time=1.5', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/trust/registry?time=yesterday', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/trust/history?kind=king', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/trust/history?limit=201', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/trust/history?before=1', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/trust/history?did=did:web:a.example', 400, 'ERR_SERVICE_REQUEST'],
  [`/v1/trust/history?did=did:neo:other:${did.split(':')[3]}`, 404, 'ERR_CONSOLE_UNKNOWN'],
  ['/v1/explorer/search', 400, 'ERR_SERVICE_REQUEST'],
  [`/v1/explorer/search?q=${'a'.repeat(129)}`, 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/explorer/blocks?limit=21', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/explorer/blocks/0', 404, 'ERR_CONSOLE_UNKNOWN'],
  ['/v1/explorer/blocks/-1', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/explorer/blocks/9999999999', 400, 'ERR_CONSOLE_REQUEST'],
  ['/v1/explorer/blocks/4294967295', 502, 'ERR_CONSOLE_EVIDENCE'],
  [`/v1/explorer/blocks/${'ab'.repeat(32)}`, 404, 'ERR_CONSOLE_UNKNOWN'],
  [`/v1/explorer/blocks/0x${'ab'.repeat(32)}`, 400, 'ERR_SERVICE_REQUEST'],
  [`/v1/explorer/transactions/${'ab'.repeat(32)}`, 404, 'ERR_CONSOLE_UNKNOWN'],
  [`/v1/explorer/transactions/${'AB'.repeat(32)}`, 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/explorer/notifications?contract=policy', 400, 'ERR_SERVICE_REQUEST'],
  [`/v1/explorer/notifications?name=a'b`, 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/explorer/notifications?before=1-2-3', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/explorer/notifications?before=9999999999-1', 200, undefined],
  ['/v1/explorer/dids/did:key:z6Mk', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/explorer/dids/did:neo:test:Nabc', 400, 'ERR_CONSOLE_REQUEST'],
  [`/v1/explorer/dids/${did}?time=1&version=1`, 400, 'ERR_CONSOLE_REQUEST'],
  [`/v1/explorer/dids/${did}?version=0`, 400, 'ERR_SERVICE_REQUEST'],
  [`/v1/explorer/grants/authority/${did}?name=x`, 400, 'ERR_CONSOLE_REQUEST'],
  [`/v1/explorer/grants/issue/${did}`, 400, 'ERR_CONSOLE_REQUEST'],
  [`/v1/explorer/grants/king/${did}`, 400, 'ERR_SERVICE_REQUEST'],
  [`/v1/explorer/rights/authority/${did}/a`, 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/explorer/credential-types/a%2Fb', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/explorer/credential-types/a?version=4294967296', 400, 'ERR_SERVICE_REQUEST'],
  [`/v1/explorer/queries/${did}/a%20b`, 400, 'ERR_SERVICE_REQUEST'],
  [`/v1/explorer/trees/${did}/a?root=0`, 400, 'ERR_SERVICE_REQUEST'],
  [`/v1/explorer/anchors/${did}/${'a'.repeat(65)}`, 400, 'ERR_SERVICE_REQUEST'],
  [`/v1/explorer/anchors/${did}/a?sequence=-1`, 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/explorer/verifying-keys/a%00', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/explorer/proposals/0', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/explorer/proposals?limit=51', 400, 'ERR_SERVICE_REQUEST'],
  ['/v1/nothing', 404, 'ERR_SERVICE_REQUEST'],
] as const)('GET %s answers %i %s', async (url, status, code) => {
  const answer = await bench.get(url)
  expect([answer.statusCode, answer.json().code]).toEqual([status, code])
  if (code !== undefined) expect(answer.headers['content-type']).toBe('application/problem+json')
})

test('what is not there is null, by the word of those named', async () => {
  for (const path of [
    `dids/${did}`,
    'credential-types/a',
    `queries/${did}/a`,
    `trees/${did}/a`,
    `anchors/${did}/a`,
    'verifying-keys/a',
    'proposals/7',
  ]) {
    const answer = await bench.get(`/v1/explorer/${path}`)
    expect(answer.json(), path).toMatchObject({ shown: null, evidence: { told: [{ what: 'absent', agree: ['validator-1'], differ: [] }] } })
  }
})

test('a log that is none, or of another network, is not replayed', async () => {
  const auditor = await bench.person('auditor')
  const replay = (body: string, type?: string) => auditor.post('/v1/audit/replay', body, type ?? 'application/jsonl')
  for (const body of [
    '{}',
    'not json',
    '{"hufuAuditLog":2}',
    '[]',
    '{"hufuAuditLog":1,"did":"did:neo:other:x","list":"audit:a","exportedAtMs":1}\n',
  ])
    expect((await replay(body)).json(), body).toMatchObject({ status: 400, code: 'ERR_CONSOLE_LOG' })
  expect((await replay('{}', 'application/json')).json()).toMatchObject({ status: 400, code: 'ERR_CONSOLE_LOG' })
  const empty = `{"hufuAuditLog":1,"did":"${did}","list":"audit:a","exportedAtMs":1}\n`
  expect((await replay(empty)).json()).toMatchObject({ records: 0, ledgerAnchors: 0, finding: null })
  const record = { sequence: 1, atMs: 1, actor: 'server', action: 'a', previousHash: '00'.repeat(32), hash: 'ab'.repeat(32) }
  expect((await replay(`${empty}${JSON.stringify(record)}\n`)).json()).toMatchObject({ finding: { kind: 'edited', from: 1, to: 1 } })
})

test('every route in every role', async () => {
  const people = await Promise.all(
    roleSets
      .filter(roles => roles.join() !== 'auditor')
      .map(async (is): Promise<Actor> => ({ name: is.join(), is, headers: (await bench.person(...is)).headers })),
  )
  const all = people.at(-1)!.headers
  const { 'x-hufu-csrf': _, ...withoutCsrf } = all
  const foreign = await other.person(...consoleRoles.all)
  const actors: readonly Actor[] = [
    { name: 'nobody', is: 'nobody', headers: {} },
    ...people,
    { name: 'of another console', is: 'nobody', headers: foreign.headers },
    { name: 'without CSRF token', is: consoleRoles.all, readsOnly: true, headers: withoutCsrf },
    { name: 'from another origin', is: consoleRoles.all, readsOnly: true, headers: { ...all, origin: 'https://evil.example' } },
  ]
  const changing = [
    'registry_cursor',
    'console_cursor',
    'console_fleet',
    'console_notifications',
    'staff_sessions',
    'audit_entries',
    'audit_head',
    'jobs',
  ]
  const { routes, tried, denied, failures } = await runRoleMatrix(bench.server, actors, {
    database: bench.database,
    mayChange: changing,
    endless: ['/v1/fleet/events'],
  })
  expect(failures).toEqual([])
  expect(routes).toBeGreaterThan(50)
  expect(denied).toBeGreaterThan(100)
  process.stdout.write(`console role matrix: ${routes} routes, ${actors.length} callers, ${tried} calls, ${denied} of them refused\n`)
})

test('describes every route in OpenAPI 3.1', async () => {
  const { openapi, paths } = (await bench.get('/openapi.json')).json()
  expect(openapi).toBe('3.1.0')
  const described = Object.keys(paths)
  for (const url of [
    '/v1/fleet',
    '/v1/fleet/events',
    '/v1/trust/at',
    '/v1/explorer/rights/{kind}/{did}/{name}',
    '/v1/council/prepare',
    '/v1/audit/replay',
  ])
    expect(described).toContain(url)
  expect(paths['/v1/council/prepare'].post.security).toEqual([{ staff: [], csrf: [] }])
  expect((await bench.get('/api')).body).toContain('Hufu console: API')
})

test('limits what one address may ask for, and asks nobody for a server of theirs', async () => {
  // No route takes an address to fetch: there is nothing to make it ask.
  const { paths } = (await bench.get('/openapi.json')).json()
  const names = Object.values<Record<string, { parameters?: { name: string }[] }>>(paths).flatMap(item =>
    Object.values(item).flatMap(({ parameters = [] }) => parameters.map(({ name }) => name)),
  )
  expect(names.filter(name => /url|uri|host|address/i.test(name))).toEqual([])
  const limited = await openConsoleBench(network, { rateLimitPercent: 10 })
  try {
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async () => (await limited.get('/v1/explorer/blocks?limit=1')).statusCode),
    )
    expect(statuses).toContain(200)
    expect(statuses).toContain(429)
  } finally {
    await limited.close()
  }
  expect(publicUrl).toBe('http://localhost:8070')
})
