import { expect, test } from 'vitest'
import { clientOf } from './client-of.ts'
import { createHttpServer } from './http-server.ts'
import { limitRates } from './limit-rates.ts'
import { createLog } from './log.ts'
import { TokenBuckets } from './token-buckets.ts'

function serverWithLimits(nowMs: () => number) {
  const server = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1000, requestTimeoutMs: 1000 })
  limitRates(server, {
    rates: { open: { perSecond: 10, burst: 3 }, token: { perSecond: 1, burst: 1 } },
    classOf: ({ routeOptions: { url } }) => (url === '/token' ? 'token' : url === '/free' ? undefined : 'open'),
    nowMs,
  })
  for (const url of ['/a', '/token', '/free']) server.get(url, async () => 'ok')
  return server
}

test('refuses who asks too often, by address and class of routes, until time has passed', async () => {
  let nowMs = 0
  const server = serverWithLimits(() => nowMs)
  const statuses = async (url: string, count: number, remoteAddress = '192.0.2.1') => {
    const answers = []
    for (let n = 0; n < count; n++) answers.push((await server.inject({ url, remoteAddress })).statusCode)
    return answers
  }
  expect(await statuses('/a', 5)).toEqual([200, 200, 200, 429, 429])
  expect(await statuses('/nowhere', 1)).toEqual([429])
  expect(await statuses('/a', 1, '192.0.2.2')).toEqual([200])
  expect(await statuses('/token', 2)).toEqual([200, 429])
  expect(await statuses('/free', 9)).toEqual(Array(9).fill(200))
  nowMs += 99
  expect(await statuses('/a', 1)).toEqual([429])
  nowMs += 1
  expect(await statuses('/a', 2)).toEqual([200, 429])
  nowMs += 60_000
  expect(await statuses('/a', 4)).toEqual([200, 200, 200, 429])
  const refused = await server
    .inject({ url: '/token', remoteAddress: '192.0.2.1' })
    .then(() => server.inject({ url: '/token', remoteAddress: '192.0.2.1' }))
  expect(refused.json()).toMatchObject({ status: 429, code: 'ERR_SERVICE_RATE' })
  expect(refused.headers['retry-after']).toBe('1')
})

test('counts a subscriber of IPv6 as one client, and an IPv4 address the same however it is written', () => {
  expect(clientOf('2001:db8:1:2:3::4')).toBe(clientOf('2001:db8:1:2:ffff::9'))
  expect(clientOf('2001:db8:1:2::1')).not.toBe(clientOf('2001:db8:1:3::1'))
  expect(clientOf('::ffff:192.0.2.1')).toBe('192.0.2.1')
})

test('forgets who was silent longest', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, 2)
  expect(['a', 'b', 'a', 'b', 'c', 'b', 'a'].map(client => buckets.take(client, 0) === 0)).toEqual([
    true,
    true,
    false,
    false,
    true,
    false,
    true,
  ])
})
