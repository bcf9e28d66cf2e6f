import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { newFolder } from './fixture.ts'

// A process of its own takes a while to start on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const mainFile = fileURLToPath(new URL('./main.ts', import.meta.url))

function start(arguments_: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [mainFile, ...arguments_], { env: { PATH: process.env.PATH, ...environment } })
  const output = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    output.out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output.err += chunk.toString()
  })
  return { child, output, ended: once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]> }
}

/** Waits until the log tells where the server listens. */
async function listening(child: ChildProcess, output: { out: string }): Promise<URL> {
  for (;;) {
    const address = /"address":"([^"]+)"/.exec(output.out)?.[1]
    if (address !== undefined) return new URL(address)
    await once(child.stdout!, 'data')
  }
}

test('--check-config says all that is wrong, and ends', async () => {
  const { output, ended } = start(['--check-config'], { PORT: 'x', LOG_LEVEL: 'loud' })
  expect(await ended).toEqual([1, null])
  expect(output).toEqual({ out: '', err: expect.stringMatching(/PORT.*\nLOG_LEVEL/) })
})

test('told to stop, it takes nothing new, answers what is under way, and ends well; meanwhile no other starts in its folder', async () => {
  const environment = { ISSUER_POLICY: 'any', PORT: '0', DATA_FOLDER: newFolder() }
  const { child, output, ended } = start([], environment)
  const address = await listening(child, output)
  const second = start([], environment)
  expect(await second.ended).toEqual([1, null])

  const socket = connect(Number(address.port), address.hostname)
  const body = '{"verifiableCredential":{}}'
  socket.write(`POST /credentials/verify HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n{`)
  await sleep(500)
  child.kill('SIGTERM')
  await sleep(500)
  await expect(fetch(new URL('/health/live', address))).rejects.toThrow()
  socket.write(body.slice(1))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400/)
  expect(await ended).toEqual([0, null])
})
