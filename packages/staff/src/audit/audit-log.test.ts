import { join } from 'node:path'
import {
  type AuditFinding,
  auditHashOf,
  type ChainedAuditRecord,
  checkAuditLog,
  createLog,
  type Database,
  type LedgerAuditAnchor,
  migrate,
  openEmbeddedDatabase,
} from '@hufu/service'
import { FixedClock } from '@hufu/testkit'
import { Registry } from 'prom-client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ManualJobs } from '../people/manual-jobs.ts'
import { newFolder } from '../people/staff-fixture.ts'
import { auditMigrations } from './audit-schema.ts'
import { exportLog } from './export-log.ts'
import { type OpenAuditLog, openAuditLog } from './open-audit-log.ts'

const clock = new FixedClock()
const metrics = new Registry()
const ledger: LedgerAuditAnchor[] = []
const jobs = new ManualJobs()
let database: Database
let audit: OpenAuditLog
let fails = false
let powerCutAt: string | undefined

/** Ten records, anchors after the fourth and the eighth. */
beforeAll(async () => {
  database = await openEmbeddedDatabase(join(newFolder(), 'database'))
  await migrate(database, auditMigrations)
  audit = openAuditLog({
    ...{ database, jobs, clock, metrics, log: createLog({ level: 'silent' }), chainEveryMs: 3_600_000 },
    self: { slug: 'bank', did: 'did:neo:test:bank' },
    onStep(step) {
      if (step === powerCutAt) throw new Error('power cut')
    },
    async anchor(hash) {
      if (fails) throw new Error('no node answered')
      // The same hash twice is one write.
      if (!ledger.some(each => each.hash === hash)) ledger.push({ hash, timeMs: clock.nowMs(), blockIndex: 100 + ledger.length })
      return { blockIndex: 100 + ledger.findIndex(each => each.hash === hash), timeMs: clock.nowMs(), transactionHash: 'ab' }
    },
  })
  for (const count of [4, 4, 2]) {
    await append(count)
    if (count === 4) await audit.anchor()
    clock.advance(60_000)
  }
})

afterAll(async () => {
  await audit.close()
  await database.close()
})

let number = 0
async function append(count: number): Promise<void> {
  await database.transaction(async queries => {
    for (let i = 0; i < count; i++) {
      clock.advance(1_000)
      await audit.append(queries, { actor: 'staff 1', action: 'tested', subject: `thing ${++number}`, detail: { n: number } })
    }
  })
  await audit.chain()
}

async function check(): Promise<AuditFinding | null> {
  return checkAuditLog(await copyOf(), ledger).finding
}

async function copyOf() {
  let text = ''
  for await (const line of exportLog(database, { did: 'did:neo:test:bank', list: 'audit:bank', exportedAtMs: clock.nowMs() })) text += line
  const [, ...lines] = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  return {
    records: lines.filter(line => line.sequence !== undefined),
    anchors: lines.flatMap(line => line.anchor ?? []),
    head: lines.find(line => line.head !== undefined).head,
    exportedAtMs: undefined,
  }
}

test('a log that nobody touched holds, up to its last record, and anchors vouch for all but the last two', async () => {
  expect(checkAuditLog(await copyOf(), ledger)).toMatchObject({ finding: null, records: 10, anchorsMet: 2, anchoredThrough: 8 })
})

describe('a change in the database is found, and where:', () => {
  beforeEach(() => database.query('create temporary table kept as select * from audit_entries'))
  afterEach(async () => {
    await database.query('delete from audit_entries')
    await database.query('insert into audit_entries overriding system value select * from kept')
    await database.query('drop table kept')
    expect(await check()).toBeNull()
  })

  test.each<[string, string, AuditFinding]>([
    [
      'edited content',
      `update audit_entries set entry = replace(entry, 'tested', 'tasted') where sequence = 5`,
      { kind: 'edited', from: 5, to: 5 },
    ],
    ['edited time', 'update audit_entries set at_ms = at_ms + 1 where sequence = 5', { kind: 'edited', from: 5, to: 5 }],
    [
      'the last record edited, after the last anchor',
      `update audit_entries set entry = replace(entry, 'tested', 'tasted') where sequence = 10`,
      { kind: 'edited', from: 10, to: 10 },
    ],
    ['content that is not JSON', `update audit_entries set entry = 'x' where sequence = 1`, { kind: 'edited', from: 1, to: 1 }],
    ['a hash', `update audit_entries set hash = repeat('ab', 32) where sequence = 5`, { kind: 'edited', from: 5, to: 5 }],
    ['the hash before', `update audit_entries set previous_hash = repeat('ab', 32) where sequence = 5`, { kind: 'edited', from: 5, to: 5 }],
    ['a record removed', 'delete from audit_entries where sequence = 5', { kind: 'removed', from: 5, to: 5 }],
    ['the first three removed', 'delete from audit_entries where sequence < 4', { kind: 'removed', from: 1, to: 3 }],
    ['two at the end removed', 'delete from audit_entries where sequence > 8', { kind: 'truncated', from: 9, to: 10 }],
    ['a position changed', 'update audit_entries set sequence = 11 where sequence = 5', { kind: 'removed', from: 5, to: 5 }],
  ])('%s', async (_, sql, finding) => {
    await database.query(sql)
    expect(await check()).toEqual(finding)
  })

  test('records removed, and the rest counted anew', async () => {
    await database.query('delete from audit_entries where sequence in (5, 6)')
    await renumber(-2, 'sequence > 6')
    await database.query('update audit_head set sequence = 8')
    expect(await check()).toEqual({ kind: 'removed', from: 5, to: 6 })
    await database.query('update audit_head set sequence = 10')
  })

  test('two records that changed places', async () => {
    await database.query('update audit_entries set sequence = -1 where sequence = 5')
    await database.query('update audit_entries set sequence = 5 where sequence = 7')
    await database.query('update audit_entries set sequence = 7 where sequence = -1')
    expect(await check()).toEqual({ kind: 'reordered', from: 5, to: 7 })
  })

  test('a record put in, chained to the one before it, and the rest counted anew', async () => {
    await renumber(1, 'sequence > 4')
    await insert(5)
    await database.query('update audit_head set sequence = 11')
    expect(await check()).toEqual({ kind: 'inserted', from: 5, to: 5 })
    await database.query('update audit_head set sequence = 10')
  })

  test('a record put in that is chained to nothing', async () => {
    await renumber(1, 'sequence > 4')
    await database.query(
      `insert into audit_entries (at_ms, entry, sequence, previous_hash, hash) values (1, '{"action":"a","actor":"b"}', 5, repeat('ab', 32), repeat('cd', 32))`,
    )
    await database.query('update audit_head set sequence = 11')
    expect(await check()).toEqual({ kind: 'inserted', from: 5, to: 5 })
    await database.query('update audit_head set sequence = 10')
  })

  test('the end cut off, and the head set back: an anchor tells', async () => {
    await database.query('delete from audit_entries where sequence > 6')
    await database.query('update audit_head set sequence = 6, hash = (select hash from audit_entries where sequence = 6)')
    expect(await check()).toEqual({ kind: 'truncated', from: 7, to: undefined })
    await restoreHead()
  })

  test('all written anew from some record on, hashes and head with it: only the ledger tells', async () => {
    await database.query(`update audit_entries set entry = replace(entry, 'tested', 'tasted') where sequence = 6`)
    await rechain(6)
    const copy = await copyOf()
    expect(checkAuditLog({ ...copy, anchors: [] }, []).finding).toBeNull()
    expect(checkAuditLog(copy, ledger).finding).toEqual({ kind: 'forked', from: 5, to: 8 })
    // Also where the log's own note of its anchors went with it.
    expect(checkAuditLog({ ...copy, anchors: [] }, ledger).finding).toMatchObject({ kind: 'forked', from: 5 })
    await restoreHead()
  })

  test('an anchor that the ledger does not have', async () => {
    await database.query(
      'insert into audit_anchors (sequence, hash, begun_at_ms, block_index, time_ms) select 9, hash, 0, 1, 1 from audit_entries where sequence = 9',
    )
    expect(await check()).toEqual({ kind: 'not-anchored', from: 9, to: 9 })
    await database.query('delete from audit_anchors where sequence = 9')
  })

  test('by the next chaining, too, which goes on from the head that it knows', async () => {
    await database.query('delete from audit_entries where sequence = 9')
    await database.transaction(queries => audit.append(queries, { actor: 'server', action: 'went on' }))
    await audit.chain()
    expect(await metrics.getSingleMetric('hufu_audit_damaged')?.get()).toMatchObject({ values: [{ value: 1 }] })
    expect(await check()).toEqual({ kind: 'removed', from: 9, to: 9 })
    await restoreHead()
  })
})

test('what is rolled back is not in the log, and what is not chained yet is chained in the order of writing', async () => {
  const before = (await copyOf()).records.length
  const failing = database.transaction(async queries => {
    await audit.append(queries, { actor: 'server', action: 'not done' })
    throw new Error('enough')
  })
  await expect(failing).rejects.toThrow('enough')
  await append(2_500)
  const { records } = await copyOf()
  expect(records).toHaveLength(before + 2_500)
  expect(records.slice(-2_500).map((record: ChainedAuditRecord) => record.detail?.n)).toEqual(
    Array.from({ length: 2_500 }, (_, index) => number - 2_499 + index),
  )
  expect(checkAuditLog(await copyOf(), ledger).finding).toBeNull()
})

test('two that chain at once chain everything once', async () => {
  for (let i = 0; i < 50; i++) await database.transaction(queries => audit.append(queries, { actor: 'server', action: 'at once' }))
  await Promise.all([audit.chain(), audit.chain(), audit.chain()])
  expect(await check()).toBeNull()
})

describe('a head is anchored', () => {
  test('once a minute at most, only if it changed, and again where that failed', async () => {
    clock.advance(60_000)
    await append(1)
    const before = ledger.length
    fails = true
    await expect(jobs.run('audit anchor')).rejects.toThrow('no node answered')
    fails = false
    await jobs.run('audit anchor')
    expect(ledger).toHaveLength(before + 1)
    await append(1)
    await jobs.run('audit anchor')
    expect(ledger).toHaveLength(before + 1)
    clock.advance(60_000)
    await jobs.run('audit anchor')
    await jobs.run('audit anchor')
    expect(ledger).toHaveLength(before + 2)
    expect(await check()).toBeNull()
  })

  test.each(['anchor begun', 'anchor written'])('though the process ended when %s, neither lost nor twice', async point => {
    clock.advance(60_000)
    await append(1)
    const before = ledger.length
    powerCutAt = point
    await expect(jobs.run('audit anchor')).rejects.toThrow('power cut')
    powerCutAt = undefined
    await append(1)
    await jobs.run('audit anchor')
    expect(ledger).toHaveLength(before + 1)
    expect(await check()).toBeNull()
  })
})

test('an old copy is judged by the anchors of its time', async () => {
  const copy = { ...(await copyOf()), exportedAtMs: clock.nowMs() }
  clock.advance(120_000)
  await append(1)
  await audit.anchor()
  expect(checkAuditLog(copy, ledger).finding).toBeNull()
  expect(checkAuditLog({ ...copy, exportedAtMs: undefined }, ledger).finding).toMatchObject({ kind: 'truncated' })
})

test('an entry holds no more than says what was done', async () => {
  const entry = { actor: 'server', action: 'a', subject: 'x'.repeat(401) }
  await expect(database.transaction(queries => audit.append(queries, entry))).rejects.toThrow(TypeError)
})

async function renumber(by: number, where: string): Promise<void> {
  await database.query(`update audit_entries set sequence = -sequence where ${where}`)
  await database.query(`update audit_entries set sequence = -sequence + $1 where sequence < 0`, [by])
}

/** As somebody would who can write the database. */
async function insert(sequence: number): Promise<void> {
  const [before] = await database.query<{ hash: string; at_ms: number }>('select hash, at_ms from audit_entries where sequence = $1', [
    sequence - 1,
  ])
  const record = { sequence, atMs: before!.at_ms, actor: 'staff 2', action: 'approved' }
  await database.query('insert into audit_entries (at_ms, entry, sequence, previous_hash, hash) values ($1, $2, $3, $4, $5)', [
    ...[record.atMs, JSON.stringify({ actor: record.actor, action: record.action }), sequence],
    ...[before!.hash, auditHashOf(before!.hash, record)],
  ])
}

async function rechain(from: number): Promise<void> {
  const rows = await database.query<{ sequence: number; at_ms: number; entry: string; previous_hash: string }>(
    'select * from audit_entries where sequence >= $1 order by sequence',
    [from],
  )
  let previousHash = rows[0]!.previous_hash
  for (const { sequence, at_ms, entry } of rows) {
    const hash = auditHashOf(previousHash, { sequence, atMs: at_ms, ...JSON.parse(entry) })
    await database.query('update audit_entries set previous_hash = $2, hash = $3 where sequence = $1', [sequence, previousHash, hash])
    previousHash = hash
  }
  await database.query('update audit_head set hash = $1', [previousHash])
}

async function restoreHead(): Promise<void> {
  await database.query('update audit_head set sequence = 10, hash = (select hash from kept where sequence = 10)')
}
