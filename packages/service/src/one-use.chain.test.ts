import type { OneUse } from '@hufu/proofs'
import { FixedClock, isPostgresInstalled, startPostgres, type TestPostgres } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from './database.ts'
import { databaseReplayStore } from './database-replay-store.ts'
import { migrate } from './migrate.ts'
import { openEmbeddedDatabase } from './open-embedded-database.ts'
import { openOneUseValues } from './open-one-use-values.ts'
import { openPostgresDatabase } from './open-postgres-database.ts'
import { sweepUsedValues, usedValueMigrations } from './used-values.ts'

/** How often one value is tried at once. */
const tries = Number(process.env.TRIES ?? 2_000)
const startMs = 1_700_000_000_000

describe.each([
  ['embedded', true],
  ['on a server', isPostgresInstalled],
] as const)('what counts once, on a database %s', (where, isAvailable) => {
  const clock = new FixedClock(startMs)
  const once = openOneUseValues({ clock })
  let postgres: TestPostgres | undefined
  /** Two replicas; of an embedded one there is one. */
  let databases: readonly [Database, Database]
  beforeAll(async () => {
    if (!isAvailable) return
    await open()
    await migrate(databases[0], usedValueMigrations)
  })
  afterAll(async () => {
    await close()
    await postgres?.stop()
  })
  async function open(): Promise<void> {
    if (where === 'embedded') {
      const database = await openEmbeddedDatabase()
      databases = [database, database]
      return
    }
    postgres ??= await startPostgres()
    databases = [openPostgresDatabase(postgres.url), openPostgresDatabase(postgres.url)]
  }
  async function close(): Promise<void> {
    await Promise.all([...new Set(databases)].map(database => database.close()))
  }
  const use = (replica: 0 | 1, kind: string, value: string, untilMs = startMs + 1000) =>
    databases[replica].transaction(queries => once.use(queries, kind, value, untilMs))

  test.runIf(isAvailable)('a value is used once by kind, and by none whose transaction is rolled back', async () => {
    const undone = databases[0].transaction(async queries => {
      expect(await once.use(queries, 'code', 'a', startMs + 1000)).toBe(true)
      throw new Error('no')
    })
    await expect(undone).rejects.toThrow('no')
    expect(await use(0, 'code', 'a')).toBe(true)
    expect(await use(1, 'code', 'a')).toBe(false)
    expect(await use(1, 'nonce', 'a')).toBe(true)
    expect(await use(1, 'code', 'A')).toBe(true)
    expect(await use(0, 'code', '')).toBe(true)
  })

  test.runIf(isAvailable)('keeps no value, and forgets what need not be remembered', async () => {
    await use(0, 'code', 'secret-value', startMs + 10)
    await use(0, 'code', 'other', startMs + 10_000)
    const before = await databases[0].query('select * from used_values')
    expect(JSON.stringify(before)).not.toContain('secret-value')
    await sweepUsedValues(databases[0], startMs + 10)
    expect(await databases[0].query('select * from used_values')).toHaveLength(before.length - 1)
    expect(await use(0, 'code', 'other', startMs + 10_000)).toBe(false)
  })

  test.runIf(isAvailable)('of a presentation everything is recorded or nothing', async () => {
    const stores = databases.map(database => databaseReplayStore(database, clock))
    const nonce = (key: string): OneUse => ({ kind: 'nonce', key, untilMs: startMs + 1000 })
    const right: OneUse = { kind: 'right', key: 'vote', untilMs: undefined }
    expect(await stores[0]!.recordOnce([nonce('1'), right, right])).toBeUndefined()
    expect(await stores[1]!.recordOnce([nonce('2'), right])).toBe('right')
    expect(await stores[1]!.recordOnce([nonce('2')])).toBeUndefined()
    expect(await stores[0]!.recordOnce([right, nonce('2')])).toBe('right')
    expect(await stores[0]!.recordOnce([nonce('2'), right])).toBe('nonce')
    expect(await stores[0]!.recordOnce([])).toBeUndefined()
    await sweepUsedValues(databases[0], Number.MAX_VALUE)
    expect(await stores[0]!.recordOnce([right])).toBe('right')
  })

  test.runIf(isAvailable)('presentations that share uses in another order do not stand in each other’s way', async () => {
    const stores = databases.map(database => databaseReplayStore(database, clock))
    const uses = Array.from({ length: 10 }, (_, n): OneUse => ({ kind: 'commitment', key: `shared ${n}`, untilMs: startMs + 1000 }))
    const answers = await inParallel(100, n => stores[n % 2]!.recordOnce(n % 3 === 0 ? uses : uses.toReversed()))
    expect(answers.filter(answer => answer === undefined)).toHaveLength(1)
  })

  test.runIf(isAvailable)(`of ${tries} uses of one value at two replicas one counts`, { timeout: 600_000 }, async () => {
    const answers = await inParallel(tries, n => use((n % 2) as 0 | 1, 'jti', 'raced'))
    expect(answers.filter(answer => answer)).toHaveLength(1)
    const stores = databases.map(database => databaseReplayStore(database, clock))
    const raced: OneUse = { kind: 'nonce', key: 'raced', untilMs: startMs + 1000 }
    const recorded = await inParallel(tries, n => stores[n % 2]!.recordOnce([raced]))
    expect(recorded.filter(answer => answer === undefined)).toHaveLength(1)
  })

  test.runIf(isAvailable && where !== 'embedded')(
    'none counts again after the server and the database were cut off',
    { timeout: 600_000 },
    async () => {
      expect(await use(0, 'code', 'before')).toBe(true)
      await close()
      await postgres!.crash()
      await open()
      expect(await use(1, 'code', 'before')).toBe(false)
      const answers = await inParallel(tries, n => use((n % 2) as 0 | 1, 'jti', 'raced'))
      expect(answers.filter(answer => answer)).toHaveLength(0)
    },
  )
})

/** As many at once as a busy server has. */
async function inParallel<Result>(count: number, work: (n: number) => Promise<Result>, atOnce = 64): Promise<readonly Result[]> {
  const results: Result[] = []
  let next = 0
  const worker = async () => {
    for (let n = next++; n < count; n = next++) results.push(await work(n))
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}
