import type { StackItem } from '@hufu/ledger'
import { hexToBytes, utf8ToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { neoTitleState } from './neo-title-state.ts'

const text = (value: string): StackItem => ({ type: 'ByteString', value: utf8ToBytes(value) })
const bytes = (hex: string): StackItem => ({ type: 'ByteString', value: hexToBytes(hex) })
const integer = (value: number): StackItem => ({ type: 'Integer', value: BigInt(value) })
const transferId = 'a1'.repeat(32)

function record(state: number, untilMs: number, toNetwork: string, toHolder: string, members = 11): StackItem {
  const value = [
    integer(3),
    integer(state),
    text('did:neo:test:N1'),
    bytes('c0'.repeat(32)),
    bytes('11'.repeat(20)),
    bytes(transferId),
    integer(untilMs),
    text(toNetwork),
    text(toHolder),
    integer(1_767_225_600_000),
    integer(7),
  ]
  return { type: 'Struct', value: value.slice(0, members) }
}

const title = { assetId: 'neo3-77.licence', holder: 'did:neo:test:N1', contentHash: 'c0'.repeat(32) }
const way = { transferId, toNetwork: 'neo3:78', toHolder: 'did:neo:other:N2' }

test('a title is read in each of its states', () => {
  expect(neoTitleState(title.assetId, record(1, 0, '', ''))).toEqual({ ...title, status: 'held' })
  expect(neoTitleState(title.assetId, record(2, 99, 'neo3:78', way.toHolder))).toEqual({
    ...title,
    status: 'locked',
    ...way,
    lockUntilMs: 99,
  })
  expect(neoTitleState(title.assetId, record(3, 0, 'neo3:78', way.toHolder))).toEqual({ ...title, status: 'left', ...way })
})

test.each([
  ['a state that there is not', record(4, 0, '', '')],
  ['a member less', record(1, 0, '', '', 10)],
  ['a record of something else', { type: 'Integer', value: 1n } as StackItem],
])('refuses %s', (_, item) => {
  expect(() => neoTitleState(title.assetId, item)).toThrow(expect.objectContaining({ code: 'ERR_LEDGER_ANSWER' }))
})
