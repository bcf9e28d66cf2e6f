import { createHttpServer, createLog, createMetrics, ServiceError } from '@hufu/service'
import { expect, test } from 'vitest'
import { protectServer } from './protect-server.ts'

function protectedServer(rateLimitPercent: number, clockWatch?: { confirm(): Promise<void> | undefined }) {
  const server = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1000, requestTimeoutMs: 1000 })
  const jobs = { counts: async () => ({ waiting: 1, running: 0, failing: 0 }) }
  protectServer(server, { metrics: createMetrics(), rateLimitPercent, jobs, clockWatch })
  server.get('/open', { config: { access: 'public' } }, async () => 'ok')
  server.get('/token', { config: { access: 'public', rate: 'token' } }, async () => 'ok')
  server.get('/staff', { config: { access: ['clerk'] } }, async () => 'ok')
  server.get('/health/live', { config: { access: 'public' } }, async () => 'ok')
  return server
}

async function countTaken(server: ReturnType<typeof protectedServer>, url: string, count: number): Promise<number> {
  let taken = 0
  for (let n = 0; n < count; n++) taken += (await server.inject(url)).statusCode === 200 ? 1 : 0
  return taken
}

test('limits what one address may ask for, by class of route', async () => {
  const server = protectedServer(10)
  expect(await countTaken(server, '/token', 30)).toBeLessThan(20)
  expect(await countTaken(server, '/staff', 40)).toBeLessThan(30)
  expect(await countTaken(server, '/open', 10)).toBe(10)
  expect(await countTaken(server, '/health/live', 100)).toBe(100)
  const { body } = await server.inject('/metrics')
  expect(body).toMatch(/hufu_http_request_duration_seconds_count\{method="GET",route="\/token",status="429"\} \d/)
  expect(body).toContain('hufu_jobs{state="waiting"} 1')
})

test('has no limits where none are asked for', async () => {
  expect(await countTaken(protectedServer(0), '/token', 100)).toBe(100)
})

test('does nothing by a wrong clock, but says how it is', async () => {
  const wrong = () => Promise.reject(new ServiceError('ERR_SERVICE_CLOCK', 'the clock of this server is behind'))
  let confirm: () => Promise<void> | undefined = wrong
  const server = protectedServer(100, { confirm: () => confirm() })
  for (const url of ['/open', '/token', '/staff', '/nowhere']) {
    const { statusCode, body } = await server.inject(url)
    expect({ statusCode, code: JSON.parse(body).code }, url).toEqual({ statusCode: 503, code: 'ERR_SERVICE_CLOCK' })
  }
  for (const url of ['/health/live', '/metrics']) expect((await server.inject(url)).statusCode, url).toBe(200)
  for (const right of [() => Promise.resolve(), () => undefined]) {
    confirm = right
    expect((await server.inject('/open')).statusCode).toBe(200)
  }
})
