import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
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
function holdElsewhere(holdMs: number): ReturnType<typeof elsewhere> {
  return elsewhere(`
    import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'process-lock.ts'))}
    try { const unlock = await takeLock(${JSON.stringify(file)}); console.log('held'); setTimeout(unlock, ${holdMs}) }
    catch (error) { console.log(error.code) }`)
}

/** Runs a script in a process of its own. @returns the first thing that it says, and how to end it */
function elsewhere(script: string): { readonly said: Promise<string>; kill(): Promise<void> } {
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
  ['of a process id that was given to another process', `${process.pid}-1-00000000`],
  ['of a process that is gone', `${2 ** 22 + 1}-1-00000000`],
  ['that names nobody', 'somebody'],
  ['of nobody any more', undefined],
])('takes over a lock %s', async (_, name) => {
  mkdirSync(file)
  if (name !== undefined) writeFileSync(join(file, name), '')
  expect(lockHolder(file)).toBeUndefined()
  const unlock = await takeLock(file)
  expect(lockHolder(file)).toBe(process.pid)
  await unlock()
  expect(readdirSync(folder)).toEqual([])
})

test('leaves a file of that name alone', async () => {
  writeFileSync(file, 'something else')
  expect(lockHolder(file)).toBeUndefined()
  await expect(takeLock(file)).rejects.toMatchObject({ code: 'ERR_FILE_LOCKED', message: expect.stringContaining('is a file') })
  expect(readdirSync(folder)).toEqual(['test.lock'])
})

test('lets one in of several that find a stale lock at the same moment, and none besides', async () => {
  const rounds = 150
  for (let round = 0; round < rounds; round++) {
    mkdirSync(`${file}${round}`)
    writeFileSync(join(`${file}${round}`, `${2 ** 22 + 1}-1-00000000`), '')
  }
  // All come to each lock within a millisecond, and hold what they got to the end.
  const script = `
    import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'process-lock.ts'))}
    const now = () => performance.timeOrigin + performance.now()
    const held = []
    for (let round = 0; round < ${rounds}; round++) {
      const at = ${Date.now() + 2_000} + 12 * round
      if (at - now() > 2) await new Promise(resolve => setTimeout(resolve, at - now() - 2))
      for (const from = at + Math.random(); now() < from; );
      try { await takeLock(${JSON.stringify(file)} + round); held.push(round) }
      catch (error) { if (error.code !== 'ERR_FILE_LOCKED') throw error }
    }
    console.log(JSON.stringify(held))
    setTimeout(() => {}, 60_000)`
  const others = Array.from({ length: 4 }, () => elsewhere(script))
  const held = (await Promise.all(others.map(other => other.said))).flatMap(said => JSON.parse(said) as number[])
  expect(held.toSorted((a, b) => a - b)).toEqual(Array.from({ length: rounds }, (_, round) => round))
  await Promise.all(others.map(other => other.kill()))
}, 60_000)

test('letting go twice does not take the lock from the next holder', async () => {
  const unlock = await takeLock(file)
  await unlock()
  const next = await takeLock(file)
  await unlock()
  expect(lockHolder(file)).toBe(process.pid)
  await next()
})
