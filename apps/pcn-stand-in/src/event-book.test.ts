import { expect, test } from 'vitest'
import { EventBook } from './event-book.ts'

const nowMs = Date.UTC(2026, 10, 27, 1, 2, 3)
const block = { number: 7, hash: 'a1'.repeat(32), previousHash: 'b2'.repeat(32), size: 1, transactions: [] }
const of = { chainCode: 'cc', eventKey: 'registry\\..*', notifyUrl: 'http://127.0.0.1:1/told', attachArgs: 'a=1' }

test('a block is told to whoever registered for blocks, under a nonce of its own each time', () => {
  const events = new EventBook('ORG1')
  const ids = [events.add({ ...of, kind: 'block' }, nowMs), events.add({ ...of, kind: 'block' }, nowMs)]
  events.add({ ...of, kind: 'chaincode' }, nowMs)
  const told = [...events.callbacksOf(block), ...events.callbacksOf({ ...block, number: 8 })]
  expect(told.map(({ body }) => [body.eventId, body.blockNumber, body.previousHash])).toEqual([
    [ids[0], 7, block.previousHash],
    [ids[1], 7, block.previousHash],
    [ids[0], 8, block.previousHash],
    [ids[1], 8, block.previousHash],
  ])
  expect(new Set(told.map(({ body }) => body.nonceStr)).size).toBe(4)
})

test('registrations are listed, removed once, and made with a key that can be matched only', () => {
  const events = new EventBook('ORG1')
  const eventId = events.add({ ...of, kind: 'chaincode' }, nowMs)
  expect(events.list()).toEqual([{ ...of, kind: 'chaincode', eventId, createTime: '2026-11-27 01:02:03' }])
  expect(() => events.add({ ...of, kind: 'chaincode', eventKey: '(' }, nowMs)).toThrow(/regular expression/)
  events.remove(eventId)
  expect(() => events.remove(eventId)).toThrow(/no such registration/)
  expect(events.list()).toEqual([])
})
