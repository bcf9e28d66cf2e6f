import { Agent, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { addressOf, networkMatcher } from './client-of.ts'
import { addHealthRoutes } from './health.ts'
import { createHttpServer } from './http-server.ts'
import { createLog } from './log.ts'
import { type LoadOptions, shedLoad } from './shed-load.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** A server, and requests to it from addresses of this machine's own. */
async function serverWith(options: LoadOptions) {
  const server = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1000, requestTimeoutMs: 1000 })
  let refusals = 0
  shedLoad(server, { maxLagMs: 10_000, ...options, onRefusal: () => refusals++ })
  addHealthRoutes(server, {})
  let release: () => void = () => undefined
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  server.get('/slow', async () => held)
  server.get('/quick', async () => 'ok')
  server.post('/quick', async () => 'ok')
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true })
  closers.push(async () => {
    release()
    agent.destroy()
    await server.close()
  })
  const ask = (path: string, host: number, { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {}) =>
    new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, method, headers, agent, localAddress: `127.0.3.${host}` }, async answer => {
        let body = ''
        for await (const chunk of answer) body += chunk
        resolve({ status: answer.statusCode!, headers: answer.headers, body })
      })
      asked.on('error', reject).end(method === 'POST' ? '{}' : undefined)
    })
  return { ask, release, refusals: () => refusals }
}

function pauseFor(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

test('with too much under way sends new clients away, and goes on serving the others', async () => {
  const { ask, release, refusals } = await serverWith({ maxInFlight: 4 })
  expect((await ask('/quick', 1)).status).toBe(200)
  await pauseFor(2_100)
  const slow = [2, 3, 4, 5].map(host => ask('/slow', host))
  await pauseFor(50)
  const refused = await ask('/quick', 6)
  expect(refused.headers).toMatchObject({
    'retry-after': '5',
    'content-type': 'application/problem+json',
    'access-control-allow-origin': '*',
  })
  expect([refused.status, JSON.parse(refused.body)]).toEqual([
    503,
    expect.objectContaining({ status: 503, code: 'ERR_SERVICE_OVERLOADED' }),
  ])
  const post = (headers: Record<string, string>) =>
    ask('/quick', 6, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } })
  const connectionAfter = async (headers: Record<string, string>) => {
    const { status, headers: answered } = await post(headers)
    return [status, answered.connection]
  }
  expect(await connectionAfter({ 'content-length': '2' })).toEqual([503, 'keep-alive'])
  expect(await connectionAfter({ 'transfer-encoding': 'chunked' })).toEqual([503, 'close'])
  const head = await ask('/quick', 6, { method: 'HEAD' })
  expect([head.status, head.body]).toEqual([503, ''])
  expect((await ask('/quick', 1)).status).toBe(200)
  expect((await ask('/health/live', 7)).status).toBe(200)
  slow.push(...Array.from({ length: 28 }, () => ask('/slow', 1)))
  await pauseFor(50)
  expect((await ask('/quick', 1)).status).toBe(503)
  release()
  expect((await Promise.all(slow)).every(({ status }) => status === 200)).toBe(true)
  expect(refusals()).toBe(5)
})

test('sends new clients away while the event loop is late and others wait, not where it was held up alone', async () => {
  const { ask, release } = await serverWith({ maxInFlight: 16, maxLagMs: 1 })
  const block = () => {
    const untilMs = performance.now() + 200
    while (performance.now() < untilMs);
  }
  block()
  await pauseFor(30)
  expect((await ask('/quick', 1)).status).toBe(200)
  const slow = Array.from({ length: 2 }, () => ask('/slow', 1))
  await pauseFor(50)
  for (let n = 0; n < 4; n++) {
    block()
    await pauseFor(20)
  }
  const statuses = await Promise.all(Array.from({ length: 40 }, (_, n) => ask('/quick', n + 10).then(({ status }) => status)))
  expect(statuses.filter(status => status === 503).length).toBeGreaterThan(20)
  release()
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200])
})

test('sends new clients away while something else tells that there is too much to do', async () => {
  const { ask } = await serverWith({ isBusy: () => true })
  await pauseFor(1_000)
  const statuses = await Promise.all(Array.from({ length: 40 }, (_, n) => ask('/quick', n + 10).then(({ status }) => status)))
  expect(statuses.filter(status => status === 503).length).toBeGreaterThan(30)
})

test('believes X-Forwarded-For of trusted proxies only, and of it the last address that is no proxy’s', () => {
  const isTrusted = networkMatcher(['10.0.0.0/8', '192.0.2.7', 'fd00::/8'])
  const from = (remoteAddress: string, forwarded?: string) =>
    addressOf({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } } as unknown as IncomingMessage, isTrusted)
  expect(from('203.0.113.1', '198.51.100.1')).toBe('203.0.113.1')
  expect(from('10.1.2.3', '198.51.100.1')).toBe('198.51.100.1')
  expect(from('::ffff:10.1.2.3', '1.2.3.4, 198.51.100.1, 192.0.2.7, fd00::1')).toBe('198.51.100.1')
  expect(from('192.0.2.8', '198.51.100.1')).toBe('192.0.2.8')
  expect(from('192.0.2.7', 'unknown')).toBe('192.0.2.7')
  expect(from('192.0.2.7')).toBe('192.0.2.7')
})
