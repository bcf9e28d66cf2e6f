import { expect, test } from 'vitest'
import { addHealthRoutes } from './health.ts'
import { createHttpServer } from './http-server.ts'
import { createLog } from './log.ts'
import { type LoadOptions, shedLoad } from './shed-load.ts'

function serverWith(options: LoadOptions) {
  const server = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1000, requestTimeoutMs: 1000 })
  let refusals = 0
  const isExempt = ({ url }: { url: string }) => url.startsWith('/health/')
  shedLoad(server, { maxLagMs: 10_000, isExempt, ...options, onRefusal: () => refusals++ })
  addHealthRoutes(server, {})
  let release: () => void = () => undefined
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  server.get('/slow', async () => held)
  server.get('/quick', async () => 'ok')
  const get = (url: string, host: number) => server.inject({ url, remoteAddress: `192.0.2.${host}` })
  return { server, get, release, refusals: () => refusals }
}

test('with too much under way sends new clients away, and goes on serving the others', async () => {
  const { get, release, refusals } = serverWith({ maxInFlight: 4 })
  expect((await get('/quick', 1)).statusCode).toBe(200)
  const slow = [2, 3, 4, 5].map(host => get('/slow', host))
  await new Promise(resolve => setTimeout(resolve, 20))
  const refused = await get('/quick', 6)
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5'])
  expect(refused.json()).toMatchObject({ status: 503, code: 'ERR_SERVICE_OVERLOADED' })
  expect((await get('/quick', 1)).statusCode).toBe(200)
  expect((await get('/health/live', 7)).statusCode).toBe(200)
  slow.push(...Array.from({ length: 12 }, () => get('/slow', 1)))
  await new Promise(resolve => setTimeout(resolve, 20))
  expect((await get('/quick', 1)).statusCode).toBe(503)
  release()
  expect((await Promise.all(slow)).every(({ statusCode }) => statusCode === 200)).toBe(true)
  expect((await get('/quick', 6)).statusCode).toBe(200)
  expect(refusals()).toBe(2)
})

test('sends new clients away while the event loop is late and others wait, or the database has no connection', async () => {
  const { server, get, release } = serverWith({ maxInFlight: 16, maxLagMs: 30 })
  await get('/quick', 1)
  const block = () => {
    const untilMs = performance.now() + 60
    while (performance.now() < untilMs);
  }
  block()
  expect((await get('/quick', 2)).statusCode).toBe(200)
  const slow = [get('/slow', 1), get('/slow', 1)]
  await new Promise(resolve => setTimeout(resolve, 20))
  block()
  expect((await get('/quick', 3)).statusCode).toBe(503)
  expect((await get('/quick', 1)).statusCode).toBe(200)
  await new Promise(resolve => setTimeout(resolve, 300))
  expect((await get('/quick', 3)).statusCode).toBe(200)
  release()
  await Promise.all(slow)
  await server.close()
  expect((await serverWith({ isBusy: () => true }).get('/quick', 1)).statusCode).toBe(503)
})
