import { connect } from 'node:net'
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
  const body = { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'], additionalProperties: false }
  server.post('/strict', { schema: { body }, config: { cors: true } }, async request => request.body)
  server.get('/strict', { schema: { querystring: body }, config: { cors: true } }, async request => request.query as object)
  server.get('/page', { config: { page: true } }, async (_, reply) => reply.type('text/html').send('<p>hello'))
  server.get('/prover', { config: { page: { 'script-src': "'self' 'wasm-unsafe-eval'" } } }, async (_, reply) => reply.send('x'))
  server.get('/fails', async () => {
    throw new Error('Li Lei')
  })
  server.get('/refuses', async () => {
    throw new PlatformError('ERR_CREDENTIAL_EXPIRED', 'credential has expired')
  })
  return { server, lines }
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }
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
    ['a form with a name twice', 400, 'ERR_SERVICE_REQUEST', { headers: form, payload: 'a=1&b=2&%61=3' }],
    ['a form that is no UTF-8', 400, 'ERR_SERVICE_REQUEST', { headers: form, payload: 'a=%ff' }],
    ['a form that is not encoded', 400, 'ERR_SERVICE_REQUEST', { headers: form, payload: 'a=城' }],
    ['a form with a field without a name', 400, 'ERR_SERVICE_REQUEST', { headers: form, payload: '=1' }],
    [
      'a form of over 100 fields',
      400,
      'ERR_SERVICE_REQUEST',
      { headers: form, payload: Array.from({ length: 101 }, (_, n) => `${n}=`).join('&') },
    ],
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

test('takes forms', async () => {
  const { server } = serverWithLog()
  const payload = 'a=1+2&b=%E5%9F%8E%26&c=&d&__proto__=x&'
  const answer = await server.inject({ method: 'POST', url: '/echo/a', headers: form, payload })
  expect(answer.body).toBe('{"a":"1 2","b":"城&","c":"","d":"","__proto__":"x"}')
})

test('takes a body as its schema stands, and says what is wrong without values', async () => {
  const { server } = serverWithLog()
  const send = (payload: object) => server.inject({ method: 'POST', url: '/strict', headers: json, payload: JSON.stringify(payload) })
  expect((await send({ count: 1 })).json()).toEqual({ count: 1 })
  expect((await send({ count: '1' })).json()).toMatchObject({
    status: 400,
    code: 'ERR_SERVICE_REQUEST',
    detail: 'body/count: expected to be integer',
  })
  expect((await send({ count: 1, secret: 2 })).json()).toMatchObject({ status: 400, detail: 'body: expected no other members' })
  expect((await send({})).json()).toMatchObject({ status: 400, detail: "body: expected to have required property 'count'" })
  expect((await server.inject('/strict?count=1')).json()).toEqual({ count: 1 })
  for (const query of ['', '?count=x', '?count=1&count=2', '?count=1&more=2'])
    expect((await server.inject(`/strict${query}`)).statusCode).toBe(400)
})

test('lets any origin call what says so, without cookies, and nothing else', async () => {
  const { server } = serverWithLog()
  const headers = { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' }
  const preflight = await server.inject({ method: 'OPTIONS', url: '/strict', headers })
  expect(preflight.statusCode).toBe(204)
  expect(preflight.headers).toMatchObject({ 'access-control-allow-origin': '*', 'access-control-allow-methods': 'POST, GET, HEAD' })
  expect(preflight.headers['access-control-allow-headers']).toContain('dpop')
  expect(preflight.headers['access-control-allow-credentials']).toBeUndefined()
  const refused = await server.inject({ method: 'POST', url: '/strict', headers: { ...json, ...headers }, payload: '{}' })
  expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([400, '*'])
  expect((await server.inject({ method: 'OPTIONS', url: '/page', headers })).statusCode).toBe(404)
  expect((await server.inject({ url: '/page', headers })).headers['access-control-allow-origin']).toBeUndefined()
})

test('gives pages a policy of their own', async () => {
  const { server } = serverWithLog()
  const policy = async (url: string) => String((await server.inject(url)).headers['content-security-policy'])
  expect(await policy('/page')).toContain("script-src 'self';")
  expect(await policy('/page')).toContain("connect-src 'self'; ")
  expect(await policy('/page')).toContain("frame-ancestors 'none'")
  expect(await policy('/prover')).toContain("script-src 'self' 'wasm-unsafe-eval';")
  expect(await policy('/strict')).toBe("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
})

test('ends connections that send a request too slowly, or none', async () => {
  const log = createLog({ level: 'silent' })
  const server = createHttpServer({ log, bodyLimitBytes: 1000, requestTimeoutMs: 300, keepAliveTimeoutMs: 300 })
  server.post('/', async () => 'done')
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  const closedAfter = (begin: string, more: string) =>
    new Promise<number>((resolve, reject) => {
      const startedMs = Date.now()
      const socket = connect(Number(new URL(address).port), '127.0.0.1')
      socket.write(begin)
      const sending = setInterval(() => more !== '' && socket.write(more), 100)
      socket.on('error', () => undefined).resume()
      socket.on('close', () => {
        clearInterval(sending)
        resolve(Date.now() - startedMs)
      })
      setTimeout(reject, 4_000, new Error('still open')).unref()
    })
  const head = 'POST / HTTP/1.1\r\nhost: a\r\n'
  const took = await Promise.all([
    closedAfter(head, 'x: y\r\n'),
    closedAfter(`${head}content-type: application/json\r\ncontent-length: 500\r\n\r\n`, ' '),
    closedAfter(`${head}content-type: application/json\r\ncontent-length: 2\r\n\r\n{}`, ''),
    closedAfter('', ''),
  ])
  await server.close()
  for (const ms of took) expect(ms).toBeLessThan(3_500)
})

test('ends connections of clients that do not read what they asked for, and no others', async () => {
  const log = createLog({ level: 'silent' })
  const server = createHttpServer({ log, bodyLimitBytes: 1000, requestTimeoutMs: 5_000, stallTimeoutMs: 500 })
  server.get('/', async () => Buffer.alloc(50_000_000))
  server.get('/small', async () => 'x')
  const port = Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port)
  const sockets = Array.from({ length: 3 }, () => connect(port, '127.0.0.1').pause())
  for (const socket of sockets) socket.on('error', () => undefined).write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  const count = () =>
    new Promise<number>((resolve, reject) => server.server.getConnections((error, n) => (error ? reject(error) : resolve(n))))
  await expect.poll(count).toBe(3)
  expect((await fetch(`http://127.0.0.1:${port}/small`, { headers: { connection: 'close' } })).status).toBe(200)
  await expect.poll(count, { timeout: 4_000 }).toBe(0)
  for (const socket of sockets) socket.destroy()
  await server.close()
})
