import { mkdtempSync, rmSync } from 'node:fs'
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

test('shrinks its file without losing a record', async () => {
  const outbox = await FileOutbox.open(file)
  await Promise.all(Array.from({ length: 300 }, () => outbox.put(pending('a'))))
  await outbox.close()
  const again = await FileOutbox.open(file)
  expect(await again.pending()).toEqual([pending('a')])
  await again.put(durable('a'))
  await again.close()
  const last = await FileOutbox.open(file)
  expect(await last.pending()).toEqual([])
  await last.close()
})
