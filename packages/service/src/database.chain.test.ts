import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isPostgresInstalled, startPostgres } from '@hufu/testkit'
import { afterAll, describe, expect, test } from 'vitest'
import type { Database } from './database.ts'
import { databaseReady, databaseWarnings } from './database-ready.ts'
import { openEmbeddedDatabase } from './open-embedded-database.ts'
import { openPostgresDatabase } from './open-postgres-database.ts'

const cleanUps: (() => Promise<unknown>)[] = []

afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp()
})

async function openOnServer(): Promise<Database> {
  const postgres = await startPostgres()
  cleanUps.push(() => postgres.stop())
  return openPostgresDatabase(postgres.url)
}

describe.each([
  ['embedded', true, () => openEmbeddedDatabase()],
  ['on a server', isPostgresInstalled, openOnServer],
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
    const hiding = database.transaction(async queries => {
      await queries.query('insert into numbers values (4)')
      await queries.query('insert into numbers values (4)').catch(() => undefined)
    })
    await expect(hiding).rejects.toThrow()
    expect(await database.query('select value from numbers')).toEqual([{ value: 3 }])
  })
})

test.runIf(isPostgresInstalled)(
  'a server of databases that dies under a transaction is told by a code, and the next one is served',
  async () => {
    const postgres = await startPostgres()
    cleanUps.push(() => postgres.stop())
    const database = openPostgresDatabase(postgres.url)
    cleanUps.push(() => database.close())
    const cut = database.transaction(async queries => {
      await queries.query('create table kept (value integer)')
      // Nothing of ours waits for the connection now: its end must not end the process.
      await postgres.crash()
      await queries.query('insert into kept values (1)')
    })
    await expect(cut).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE' })
    expect(database.failures?.counts).toMatchObject({ full: 0, damaged: 0 })
    await databaseReady(database)
    expect(await database.query("select to_regclass('kept') as name")).toEqual([{ name: null }])
  },
)

test.runIf(isPostgresInstalled)('speaks TLS to a server whose certificate holds, and to no other that was to have one', async () => {
  const address = '127.0.0.77'
  const postgres = await startPostgres({ settings: { listen_addresses: address } })
  cleanUps.push(() => postgres.stop())
  const admin = openPostgresDatabase(postgres.url)
  cleanUps.push(() => admin.close())
  const urlOf = (query: string) => `postgresql://hufu@${address}/postgres?${query}`
  const opened = async (query: string) => {
    const database = openPostgresDatabase(urlOf(query))
    cleanUps.push(() => database.close())
    return database.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
  }
  const [good, other] = [selfSigned(address), selfSigned(address)]
  await expect(opened('sslmode=verify-full'), 'no fall-back to plain text').rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE' })

  const useCertificate = async ({ cert, key }: { cert: string; key: string }) => {
    const { uid, gid } = statSync(postgres.dataFolder)
    for (const [from, name] of [
      [cert, 'server.crt'],
      [key, 'server.key'],
    ] as const) {
      const file = join(postgres.dataFolder, name)
      execFileSync('cp', [from, file])
      chownSync(file, uid, gid)
      chmodSync(file, 0o600)
    }
    await admin.query('alter system set ssl = on')
    await admin.query('select pg_reload_conf()')
    // The server has read it once a connection is encrypted.
    for (let tries = 0; tries < 100 && (await opened('sslmode=no-verify').catch(() => []))[0]?.ssl !== true; tries++)
      await new Promise(resolve => setTimeout(resolve, 50))
  }
  await useCertificate(good)
  expect(await opened(`sslmode=verify-full&sslrootcert=${good.cert}`)).toEqual([{ ssl: true }])
  await expect(opened(`sslmode=verify-full&sslrootcert=${other.cert}`)).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE' })
  await expect(opened('sslmode=verify-full')).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE' })
  const otherName = selfSigned('127.0.0.78')
  await useCertificate(otherName)
  const why = () => opened(`sslmode=verify-full&sslrootcert=${otherName.cert}`).catch(({ code, cause }) => `${code} ${cause?.code}`)
  await expect.poll(why).toBe('ERR_SERVICE_DATABASE ERR_TLS_CERT_ALTNAME_INVALID')
})

test.runIf(isPostgresInstalled)('says which of the settings that protect data are off', async () => {
  const postgres = await startPostgres({ settings: { full_page_writes: 'off' } })
  cleanUps.push(() => postgres.stop())
  const database = openPostgresDatabase(postgres.url)
  cleanUps.push(() => database.close())
  expect(await databaseWarnings(database)).toEqual([expect.stringContaining('full_page_writes is off')])
})

test.runIf(isPostgresInstalled)('a statement that was first used on a small table reads a few rows of a large one', async () => {
  const postgres = await startPostgres()
  cleanUps.push(() => postgres.stop())
  const database = openPostgresDatabase(postgres.url, { poolSize: 1 })
  cleanUps.push(() => database.close())
  // Statistics of the large one are gathered a minute later, a busy server's worst.
  await database.query('create table entries (id text primary key, parent text) with (autovacuum_enabled = false)')
  await database.query("insert into entries values ('5', '4')")
  await database.query('analyze entries')
  const sql = `select e.id, p.id as parent from entries e left join entries p on p.id = e.parent where e.id = any(string_to_array($1, ','))`
  for (let use = 0; use < 10; use++) await database.query(sql, ['5'])
  await database.query('insert into entries select n::text, (n - 1)::text from generate_series(6, 20000) n')
  const read = await database.transaction(async queries => {
    for (let use = 0; use < 3; use++) expect(await queries.query(sql, ['5,7'])).toHaveLength(2)
    const [row] = await queries.query<{ count: number }>(
      "select seq_tup_read::double precision as count from pg_stat_xact_user_tables where relname = 'entries'",
    )
    return row!.count
  })
  expect(read).toBeLessThan(1_000)
})

/** A certificate for an address, with its key, in files. */
function selfSigned(address: string): { readonly cert: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-certificate-'))
  cleanUps.push(async () => rmSync(folder, { recursive: true }))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const about = ['-subj', `/CN=${address}`, '-addext', `subjectAltName=IP:${address}`, '-days', '2']
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key]
  execFileSync('openssl', ['req', '-x509', ...newKey, '-out', cert, ...about], { stdio: 'ignore' })
  return { cert, key }
}
