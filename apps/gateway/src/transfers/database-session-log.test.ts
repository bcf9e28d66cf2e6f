import type { OpenedRecord, SessionRecord } from '@hufu/satp'
import { type Database, migrate, openEmbeddedDatabase } from '@hufu/service'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { networkOf } from '../gateway-fixture.ts'
import { gatewayMigrations } from '../gateway-migrations.ts'
import { DatabaseSessionLog } from './database-session-log.ts'
import { SessionBook } from './session-book.ts'

let database: Database
let log: DatabaseSessionLog
let book: SessionBook

const id = '7'.repeat(64)
const opened: OpenedRecord = {
  ...{ kind: 'opened', atMs: 1, role: 'originator', counterpart: 'did:neo:test:b', fromHolder: 'did:neo:test:holder' },
  transfer: {
    ...{ transferId: id, assetId: 'licence-7', contentHash: 'c'.repeat(64), fromNetwork: networkOf('a'), toNetwork: networkOf('b') },
    ...{ toHolder: 'did:neo:test:holder', lockUntilMs: 9 },
  },
}
const acting: SessionRecord = { kind: 'acting', action: 'lock', atMs: 2 }
const closed: SessionRecord = { kind: 'closed', outcome: 'aborted', reason: 'time-out', atMs: 3 }
const conflict = expect.objectContaining({ code: 'ERR_SATP_LOG_CONFLICT' })

beforeAll(async () => {
  database = await openEmbeddedDatabase()
  await migrate(database, gatewayMigrations)
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.query('delete from gateway_session_log')
  await database.query('delete from gateway_sessions')
  log = new DatabaseSessionLog(database)
  book = new SessionBook(database)
})

test('records come back in order, also to whoever opens the log anew', async () => {
  await log.append(id, 0, opened)
  await log.append(id, 1, acting)
  expect(await new DatabaseSessionLog(database).read(id)).toEqual([opened, acting])
  expect(await log.read('8'.repeat(64))).toEqual([])
})

test('of two who add a record at one position, one is told', async () => {
  await log.append(id, 0, opened)
  const results = await Promise.allSettled([log.append(id, 1, acting), new DatabaseSessionLog(database).append(id, 1, closed)])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await log.read(id)).toHaveLength(2)
})

test.each([
  ['a position that is taken', 0],
  ['a position that leaves one out', 2],
])('refuses %s, and writes nothing', async (_, position) => {
  await log.append(id, 0, opened)
  await expect(log.append(id, position, acting)).rejects.toThrow(conflict)
  expect(await log.read(id)).toEqual([opened])
  expect((await book.find(id))!.records).toBe(1)
})

test('a session is open until its last record closes it, and again when one follows', async () => {
  await log.append(id, 0, opened)
  expect(await log.open()).toEqual([id])
  await log.append(id, 1, closed)
  expect(await log.open()).toEqual([])
  expect(await book.counts()).toEqual({ underWay: 0, failing: 0, completed: 0, aborted: 1 })
  await log.append(id, 2, acting)
  expect(await log.open()).toEqual([id])
})

test('a log of which a record is missing is not read', async () => {
  await log.append(id, 0, opened)
  await log.append(id, 1, acting)
  await database.query('delete from gateway_session_log where position = 0')
  await expect(log.read(id)).rejects.toThrow(expect.objectContaining({ code: 'ERR_SATP_LOG_DAMAGED' }))
})
