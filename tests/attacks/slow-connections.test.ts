// Clients that take their time, say nothing, hang up halfway, do not read, or come by the thousand: others are answered meanwhile, and what takes too long is ended.

import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type InstitutionProcess, startProcess } from './world/institution-process.ts'

const requestTimeoutMs = 1_000
const keepAliveTimeoutMs = 15_000
const maxConnections = 4_096
const each = 150
const folder = mkdtempSync(join(tmpdir(), 'hufu-slow-'))
const settings = { ISSUER_POLICY: 'any', REQUEST_TIMEOUT_MS: String(requestTimeoutMs), RATE_LIMIT_PERCENT: '0', LOG_LEVEL: 'error' }
let server: InstitutionProcess
let port: number

beforeAll(async () => {
  port = await freePort()
  server = await startProcess(folder, 'server', port, settings)
})

afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Opens a connection. @returns how long it lasted, in milliseconds; undefined if it is still open when asked */
function open(act: (socket: Socket) => void, options: { readonly reads?: boolean } = {}) {
  const startedMs = performance.now()
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let lastedMs: number | undefined
  socket.on('error', () => undefined)
  socket.on('close', () => {
    lastedMs ??= performance.now() - startedMs
  })
  // The server has hung up: so do we.
  socket.on('end', () => socket.destroy())
  socket.once('connect', () => act(socket))
  if (options.reads !== false) socket.resume()
  return { socket, lasted: () => lastedMs }
}

const head = (method: string, path: string) => `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n`

function drip(socket: Socket, text: string, everyMs: number): void {
  const timer = setInterval(() => {
    if (socket.destroyed || !socket.writable) clearInterval(timer)
    else socket.write(text)
  }, everyMs)
  socket.once('close', () => clearInterval(timer))
}

const kinds = {
  'headers, a line at a time': (socket: Socket) => {
    socket.write(head('GET', '/health/live'))
    drip(socket, 'x: y\r\n', 300)
  },
  'a body, a byte at a time': (socket: Socket) => {
    socket.write(`${head('POST', '/credentials/verify')}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n`)
    drip(socket, ' ', 300)
  },
  'chunks of nothing': (socket: Socket) => {
    socket.write(`${head('POST', '/credentials/verify')}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`)
    drip(socket, '1\r\n \r\n', 300)
  },
  nothing: () => undefined,
  'half a request, and no more': (socket: Socket) => {
    socket.end(head('GET', '/health/live'))
  },
  'half a body, and hung up': (socket: Socket) => {
    socket.end(`${head('POST', '/credentials/verify')}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`)
  },
} as const

/** Asks over one connection again and again. @returns what each answer took, in milliseconds */
async function goodClient(until: () => boolean): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const took: number[] = []
  while (!until()) {
    const startedMs = performance.now()
    const status = await new Promise<number>((resolve, reject) => {
      const asking = request({ port, host: '127.0.0.1', path: '/status-lists/none', agent, timeout: 10_000 }, answer => {
        answer.resume().on('end', () => resolve(answer.statusCode!))
      })
      asking.on('error', reject).end()
    })
    expect(status).toBe(404)
    took.push(performance.now() - startedMs)
    await sleep(20)
  }
  agent.destroy()
  return took
}

const quantile = (values: readonly number[], share: number) => values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!

test('slow, silent and halved requests are ended in time, and nobody else waits for them', async () => {
  let isOver = false
  const good = Promise.all([goodClient(() => isOver), goodClient(() => isOver)])
  const opened = Object.entries(kinds).flatMap(([name, act]) => Array.from({ length: each }, () => ({ name, ...open(act) })))
  // One request each, and then nothing.
  const idle = Array.from({ length: each }, () => open(socket => socket.write(`${head('GET', '/status-lists/none')}\r\n`)))
  // Asks for much, and reads none of it.
  const unread = Array.from({ length: 40 }, () =>
    open(socket => socket.write(`${head('GET', '/api/reference.js')}\r\n`.repeat(5)), { reads: false }),
  )
  // The server looks every second; the rest is for a machine that is busy.
  await expect.poll(() => opened.filter(({ lasted }) => lasted() === undefined).length, { timeout: requestTimeoutMs + 9_000 }).toBe(0)
  const longest = Math.max(...opened.map(({ lasted }) => lasted()!))
  expect(idle.filter(({ lasted }) => lasted() !== undefined)).toEqual([])
  await expect.poll(() => idle.filter(({ lasted }) => lasted() === undefined).length, { timeout: keepAliveTimeoutMs + 9_000 }).toBe(0)
  isOver = true
  const took = (await good).flat()
  for (const { socket } of unread) socket.destroy()
  process.stdout.write(
    `${opened.length} slow, ${idle.length} idle and ${unread.length} unread connections: ended after at most ${(longest / 1000).toFixed(1)} s; ` +
      `${took.length} requests of others, p50 ${quantile(took, 0.5).toFixed(0)} ms, p99 ${quantile(took, 0.99).toFixed(0)} ms\n`,
  )
  expect(took.length).toBeGreaterThan(100)
  expect(quantile(took, 0.99)).toBeLessThan(1_000)
})

test('more connections than there may be are not taken; who is there is answered, and others are once there is room', async () => {
  let isOver = false
  const good = goodClient(() => isOver)
  await sleep(100)
  // Each sends a whole request, so that it may stay.
  const many: ReturnType<typeof open>[] = []
  for (let count = 0; count < maxConnections + 300; count++) {
    many.push(open(socket => socket.write(`${head('GET', '/health/live')}\r\n`)))
    if (count % 100 === 0) await sleep(10)
  }
  await expect.poll(() => many.filter(({ lasted }) => lasted() !== undefined).length, { timeout: 8_000 }).toBeGreaterThanOrEqual(250)
  expect(many.filter(({ lasted }) => lasted() === undefined).length).toBeGreaterThan(maxConnections - 600)
  isOver = true
  const took = await good
  expect(took.length).toBeGreaterThan(3)
  for (const { socket } of many) socket.destroy()
  await expect.poll(async () => (await fetch(`${server.url}/health/live`).catch(() => undefined))?.status, { timeout: 10_000 }).toBe(200)
})
