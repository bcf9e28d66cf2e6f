import { isPostgresInstalled, startPostgres, type TestPostgres } from '@hufu/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from './database.ts'
import { jobMigrations } from './job-table.ts'
import { migrate } from './migrate.ts'
import { openEmbeddedDatabase } from './open-embedded-database.ts'
import { type JobsOptions, type OpenedJobs, openJobs } from './open-jobs.ts'
import { openPostgresDatabase } from './open-postgres-database.ts'

let postgres: TestPostgres | undefined
let embedded: Database
beforeAll(async () => {
  if (isPostgresInstalled) postgres = await startPostgres()
  embedded = await openEmbeddedDatabase()
  await migrate(embedded, jobMigrations)
})
afterAll(async () => {
  await embedded.close()
  await postgres?.stop()
})

const fast = { pollMs: 20, retryMs: 20, leaseMs: 300 }

describe.each([
  ['embedded', true],
  ['on a server', isPostgresInstalled],
] as const)('work on a database %s', (where, isAvailable) => {
  let databases: Database[]
  let opened: OpenedJobs[]
  beforeEach(async () => {
    opened = []
    if (where === 'embedded') {
      await embedded.query('delete from jobs')
      await embedded.query('delete from job_rhythms')
      databases = [embedded, embedded]
    } else if (postgres !== undefined) {
      const url = await postgres.createDatabase()
      databases = [openPostgresDatabase(url), openPostgresDatabase(url)]
      await migrate(databases[0]!, jobMigrations)
    }
  })
  afterEach(async () => {
    await Promise.all(opened.map(jobs => jobs.close()))
    if (where !== 'embedded') await Promise.all(databases.map(database => database.close()))
  })
  const replica = (index: 0 | 1, options: JobsOptions = {}) => {
    const jobs = openJobs(databases[index]!, { ...fast, ...options })
    opened.push(jobs)
    return jobs
  }

  test.runIf(isAvailable)('is done at once after the commit, and not at all after a rollback', async () => {
    const jobs = replica(0, { pollMs: 60_000 })
    const done: unknown[] = []
    jobs.work('greet', async payload => void done.push(payload))
    await pauseFor(100)
    const undone = databases[0]!.transaction(async queries => {
      await jobs.send(queries, 'greet', 'nobody')
      throw new Error('no')
    })
    await expect(undone).rejects.toThrow('no')
    await databases[0]!.transaction(async queries => {
      await jobs.send(queries, 'greet', { name: '城' })
      await pauseFor(50)
      expect(done).toEqual([])
    })
    await until(() => done.length > 0)
    expect(done).toEqual([{ name: '城' }])
    expect(await settled(jobs)).toEqual({ waiting: 0, running: 0, failing: 0 })
  })

  test.runIf(isAvailable)('is done once among replicas, as much at a time as was said', async () => {
    const done: number[] = []
    let now = 0
    let most = 0
    for (const index of [0, 1] as const) {
      replica(index).work(
        'count',
        async payload => {
          most = Math.max(most, ++now)
          await pauseFor(2)
          done.push(payload as number)
          now--
        },
        { atOnce: 3 },
      )
    }
    await databases[0]!.transaction(async queries => {
      for (let n = 0; n < 100; n++) await opened[0]!.send(queries, 'count', n)
    })
    await until(() => done.length === 100)
    await pauseFor(50)
    expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n))
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(6)
  })

  test.runIf(isAvailable)('is done again after a failure, and counted when it keeps failing', async () => {
    const failures: string[] = []
    const jobs = replica(0, { onError: (_, kind) => failures.push(kind), retryMs: 2 })
    let isMended = false
    jobs.work('fail', async () => {
      if (!isMended) throw new Error('not yet')
    })
    await jobs.send(databases[0]!, 'fail', null)
    await until(async () => failures.length >= 5 && (await jobs.counts()).failing === 1)
    isMended = true
    expect(await settled(jobs)).toEqual({ waiting: 0, running: 0, failing: 0 })
    expect(new Set(failures)).toEqual(new Set(['fail']))
  })

  test.runIf(isAvailable)('with one key is done once for all that wait, and again for who asks while it is done', async () => {
    const jobs = replica(0)
    let runs = 0
    let release: () => void = () => undefined
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    const sending = jobs
    for (let n = 0; n < 20; n++) await sending.send(databases[1]!, 'publish', n, { key: 'list 1' })
    await sending.send(databases[1]!, 'publish', 'other', { key: 'list 2', afterMs: 600_000 })
    jobs.work('publish', async () => {
      runs++
      if (runs === 1) await held
    })
    await until(() => runs === 1)
    await sending.send(databases[1]!, 'publish', 'later', { key: 'list 1' })
    await sending.send(databases[1]!, 'publish', 'later', { key: 'list 1' })
    release()
    await until(() => runs === 2)
    await pauseFor(100)
    expect(runs).toBe(2)
    expect(await jobs.counts()).toMatchObject({ waiting: 1, running: 0 })
  })

  test.runIf(isAvailable)('waits as long as was asked', async () => {
    const jobs = replica(0)
    let doneAtMs = 0
    jobs.work('wait', async () => {
      doneAtMs = Date.now()
    })
    const sentAtMs = Date.now()
    await jobs.send(databases[0]!, 'wait', null, { afterMs: 300 })
    await until(() => doneAtMs > 0)
    expect(doneAtMs - sentAtMs).toBeGreaterThanOrEqual(295)
  })

  test.runIf(isAvailable)('in a rhythm is done once among replicas', async () => {
    let runs = 0
    for (const index of [0, 1] as const) replica(index).work('tick', async () => void runs++, { everyMs: 250 })
    await pauseFor(900)
    expect(runs).toBeGreaterThanOrEqual(3)
    expect(runs).toBeLessThanOrEqual(4)
  })

  test.runIf(isAvailable)('of a replica that died is taken over; a living one keeps what takes long', async () => {
    // A replica that took work and says nothing more: its lease is written, and nobody renews it.
    await databases[0]!.query(
      `insert into jobs (id, kind, payload, due_ms, attempts, lease) values ('1', 'long', '"abandoned"', extract(epoch from clock_timestamp()) * 1000 + 200, 1, 'dead')`,
    )
    const done: unknown[] = []
    for (const index of [0, 1] as const)
      replica(index).work('long', async payload => {
        await pauseFor(700)
        done.push(payload)
      })
    await pauseFor(100)
    expect((await opened[0]!.counts()).running).toBe(1)
    await until(() => done.length > 0, 3_000)
    await pauseFor(800)
    expect(done).toEqual(['abandoned'])
  })

  test.runIf(isAvailable)('that is under way when a server stops is broken off and done by another', async () => {
    const first = replica(0)
    let begun = 0
    first.work('slow', async (_, signal) => {
      begun++
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('broken off'))))
    })
    await first.send(databases[0]!, 'slow', 7)
    await until(() => begun === 1)
    await first.close()
    const done: unknown[] = []
    replica(1).work('slow', async payload => void done.push(payload))
    await until(() => done.length === 1)
    expect(done).toEqual([7])
  })
})

function pauseFor(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

async function until(condition: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  const deadlineMs = Date.now() + withinMs
  while (!(await condition())) {
    if (Date.now() > deadlineMs) throw new Error('did not happen in time')
    await pauseFor(10)
  }
}

/** Counts once nothing waits or runs any more. */
async function settled(jobs: OpenedJobs) {
  await until(async () => {
    const { waiting, running } = await jobs.counts()
    return waiting + running === 0
  })
  return jobs.counts()
}
