import { expect, test } from 'vitest'
import { createHttpServer } from './http-server.ts'
import { createLog } from './log.ts'
import { addMetricsRoute, countShedRequests, createMetrics, measureJobs, measurePool, measureRequests } from './metrics.ts'

function serverWithMetrics(token?: string) {
  const server = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1000, requestTimeoutMs: 1000 })
  const registry = createMetrics()
  measureRequests(server, registry)
  measureJobs(registry, async () => ({ waiting: 3, running: 2, failing: 1 }))
  measurePool(registry, () => ({ total: 10, idle: 4, waiting: 0 }))
  countShedRequests(registry)()
  addMetricsRoute(server, registry, { token })
  server.get('/people/:number', async () => 'ok')
  return server
}

test('tells of requests by route, of background work and the pool, and of no person', async () => {
  const server = serverWithMetrics()
  await server.inject('/people/11010519491231002X?name=lilei')
  await server.inject('/11010519491231002X')
  const { body, headers } = await server.inject('/metrics')
  expect(headers['content-type']).toContain('text/plain')
  expect(body).toContain('hufu_http_request_duration_seconds_count{method="GET",route="/people/:number",status="200"} 1')
  expect(body).toContain('hufu_http_request_duration_seconds_count{method="GET",route="none",status="404"} 1')
  expect(body).toContain('hufu_jobs{state="failing"} 1')
  expect(body).toContain('hufu_database_pool{state="idle"} 4')
  expect(body).toContain('hufu_http_requests_shed_total 1')
  expect(body).toContain('hufu_http_requests_in_flight 1')
  expect(body).toMatch(/nodejs_eventloop_lag_p99_seconds \d/)
  expect(body).not.toMatch(/11010519491231002X|lilei/)
})

test('are for this machine, or for who has the token', async () => {
  const open = serverWithMetrics()
  const status = async (server: typeof open, request: object) => (await server.inject({ url: '/metrics', ...request })).statusCode
  expect(await status(open, { remoteAddress: '::1' })).toBe(200)
  expect(await status(open, { remoteAddress: '::ffff:127.0.0.1' })).toBe(200)
  expect(await status(open, { remoteAddress: '192.0.2.1' })).toBe(401)
  expect(await status(open, { headers: { 'x-forwarded-for': '127.0.0.1' } })).toBe(401)
  const guarded = serverWithMetrics('secret-token')
  expect(await status(guarded, {})).toBe(401)
  expect(await status(guarded, { headers: { authorization: 'Bearer secret-tokem' } })).toBe(401)
  expect(await status(guarded, { remoteAddress: '192.0.2.1', headers: { authorization: 'Bearer secret-token' } })).toBe(200)
})
