import { PlatformError } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { addHealthRoutes } from './health.ts'
import { createHttpServer } from './http-server.ts'
import { createLog } from './log.ts'

function serverWithLog() {
  const lines: string[] = []
  const log = createLog({ level: 'info', destination: { write: line => void lines.push(line) } })
  const server = createHttpServer({ log, bodyLimitBytes: 1000, requestTimeoutMs: 5000 })
  server.post('/echo/:name', async request => request.body)
  server.get('/fails', async () => {
    throw new Error('Li Lei')
  })
  server.get('/refuses', async () => {
    throw new PlatformError('ERR_CREDENTIAL_EXPIRED', 'credential has expired')
  })
  return { server, lines }
}

const json = { 'content-type': 'application/json' }

test('takes JSON under any of its media types', async () => {
  const { server } = serverWithLog()
  for (const type of ['application/json', 'application/json; charset=utf-8', 'application/ld+json', 'application/vc', 'application/vp']) {
    const answer = await server.inject({ method: 'POST', url: '/echo/a', headers: { 'content-type': type }, payload: '{"a":1}' })
    expect([answer.statusCode, answer.json()]).toEqual([200, { a: 1 }])
  }
})

describe('answers with a problem', () => {
  test.each([
    ['no JSON', 400, 'ERR_ENCODING_JSON', { headers: json, payload: '{"a":' }],
    ['no body', 400, 'ERR_ENCODING_JSON', { headers: json, payload: '' }],
    ['a name twice', 400, 'ERR_ENCODING_JSON', { headers: json, payload: '{"a":1,"a":2}' }],
    ['JSON that is too deep', 400, 'ERR_ENCODING_JSON', { headers: json, payload: `${'['.repeat(65)}${']'.repeat(65)}` }],
    ['a body that is too large', 413, 'ERR_SERVICE_REQUEST', { headers: json, payload: JSON.stringify('x'.repeat(1000)) }],
    ['another media type', 415, 'ERR_SERVICE_REQUEST', { headers: { 'content-type': 'text/plain' }, payload: 'x' }],
  ])('%s', async (_, status, code, request) => {
    const answer = await serverWithLog().server.inject({ method: 'POST', url: '/echo/a', ...request })
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.json()).toMatchObject({ status, code })
  })

  test('an unknown path, an error of ours, and one that nobody foresaw', async () => {
    const { server } = serverWithLog()
    expect((await server.inject('/nowhere')).json()).toMatchObject({ status: 404, code: 'ERR_SERVICE_REQUEST' })
    expect((await server.inject('/refuses')).json()).toMatchObject({ status: 400, code: 'ERR_CREDENTIAL_EXPIRED' })
    const failed = await server.inject('/fails')
    expect(failed.json()).toMatchObject({ status: 500, code: 'ERR_SERVICE_INTERNAL' })
    expect(failed.body).not.toContain('Li Lei')
  })
})

test('logs the route and never what was sent', async () => {
  const { server, lines } = serverWithLog()
  await server.inject({
    method: 'POST',
    url: '/echo/11010519491231002X?q=11010519491231002X',
    headers: json,
    payload: '{"id":"11010519491231002X"}',
  })
  await server.inject('/fails')
  await server.inject('/11010519491231002X')
  expect(lines.map(line => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ msg: 'request', method: 'POST', route: '/echo/:name', status: 200 }),
  )
  expect(lines.join()).not.toMatch(/11010519491231002X|Li Lei/)
})

test('sets security headers', async () => {
  const { headers } = await serverWithLog().server.inject('/refuses')
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  expect(headers['content-security-policy']).toContain("default-src 'none'")
})

test('is live always, and ready when everything it needs is there', async () => {
  const { server } = serverWithLog()
  let fails = true
  addHealthRoutes(server, { ledger: async () => void (fails && (await Promise.reject(new Error('down')))), disk: async () => undefined })
  expect((await server.inject('/health/live')).statusCode).toBe(200)
  const notReady = await server.inject('/health/ready')
  expect([notReady.statusCode, notReady.json()]).toEqual([503, { status: 'not ready', missing: ['ledger'] }])
  fails = false
  expect((await server.inject('/health/ready')).json()).toEqual({ status: 'ready', missing: [] })
})
