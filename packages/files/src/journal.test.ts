import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Journal } from './journal.ts'

interface Entry {
  readonly n: number
}

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-journal-'))
  file = join(folder, 'test.journal')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function recordsOf(path = file): Promise<readonly Entry[]> {
  const { journal, records } = await Journal.open<Entry>(path)
  await journal.close()
  return records
}

/** Runs a test on a disk of 64 KiB, which only root can make. */
async function onSmallDisk(work: (disk: string) => Promise<void>): Promise<void> {
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk])
  try {
    await work(disk)
  } finally {
    execFileSync('umount', ['--lazy', disk])
  }
}
/** Root in a container may still not be allowed to. */
const canMount = spawnSync('unshare', ['--mount', 'true']).status === 0

async function write(...entries: readonly Entry[]): Promise<void> {
  const { journal } = await Journal.open<Entry>(file)
  await Promise.all(entries.map(entry => journal.append(entry)))
  await journal.close()
}

test('gives back what was appended, in order', async () => {
  await write({ n: 1 }, { n: 2 })
  await write({ n: 3 })
  expect(await recordsOf()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
})

test('drops a last record cut at any byte, and goes on behind the one before', async () => {
  await write({ n: 1 })
  const kept = readFileSync(file).length
  await write({ n: 2 })
  const whole = readFileSync(file)
  for (let length = kept; length < whole.length; length++) {
    writeFileSync(file, whole)
    truncateSync(file, length)
    expect(await recordsOf()).toEqual([{ n: 1 }])
    expect(readFileSync(file).length).toBe(kept)
  }
})

test('refuses a file in which any bit of a record is flipped', async () => {
  await write({ n: 1 }, { n: 2 }, { n: 3 })
  const whole = readFileSync(file)
  const secondStart = whole.indexOf(0x0a) + 1
  const secondEnd = whole.indexOf(0x0a, secondStart)
  for (let at = secondStart; at < secondEnd; at++) {
    const damaged = Buffer.from(whole)
    damaged[at]! ^= 0x01
    writeFileSync(file, damaged)
    await expect(recordsOf()).rejects.toMatchObject({ code: 'ERR_FILE_DAMAGED' })
  }
})

test('refuses a whole last record that does not match its checksum: it was acknowledged', async () => {
  await write({ n: 1 })
  appendFileSync(file, '00000000 {"n":2}\n')
  await expect(recordsOf()).rejects.toMatchObject({ code: 'ERR_FILE_DAMAGED' })
})

test('lets only one process in, and a second one after it', async () => {
  const { journal } = await Journal.open<Entry>(file)
  await expect(Journal.open(file)).rejects.toMatchObject({ code: 'ERR_FILE_LOCKED' })
  const waiting = Journal.open<Entry>(file, { lockWaitMs: 5_000 })
  await journal.close()
  const second = await waiting
  await second.journal.close()
})

test('takes over from a process that died', async () => {
  mkdirSync(`${file}.lock`)
  writeFileSync(join(`${file}.lock`, `${process.pid}-1-00000000`), '')
  expect(await recordsOf()).toEqual([])
})

test.runIf(canMount)('says when the disk is full, loses nothing, and goes on when there is room', () =>
  onSmallDisk(async disk => {
    const { journal } = await Journal.open<unknown>(join(disk, 'test.journal'))
    await journal.append({ n: 1 })
    writeFileSync(join(disk, 'ballast'), new Uint8Array(40_000))
    await expect(journal.append('x'.repeat(30_000))).rejects.toMatchObject({ code: 'ERR_FILE_FULL' })
    rmSync(join(disk, 'ballast'))
    await journal.append({ n: 2 })
    await journal.close()
    expect(await recordsOf(join(disk, 'test.journal'))).toEqual([{ n: 1 }, { n: 2 }])
  }),
)

test.runIf(canMount)('keeps the records as they were if there is no room to replace them', () =>
  onSmallDisk(async disk => {
    const { journal } = await Journal.open<unknown>(join(disk, 'test.journal'))
    await journal.append({ n: 1 })
    await expect(journal.rewrite(['x'.repeat(100_000)])).rejects.toMatchObject({ code: 'ERR_FILE_FULL' })
    await journal.append({ n: 2 })
    await journal.close()
    expect(await recordsOf(join(disk, 'test.journal'))).toEqual([{ n: 1 }, { n: 2 }])
  }),
)

test('many records that wait at once share a write and an fsync', async () => {
  const { journal } = await Journal.open<Entry>(file)
  const handle = await open(file)
  const datasync = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'datasync')
  await handle.close()
  await Promise.all(Array.from({ length: 1_000 }, (_, n) => journal.append({ n })))
  expect(datasync.mock.calls.length).toBeLessThanOrEqual(2)
  datasync.mockRestore()
  await journal.close()
  expect(await recordsOf()).toHaveLength(1_000)
})

test('puts on the disk what it found: the process before may have died before its fsync, or its fsync may have failed', async () => {
  await write({ n: 1 }, { n: 2 })
  const handle = await open(file)
  const prototype = Object.getPrototypeOf(handle) as FileHandle
  await handle.close()
  const writeFile = vi.spyOn(prototype, 'writeFile')
  const sync = vi.spyOn(prototype, 'sync')
  const { journal } = await Journal.open<Entry>(file)
  expect(writeFile.mock.calls).toEqual([[new Uint8Array(readFileSync(file))]])
  expect(sync.mock.invocationCallOrder.at(-1)).toBeGreaterThan(writeFile.mock.invocationCallOrder[0]!)
  writeFile.mockRestore()
  sync.mockRestore()
  await journal.close()
  expect(await recordsOf()).toEqual([{ n: 1 }, { n: 2 }])
})

describe('a disk that fails', () => {
  let prototype: FileHandle
  const eio = () => Object.assign(new Error('EIO'), { code: 'EIO' })

  beforeEach(async () => {
    const handle = await open(join(folder, 'any'), 'w')
    prototype = Object.getPrototypeOf(handle) as FileHandle
    await handle.close()
  })

  afterEach(() => vi.restoreAllMocks())

  test('at fsync: the record is refused, and the next one goes into a new file with all that was acknowledged', async () => {
    const { journal } = await Journal.open<Entry>(file)
    await journal.append({ n: 1 })
    const { ino } = statSync(file)
    vi.spyOn(prototype, 'datasync').mockRejectedValueOnce(eio())
    await expect(journal.append({ n: 2 })).rejects.toMatchObject({ code: 'ERR_FILE_IO' })
    await journal.append({ n: 3 })
    expect(statSync(file).ino).not.toBe(ino)
    await journal.append({ n: 4 })
    await journal.close()
    expect(await recordsOf()).toEqual([{ n: 1 }, { n: 3 }, { n: 4 }])
  })

  test('goes on failing: so does every record, with nothing lost, until it is well; mending tells', async () => {
    const { journal } = await Journal.open<Entry>(file)
    await journal.mend()
    await journal.append({ n: 1 })
    const datasync = vi.spyOn(prototype, 'datasync').mockRejectedValue(eio())
    const sync = vi.spyOn(prototype, 'sync').mockRejectedValue(eio())
    for (let n = 2; n < 5; n++) await expect(journal.append({ n })).rejects.toMatchObject({ code: 'ERR_FILE_IO' })
    await expect(journal.mend()).rejects.toMatchObject({ code: 'ERR_FILE_IO' })
    datasync.mockRestore()
    sync.mockRestore()
    await Promise.all([journal.mend(), journal.append({ n: 5 }), journal.mend(), journal.append({ n: 6 })])
    await journal.close()
    expect(await recordsOf()).toEqual([{ n: 1 }, { n: 5 }, { n: 6 }])
    expect(readdirSync(folder).filter(name => name.includes('.new-'))).toEqual([])
  })

  test('while all records are replaced, at each step: the journal has the old ones or the new ones, and goes on', async () => {
    const fails = {
      'writing the new file': () => vi.spyOn(prototype, 'writeFile').mockRejectedValueOnce(eio()),
      'its fsync': () => vi.spyOn(prototype, 'sync').mockRejectedValueOnce(eio()),
      'fsync of the folder': () => vi.spyOn(prototype, 'sync').mockResolvedValueOnce().mockRejectedValueOnce(eio()),
    }
    for (const [step, fail] of Object.entries(fails)) {
      const path = join(folder, step)
      const { journal } = await Journal.open<Entry>(path)
      await journal.append({ n: 1 })
      fail()
      await expect(journal.rewrite([{ n: 7 }]), step).rejects.toMatchObject({ code: 'ERR_FILE_IO' })
      await journal.append({ n: 2 })
      await journal.close()
      expect(await recordsOf(path), step).toEqual([{ n: 1 }, { n: 2 }])
    }
  })

  test('and gives back other bytes than it took: nothing is taken that would make them true', async () => {
    const { journal } = await Journal.open<Entry>(file)
    await journal.append({ n: 1 })
    vi.spyOn(prototype, 'datasync').mockRejectedValueOnce(eio())
    await expect(journal.append({ n: 2 })).rejects.toMatchObject({ code: 'ERR_FILE_IO' })
    const damaged = readFileSync(file)
    damaged[4]! ^= 0x01
    writeFileSync(file, damaged)
    await expect(journal.append({ n: 3 })).rejects.toMatchObject({ code: 'ERR_FILE_IO' })
    expect(readFileSync(file)).toEqual(damaged)
    await journal.close()
  })
})

test('replaces all records at once', async () => {
  const { journal } = await Journal.open<Entry>(file)
  await journal.append({ n: 1 })
  await journal.rewrite([{ n: 7 }])
  await journal.append({ n: 8 })
  await journal.close()
  expect(await recordsOf()).toEqual([{ n: 7 }, { n: 8 }])
})

test('refuses a record over the size limit and goes on', async () => {
  const { journal } = await Journal.open<unknown>(file)
  await expect(journal.append('x'.repeat(1_100_000))).rejects.toMatchObject({ code: 'ERR_FILE_RECORD' })
  await journal.append({ n: 1 })
  await journal.close()
  expect(await recordsOf()).toEqual([{ n: 1 }])
})

test('keeps every acknowledged record of a process that is killed while it writes', async () => {
  const script = `
    import { Journal } from ${JSON.stringify(join(import.meta.dirname, 'journal.ts'))}
    const { journal } = await Journal.open(${JSON.stringify(file)})
    for (let n = 0; ; n++) { await journal.append({ n }); process.stdout.write(n + '\\n') }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  const enough = new Promise<void>(resolve => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.split('\n').length > 50) resolve()
    })
  })
  await enough
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  // The last line may be half written.
  const acknowledged = output.split('\n').length - 1
  const records = await recordsOf()
  expect(records.length).toBeGreaterThanOrEqual(acknowledged)
  expect(records.map(({ n }) => n)).toEqual(records.map((_, index) => index))
})
