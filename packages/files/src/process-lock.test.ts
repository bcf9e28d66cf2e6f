import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockHolder, takeLock } from './process-lock.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-lock-'))
  file = join(folder, 'test.lock')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Takes the lock in a process of its own, says so, holds it for a while, and lets go. */
function holdElsewhere(holdMs: number): { readonly said: Promise<string>; kill(): Promise<void> } {
  const script = `
    import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'process-lock.ts'))}
    try { const unlock = await takeLock(${JSON.stringify(file)}); console.log('held'); setTimeout(unlock, ${holdMs}) }
    catch (error) { console.log(error.code) }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = new Promise<string>(resolve => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())))
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  return {
    said,
    kill: () => {
      child.kill('SIGKILL')
      return ended
    },
  }
}

test('refuses a second process while the first one holds it, and names the first', async () => {
  const other = holdElsewhere(60_000)
  expect(await other.said).toBe('held')
  await expect(takeLock(file)).rejects.toMatchObject({
    code: 'ERR_FILE_LOCKED',
    message: expect.stringContaining(String(lockHolder(file))),
  })
  await other.kill()
})

test('is free again once its holder was killed', async () => {
  const other = holdElsewhere(60_000)
  await other.said
  await other.kill()
  expect(lockHolder(file)).toBeUndefined()
  const unlock = await takeLock(file)
  expect(lockHolder(file)).toBe(process.pid)
  await unlock()
})

test('waits for its holder as long as it was told to', async () => {
  const unlock = await takeLock(file)
  const waiting = takeLock(file, { waitMs: 10_000 })
  await unlock()
  await (await waiting)()
})

test.each([
  ['of a process id that was given to another process', JSON.stringify({ pid: process.pid, startTicks: '1' })],
  ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, startTicks: '1' })],
  ['cut short by a crash', '{"pi'],
  ['empty', ''],
])('takes over a lock %s', async (_, content) => {
  writeFileSync(file, content)
  const unlock = await takeLock(file)
  await unlock()
  expect(readdirSync(folder)).toEqual([])
})

test('lets one in of several that find a stale lock at the same moment', async () => {
  writeFileSync(file, '')
  const others = Array.from({ length: 4 }, () => holdElsewhere(60_000))
  const said = await Promise.all(others.map(other => other.said))
  expect(said.toSorted()).toEqual(['ERR_FILE_LOCKED', 'ERR_FILE_LOCKED', 'ERR_FILE_LOCKED', 'held'])
  await Promise.all(others.map(other => other.kill()))
})

test('letting go twice does not take the lock from the next holder', async () => {
  const unlock = await takeLock(file)
  await unlock()
  const next = await takeLock(file)
  await unlock()
  expect(lockHolder(file)).toBe(process.pid)
  await next()
})
