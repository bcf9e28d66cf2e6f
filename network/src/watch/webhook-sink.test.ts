import { createHmac } from 'node:crypto'
import { utf8ToBytes } from '@hufu/primitives'
import { beforeEach, describe, expect, test } from 'vitest'
import { describeAlarm } from './describe-alarm.ts'
import type { AlarmChange } from './fleet.ts'
import { HandClock } from './watch-fixture.ts'
import { signWebhook, type WebhookOptions, webhookSink } from './webhook-sink.ts'

const secret = utf8ToBytes('sixteen bytes or more')
const url = 'https://alarms.example/hook?token=do-not-write-me-down'
const change: AlarmChange = {
  kind: 'raised',
  atMs: 7,
  alarm: describeAlarm({ code: 'ALARM_STALLED', certainty: 'seen', isHere: true, detail: { en: '', 'zh-CN': '' } }, 7),
}

interface Received {
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

let received: Received[]
let trouble: string[]
let clock: HandClock

beforeEach(() => {
  received = []
  trouble = []
  clock = new HandClock(1_790_000_000_000)
})

/** Answers with these statuses in turn, then 204; an Error is thrown. */
function sinkOf(answers: readonly (number | Error)[], options: Partial<WebhookOptions> = {}) {
  return webhookSink({
    url,
    secret,
    clock,
    firstRetryMs: 1,
    onTrouble: message => trouble.push(message),
    fetch: async (to, init) => {
      const answer = answers[received.length] ?? 204
      received.push({ url: String(to), headers: new Headers(init?.headers), body: String(init?.body) })
      if (answer instanceof Error) throw answer
      return new Response(null, { status: answer })
    },
    ...options,
  })
}

test('posts the alarm, with a signature that the receiver can recompute', async () => {
  const sink = sinkOf([])
  sink.send(change)
  await sink.idle()
  const [{ headers, body }] = received as [Received]
  expect(JSON.parse(body)).toEqual(change)
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers.get('hufu-signature')!)!
  expect(Number(time)).toBe(clock.nowMs())
  expect(createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')).toBe(signature)
  expect(headers.get('hufu-delivery')).toMatch(/^[0-9a-f]{32}$/)
  expect(trouble).toEqual([])
})

test('a signature is of this body, this time and this secret', () => {
  const signature = signWebhook(secret, 5, 'body').split('v1=')[1]
  expect(signWebhook(secret, 5, 'bodz').split('v1=')[1]).not.toBe(signature)
  expect(signWebhook(secret, 6, 'body').split('v1=')[1]).not.toBe(signature)
  expect(signWebhook(utf8ToBytes('sixteen bytes or morf'), 5, 'body').split('v1=')[1]).not.toBe(signature)
})

test('tries again until it is taken: the same message, in order, signed anew', async () => {
  const sink = sinkOf([500, new TypeError(`fetch failed: ${url}`), 429])
  sink.send(change)
  sink.send({ ...change, kind: 'cleared' })
  await sink.idle()
  expect(received.map(({ body }) => JSON.parse(body).kind)).toEqual(['raised', 'raised', 'raised', 'raised', 'cleared'])
  expect(new Set(received.map(({ headers }) => headers.get('hufu-delivery'))).size).toBe(2)
  expect(trouble).toHaveLength(3)
})

test('never says where it posts', async () => {
  const sink = sinkOf([500, new TypeError(`fetch failed: ${url}`), 500, new DOMException('timed out', 'TimeoutError')])
  sink.send(change)
  await sink.idle()
  expect(trouble.join()).not.toMatch(/alarms\.example|token|do-not|sixteen/)
})

test('gives up after an hour, says so, and goes on with the next', async () => {
  const sink = sinkOf([500, 500], { firstRetryMs: 30 })
  sink.send(change)
  sink.send({ ...change, kind: 'cleared' })
  setTimeout(() => clock.advance(3_600_000), 5)
  await sink.idle()
  expect(received.map(({ body }) => JSON.parse(body).kind)).toEqual(['raised', 'raised', 'cleared'])
  expect(trouble.at(-1)).toMatch(/gave up/)
})

test('stops at once, also while it waits to try again', async () => {
  const sink = sinkOf([500], { firstRetryMs: 60_000 })
  sink.send(change)
  await new Promise(resolve => setTimeout(resolve, 10))
  sink.stop()
  await sink.idle()
  expect(received).toHaveLength(1)
})

test('follows no redirect', async () => {
  let redirect: string | undefined
  const sink = sinkOf([], {
    fetch: async (_, init) => {
      redirect = init?.redirect
      return new Response(null)
    },
  })
  sink.send(change)
  await sink.idle()
  expect(redirect).toBe('error')
})

describe('refuses', () => {
  test.each(['http://alarms.example/hook', 'ftp://127.0.0.1/', 'no url', 'http://127.0.0.1.example/'])('%s', wrong => {
    expect(() => sinkOf([], { url: wrong })).toThrow(TypeError)
  })

  test('a secret of 15 bytes', () => {
    expect(() => sinkOf([], { secret: new Uint8Array(15) })).toThrow(TypeError)
    expect(() => sinkOf([], { secret: new Uint8Array(16) })).not.toThrow()
  })

  test.each(['http://127.0.0.1:9/hook', 'http://localhost/hook', 'http://[::1]/'])('not %s', right => {
    expect(() => sinkOf([], { url: right })).not.toThrow()
  })
})
