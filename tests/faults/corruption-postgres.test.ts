// Files of an institution's databases, damaged by a bad disk. SEED=… for other damage, LONG=1 for more rounds (ROUNDS=…).
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom } from '@hufu/network'
import { checkAuditLog, type Database, databaseWarnings, openEmbeddedDatabase, openPostgresDatabase, readAuditLog } from '@hufu/service'
import { isPostgresInstalled } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AttackedWorld } from '../attacks/world/attacked-world.ts'
import type { InstitutionProcess } from '../attacks/world/institution-process.ts'
import { damageFile, damageKinds } from './corruption/damage-file.ts'
import { AcknowledgedWrites } from './database/acknowledged-writes.ts'

const seed = process.env.SEED ?? 'bad disk'
const rounds = Number(process.env.ROUNDS ?? (process.env.LONG === '1' ? 40 : 4))
const pageBytes = 8_192
const damaged = '500 ERR_SERVICE_DATABASE_DAMAGED'

describe.runIf(isPostgresInstalled)('PostgreSQL with checksums', () => {
  let world: AttackedWorld
  let server: InstitutionProcess
  let writes: AcknowledgedWrites
  let database: Database

  beforeAll(async () => {
    world = await AttackedWorld.start()
    server = await world.bank.start()
    writes = new AcknowledgedWrites(world.bank, seed)
    database = openPostgresDatabase(world.bank.databaseUrl, { poolSize: 1 })
    await writes.send(20)
  })

  afterAll(async () => {
    await database?.close()
    await server?.stop()
    await world?.stop()
  })

  /** Damages a table's file while the database is down. @returns how to put it back */
  async function damageTable(table: string, work: (file: string) => string): Promise<{ readonly done: string; putBack(): Promise<void> }> {
    await database.query('checkpoint')
    const [row] = await database.query<{ file: string }>('select pg_relation_filepath($1) as file', [table])
    const file = join(world.postgres.dataFolder, row!.file)
    await world.postgres.end()
    // All of it: a server that misses a row marks it in its index as dead.
    const good = `${world.postgres.dataFolder}.good`
    copyFolder(world.postgres.dataFolder, good)
    const done = work(file)
    await world.postgres.start()
    return {
      done,
      async putBack() {
        await world.postgres.end()
        copyFolder(good, world.postgres.dataFolder)
        await world.postgres.start()
      },
    }
  }

  test(`a table damaged ${rounds} times: an answer is right or says that the database is damaged`, {
    timeout: rounds * 60_000,
  }, async () => {
    expect(await writes.lost()).toBe(0)
    const outcomes: Record<string, number> = {}
    for (let round = 0; round < rounds; round++) {
      const kind = damageKinds[round % damageKinds.length]!
      const { done, putBack } = await damageTable('applications', file =>
        damageFile(file, kind, seededRandom(`${seed} ${round}`), pageBytes),
      )
      const answers = await writes.answersOf()
      // To PostgreSQL a page of zeros is one that nothing was written to yet: what stood there is missing, and nothing else is said.
      const allowed = ['right', damaged, ...(kind === 'page of zeros' ? ['404 ERR_ISSUER_UNKNOWN'] : [])]
      const wrong = Object.keys(answers).filter(kind => !allowed.includes(kind))
      expect(wrong, `SEED=${JSON.stringify(seed)}, round ${round}: ${done}: ${JSON.stringify(answers)}`).toEqual([])
      if (answers[damaged] !== undefined) expect((await world.bank.request('GET', '/health/ready')).json.missing).toContain('database')
      for (const [kind, count] of Object.entries(answers)) outcomes[kind] = (outcomes[kind] ?? 0) + count
      await putBack()
    }
    console.log(`table damaged, seed ${seed}: ${JSON.stringify(outcomes)}`)
    expect(outcomes[damaged], 'some damage was met').toBeGreaterThan(0)
    expect(await writes.lost()).toBe(0)
  })

  test('records of the audit log that a page of zeros has swallowed are missed by its own chain', { timeout: 120_000 }, async () => {
    const exported = async () => ({ ...readAuditLog((await world.bank.staff('auditor', 'GET', '/audit/export')).text).copy, anchors: [] })
    expect(checkAuditLog(await exported(), [])).toMatchObject({ finding: null })
    // Records that are not chained yet, and pages that hold only old versions, nobody misses.
    const [row] = await database.query<{ page: number }>(
      'select (ctid::text::point)[0]::integer as page from audit_entries where sequence is not null order by md5(id::text || $1) limit 1',
      [seed],
    )
    const { putBack } = await damageTable('audit_entries', file =>
      damageFile(file, 'page of zeros', seededRandom(seed), pageBytes, row!.page * pageBytes),
    )
    expect(checkAuditLog(await exported(), []).finding).not.toBeNull()
    await putBack()
  })

  test('tables that follow the ledger are dropped where they are damaged, and the running server makes them anew', {
    timeout: 120_000,
  }, async () => {
    const { did } = world.bank
    const resolve = () => world.bank.request('GET', `/1.0/identifiers/${did}`)
    // A server whose database has just come back says that its tables are behind until they are not.
    await until(async () => (await resolve()).status === 200)
    const before = await resolve()
    expect(before.status).toBe(200)
    await damageTable('registry_identifiers', file => damageFile(file, 'page of zeros', seededRandom(seed), statSync(file).size))
    const tables = await database.query<{ name: string }>(
      "select tablename as name from pg_tables where tablename like 'registry\\_%' and schemaname = 'public'",
    )
    expect(tables.length).toBeGreaterThan(4)
    await database.query(`drop table ${tables.map(({ name }) => name).join(', ')}`)
    await until(async () => (await world.bank.request('GET', '/health/ready')).status === 200)
    const after = await resolve()
    expect(after.status).toBe(200)
    expect(JSON.parse(after.text)).toEqual(JSON.parse(before.text))
    expect(await writes.lost()).toBe(0)
  })
})

describe('the embedded database', () => {
  test('has checksums, too: a table with flipped bits is not read, and the code says so', { timeout: 240_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hufu-embedded-'))
    try {
      const data = join(folder, 'data')
      const database = await openEmbeddedDatabase(data)
      expect(await databaseWarnings(database)).not.toContainEqual(expect.stringContaining('data_checksums'))
      await database.query('create table kept (id integer primary key, value text)')
      for (let id = 0; id < 50; id++) await database.query('insert into kept values ($1, $2)', [id, `value ${id} `.repeat(20)])
      await database.query('checkpoint')
      const [row] = await database.query<{ file: string }>("select pg_relation_filepath('kept') as file")
      await database.close()
      damageFile(join(data, row!.file), 'bits', seededRandom(seed), pageBytes)
      const opened = await openEmbeddedDatabase(data)
      await expect(opened.query('select id from kept order by value')).rejects.toMatchObject({ code: 'ERR_SERVICE_DATABASE_DAMAGED' })
      expect(opened.failures?.counts.damaged).toBe(1)
      await opened.close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** With its owner, in place of what is there. */
function copyFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  execFileSync('cp', ['-a', from, to])
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
