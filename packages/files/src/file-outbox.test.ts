import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DurableRecord, PendingRecord } from '@hufu/ledger'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FileOutbox } from './file-outbox.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-outbox-'))
  file = join(folder, 'outbox.journal')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const pending = (idempotencyKey: string): PendingRecord => ({
  state: 'pending',
  idempotencyKey,
  requestDigest: 'ab',
  transactionHash: 'cd',
  transaction: 'AA==',
  validUntilBlock: 7,
})

const durable = (idempotencyKey: string): DurableRecord => ({
  state: 'durable',
  idempotencyKey,
  requestDigest: 'ab',
  transactionHash: 'cd',
  blockIndex: 5,
})

test('holds after opening again what was put, replaced and removed', async () => {
  const outbox = await FileOutbox.open(file)
  await outbox.put(pending('a'))
  await outbox.put(pending('b'))
  await outbox.put(pending('c'))
  await outbox.put(durable('b'))
  await outbox.remove('c')
  await outbox.close()
  const again = await FileOutbox.open(file)
  expect(await again.pending()).toEqual([pending('a')])
  expect(await again.find('b')).toEqual(durable('b'))
  expect(await again.find('c')).toBeUndefined()
  await again.close()
})

test('shrinks its file while it is in use, and loses nothing put meanwhile', async () => {
  const outbox = await FileOutbox.open(file)
  const large = { ...pending('a'), transaction: 'A'.repeat(60_000) }
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 5 }, () => outbox.put(large)))
    await outbox.put(pending(`kept-${round}`))
  }
  expect(statSync(file).size).toBeLessThan(2_000_000)
  await outbox.close()
  const again = await FileOutbox.open(file)
  expect((await again.pending()).map(record => record.idempotencyKey).toSorted()).toEqual([
    'a',
    ...Array.from({ length: 10 }, (_, round) => `kept-${round}`),
  ])
  await again.close()
})

test('remembers only so many durable writes, the latest ones, and every pending one', async () => {
  const outbox = await FileOutbox.open(file)
  await outbox.put(pending('first'))
  for (const key of ['a', 'b', 'c']) await outbox.put(durable(key))
  await outbox.close()
  const again = await FileOutbox.open(file, { maxKeptDurable: 2 })
  expect(await again.find('a')).toBeUndefined()
  expect(await again.find('b')).toEqual(durable('b'))
  expect(await again.pending()).toEqual([pending('first')])
  await again.close()
})

test('refuses a second process', async () => {
  const outbox = await FileOutbox.open(file)
  await expect(FileOutbox.open(file)).rejects.toMatchObject({ code: 'ERR_FILE_LOCKED' })
  await outbox.close()
})
