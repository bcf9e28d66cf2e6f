import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Database } from './database.ts'
import { openEmbeddedDatabase } from './open-embedded-database.ts'
import { openPostgresDatabase } from './open-postgres-database.ts'

const binaries = postgresBinaries()
const cleanUps: (() => Promise<unknown>)[] = []

afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp()
})

/** Where PostgreSQL's programs are on Debian, if they are installed: a test needs no server that an operator runs. */
function postgresBinaries(): string | undefined {
  const root = '/usr/lib/postgresql'
  const version = existsSync(root) ? readdirSync(root).sort().at(-1) : undefined
  return version === undefined ? undefined : join(root, version, 'bin')
}

/** Starts a server that listens on a socket in a folder of its own only. */
async function startPostgres(bin: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hufu-postgres-'))
  cleanUps.push(() => rm(folder, { recursive: true, force: true }))
  // PostgreSQL refuses to run as root.
  const isRoot = process.getuid?.() === 0
  const [uid, gid] = ['-u', '-g'].map(flag => (isRoot ? Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })) : undefined))
  const identity = uid === undefined || gid === undefined ? {} : { uid, gid }
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid)
  const data = join(folder, 'data')
  execFileSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'hufu', '--no-sync'], { ...identity, stdio: 'ignore', cwd: folder })
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-k', folder, '-c', 'listen_addresses='], {
    ...identity,
    stdio: 'ignore',
    cwd: folder,
  })
  cleanUps.push(async () => {
    const ended = new Promise(resolve => server.once('exit', resolve))
    server.kill('SIGINT')
    await ended
  })
  return `postgresql://hufu@/postgres?host=${encodeURIComponent(folder)}`
}

async function openWhenReady(url: string): Promise<Database> {
  for (let attempt = 0; ; attempt++) {
    const database = openPostgresDatabase(url)
    try {
      await database.query('select 1')
      return database
    } catch (error) {
      await database.close()
      if (attempt === 50) throw error
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
}

describe.each([
  ['embedded', true, () => openEmbeddedDatabase()],
  ['on a server', binaries !== undefined, async () => openWhenReady(await startPostgres(binaries!))],
] as const)('a database %s', (_, isAvailable, open) => {
  test.runIf(isAvailable)('gives back what was put in, by type', async () => {
    const database = await open()
    cleanUps.push(() => database.close())
    await database.query(
      'create table sample (name text primary key, count integer, time_ms double precision, data bytea, flag boolean, nothing text)',
    )
    const values = ['城', 2 ** 31 - 1, 8_640_000_000_000_000, Uint8Array.of(0, 1, 255), true, null]
    await database.query('insert into sample values ($1, $2, $3, $4, $5, $6)', values)
    const [row] = await database.query<{ data: Uint8Array }>('select * from sample')
    expect({ ...row, data: [...row!.data] }).toEqual({
      name: '城',
      count: 2 ** 31 - 1,
      time_ms: 8_640_000_000_000_000,
      data: [0, 1, 255],
      flag: true,
      nothing: null,
    })
  })

  test.runIf(isAvailable)('keeps nothing of a transaction that throws, and goes on after it', async () => {
    const database = await open()
    cleanUps.push(() => database.close())
    await database.query('create table numbers (value integer primary key)')
    const failing = database.transaction(async queries => {
      await queries.query('insert into numbers values (1)')
      throw new Error('enough')
    })
    await expect(failing).rejects.toThrow('enough')
    const colliding = database.transaction(async queries => {
      await queries.query('insert into numbers values (2)')
      await queries.query('insert into numbers values (2)')
    })
    await expect(colliding).rejects.toThrow()
    expect(await database.transaction(async queries => queries.query('insert into numbers values (3) returning value'))).toEqual([
      { value: 3 },
    ])
    expect(await database.query('select value from numbers')).toEqual([{ value: 3 }])
  })
})
