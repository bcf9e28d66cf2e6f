import type { FleetSnapshot } from '@hufu/network'
import { type Database, migrate, openEmbeddedDatabase } from '@hufu/service'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleMigrations } from '../console-schema.ts'
import { FleetHistoryBook } from './fleet-history.ts'

let database: Database

beforeAll(async () => {
  database = await openEmbeddedDatabase()
  await migrate(database, consoleMigrations)
})
afterAll(() => database.close())

const snapshot = (atMs: number, margin: number) =>
  ({ atMs, margin, height: atMs / 1000, blockTimeMs: 2_000, viewChanges: 0, alarms: [], nodes: [] }) as unknown as FleetSnapshot

test('keeps a sample every five seconds, and shows the worst of each stretch', async () => {
  const book = new FleetHistoryBook(database)
  for (let second = 0; second <= 100; second++) await book.note(snapshot(1_000_000 + second * 1000, second === 40 ? -1 : 2))
  const all = await book.read({ fromMs: 1_000_000, toMs: 1_100_000, points: 1000 })
  expect(all.points.map(({ atMs }) => (atMs - 1_000_000) / 5000)).toEqual(Array.from({ length: 21 }, (_, index) => index))
  const few = await book.read({ fromMs: 1_000_000, toMs: 1_100_000, points: 4 })
  expect(few.points).toHaveLength(4)
  expect(few.points.filter(({ margin }) => margin === -1).map(({ atMs }) => atMs)).toEqual([1_040_000])
  expect((await book.read({ fromMs: 1_090_000, toMs: 1_095_000, points: 10 })).points).toHaveLength(2)
  expect((await book.read({ fromMs: 0, toMs: 999_999, points: 10 })).points).toEqual([])
})

test('forgets what is older than thirty days', async () => {
  const book = new FleetHistoryBook(database)
  await book.note(snapshot(1_000_000 + 31 * 86_400_000, 2))
  expect((await book.read({ fromMs: 0, toMs: 2_000_000, points: 1000 })).points).toEqual([])
})
