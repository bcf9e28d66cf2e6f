import { systemClock } from '@hufu/primitives'
import { checkAuditLog, createLog, type Database, migrate, openPostgresDatabase } from '@hufu/service'
import { isPostgresInstalled, startPostgres, type TestPostgres } from '@hufu/testkit'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualJobs } from '../people/manual-jobs.ts'
import { openStaffBench } from '../people/staff-fixture.ts'
import { auditMigrations } from './audit-schema.ts'
import { exportLog } from './export-log.ts'
import { type OpenAuditLog, openAuditLog } from './open-audit-log.ts'

/** How many tries are under way at once. */
const wave = 1_000

describe.runIf(isPostgresInstalled)('on a PostgreSQL server, two replicas', () => {
  let postgres: TestPostgres
  let databases: readonly [Database, Database]
  let replicas: readonly [OpenAuditLog, OpenAuditLog]

  beforeAll(async () => {
    postgres = await startPostgres()
    databases = [openPostgresDatabase(postgres.url), openPostgresDatabase(postgres.url)]
    await migrate(databases[0], auditMigrations)
    const [first, second] = databases.map(database =>
      openAuditLog({
        ...{ database, jobs: new ManualJobs(), clock: systemClock, log: createLog({ level: 'silent' }), metrics: new Registry() },
        ...{ self: { slug: 'bank', did: 'did:neo:test:bank' }, chainEveryMs: 50 },
        anchor: async () => ({ blockIndex: 1, timeMs: 0, transactionHash: '' }),
      }),
    )
    replicas = [first!, second!]
  })

  afterAll(async () => {
    for (const each of replicas ?? []) await each.close()
    for (const each of databases ?? []) await each.close()
    await postgres?.stop()
  })

  async function records() {
    const lines: { sequence?: number; subject?: string }[] = []
    const about = { did: 'did:neo:test:bank', list: 'audit:bank', exportedAtMs: 0 }
    for await (const text of exportLog(databases[0], about))
      lines.push(
        ...text
          .split('\n')
          .filter(line => line !== '')
          .map(line => JSON.parse(line)),
      )
    const all = lines.filter(({ sequence }) => sequence !== undefined) as never as Parameters<typeof checkAuditLog>[0]['records']
    expect(checkAuditLog({ records: all, anchors: [], head: undefined, exportedAtMs: undefined }, []).finding).toBeNull()
    return all
  }

  test('an entry whose transaction goes on keeps nobody waiting, and is chained once it is there', async () => {
    let finish = (): void => undefined
    const held = new Promise<void>(resolve => {
      finish = resolve
    })
    const slow = databases[0].transaction(async queries => {
      await replicas[0].append(queries, { actor: 'server', action: 'slow' })
      await held
    })
    const startedMs = performance.now()
    for (let index = 0; index < 10; index++)
      await databases[1].transaction(queries => replicas[1].append(queries, { actor: 'server', action: 'quick' }))
    await expect.poll(async () => (await records()).length, { timeout: 1_000 }).toBe(10)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
    finish()
    await slow
    await expect.poll(async () => (await records()).at(-1)?.action, { timeout: 1_000 }).toBe('slow')
  })

  test('many writers at both: every entry is chained once, within a second of the last', async () => {
    const writers = 16
    const each = 100
    const before = (await records()).length
    const write = async (writer: number): Promise<void> => {
      for (let index = 0; index < each; index++)
        await databases[writer % 2]!.transaction(queries =>
          replicas[writer % 2]!.append(queries, { actor: 'server', action: 'many', subject: `${writer} ${index}` }),
        )
    }
    const startedMs = performance.now()
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
    const perSecond = Math.round((writers * each * 1_000) / (performance.now() - startedMs))
    await expect.poll(async () => (await records()).length, { timeout: 1_000 }).toBe(before + writers * each)
    const subjects = (await records()).slice(before).map(({ subject }) => subject)
    expect(new Set(subjects).size).toBe(writers * each)
    process.stdout.write(`audit log: ${perSecond} entries a second in transactions of their own, ${writers} at once\n`)
  })

  test('a challenge is answered once at either, and a session that ends at one has ended at the other', async () => {
    const url = await postgres.createDatabase()
    const [one, other] = [
      await openStaffBench({ database: openPostgresDatabase(url) }),
      await openStaffBench({ database: openPostgresDatabase(url) }),
    ]
    try {
      const browser = await one.person('clerk')
      const { challengeId, options } = (await other.send(undefined, 'POST', '/staff/sign-in/options')).json()
      const body = { challengeId, response: browser.authenticator.answer(options) }
      const tries = Number(process.env.TRIES ?? 200)
      let accepted = 0
      for (let done = 0; done < tries; done += wave) {
        const answers = await Promise.all(
          Array.from({ length: Math.min(wave, tries - done) }, (_, index) =>
            (index % 2 === 0 ? one : other).send(undefined, 'POST', '/staff/sign-in', body),
          ),
        )
        accepted += answers.filter(({ statusCode }) => statusCode === 200).length
        expect(answers.every(({ statusCode }) => statusCode === 200 || statusCode === 401)).toBe(true)
      }
      expect(accepted).toBe(1)
      expect((await other.send(browser, 'GET', '/staff/me')).statusCode).toBe(200)
      expect((await other.send(browser, 'POST', '/staff/sign-out')).statusCode).toBe(200)
      expect((await one.send(browser, 'GET', '/staff/me')).statusCode).toBe(401)
      const [officer, second] = [await one.person('administrator'), await other.person('administrator')]
      const asked = (await one.send(officer, 'POST', '/staff/invitations', { name: '甲', roles: ['officer'] })).json().approval.id
      const confirmed = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : other).send(second, 'POST', `/approvals/${asked}/confirm`)),
      )
      expect(confirmed.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
    } finally {
      await one.close()
      await other.close()
    }
  })
})
