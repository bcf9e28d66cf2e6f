import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePorts } from '../ports.ts'
import { PeerProxy } from './peer-proxy.ts'
import { seededRandom } from './seeded-random.ts'

// Three nodes that answer each line with their number before it.
let servers: readonly Server[]
let sockets: Socket[]
let proxy: PeerProxy

beforeEach(async () => {
  sockets = []
  const ports = (await freePorts(3)).flatMap(({ p2p, rpc, metrics }) => [p2p, rpc, metrics])
  servers = [0, 1, 2].map(node =>
    createServer(socket => {
      sockets.push(socket)
      socket.on('error', () => undefined)
      socket.on('data', bytes => socket.write(`${node}:${bytes}`))
    }).listen(ports[node], '127.0.0.1'),
  )
  await Promise.all(servers.map(server => once(server, 'listening')))
  proxy = await PeerProxy.start(ports.slice(0, 3), ports.slice(3), seededRandom('lines'))
})

afterEach(() => {
  proxy.stop()
  for (const socket of sockets) socket.destroy()
  for (const server of servers) server.close()
})

test('passes on what nodes say, each on a line of its own', async () => {
  const [one, two] = [await dial(0, 1), await dial(0, 2)]
  expect(await say(one, 'hello')).toBe('1:hello')
  expect(await say(two, 'hello')).toBe('2:hello')
  expect(proxy.connections).toBe(2)
})

test('loses what is said over a cut line without telling anybody, and breaks it off when it heals', async () => {
  const [cut, whole] = [await dial(0, 1), await dial(0, 2)]
  proxy.cut([[0, 2], [1]])
  expect(await say(cut, 'lost')).toBeUndefined()
  expect(cut.destroyed).toBe(false)
  expect(await say(whole, 'kept')).toBe('2:kept')
  await expect(dial(1, 2)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect(await proxy.heal()).toBe(1)
  await once(cut, 'close')
  expect(await say(await dial(0, 1), 'again')).toBe('1:again')
})

test('leaves a connection alone on which nothing was said while it was cut', async () => {
  const idle = await dial(0, 1)
  proxy.cut([[0], [1], [2]])
  expect(await proxy.heal()).toBe(0)
  expect(await say(idle, 'still here')).toBe('1:still here')
})

test('delays what passes, in order', async () => {
  proxy.delay(60, 40)
  const socket = await dial(1, 2)
  const startedAt = performance.now()
  expect(await say(socket, 'slow')).toBe('2:slow')
  // There and back.
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(119)
  proxy.delay(5, 20)
  let heard = ''
  socket.on('data', bytes => {
    heard += bytes
  })
  for (let step = 0; step < 20; step++) {
    socket.write(`${step};`)
    await sleep(2)
  }
  await sleep(200)
  expect(heard.replaceAll('2:', '')).toBe(Array.from({ length: 20 }, (_, step) => `${step};`).join(''))
})

test('hangs up on a node that dials one it is already connected with', async () => {
  const first = await dial(0, 1)
  const second = await dial(1, 0)
  await once(second, 'close')
  expect(await say(first, 'mine')).toBe('1:mine')
})

async function dial(from: number, to: number): Promise<Socket> {
  const socket = connect(proxy.portOf(from, to), '127.0.0.1')
  sockets.push(socket)
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  return socket
}

/** @returns the answer; undefined if there is none within 400 ms */
async function say(socket: Socket, words: string): Promise<string | undefined> {
  const answer = once(socket, 'data')
  answer.catch(() => undefined)
  socket.write(words)
  const heard = await Promise.race([answer, sleep(socket.destroyed ? 0 : 400)])
  return heard === undefined ? undefined : String(heard[0])
}
