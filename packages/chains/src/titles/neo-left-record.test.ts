import { type StackItem, serializeStackItem } from '@hufu/ledger'
import { concatBytes, hexToBytes, utf8ToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { neoLeftKey, parseNeoLeftRecord, transferOfLeftKey } from './neo-left-record.ts'

const transferId = 'a1'.repeat(32)
const text = (value: string): StackItem => ({ type: 'ByteString', value: utf8ToBytes(value) })
const integer = (value: bigint): StackItem => ({ type: 'Integer', value })

function record(changes: readonly StackItem[] = [], length = 7): Uint8Array {
  const members: StackItem[] = [
    text('neo3-77.licence'),
    { type: 'ByteString', value: hexToBytes('c0'.repeat(32)) },
    text('fabric:hospitals@0123456789abcdef'),
    text('did:neo:other:N1'),
    text('did:neo:test:N2'),
    integer(1_767_225_600_000n),
    integer(5n),
  ]
  return serializeStackItem({ type: 'Struct', value: members.map((member, at) => changes[at] ?? member).slice(0, length) })
}

/** The record with another member at a place. */
function but(at: number, item: StackItem): Uint8Array {
  const changes: StackItem[] = []
  changes[at] = item
  return record(changes)
}

const refused = expect.objectContaining({ code: 'ERR_CHAIN_PROOF' })

test('a record is read whole', () => {
  expect(parseNeoLeftRecord(record())).toEqual({
    assetId: 'neo3-77.licence',
    contentHash: 'c0'.repeat(32),
    toNetwork: 'fabric:hospitals@0123456789abcdef',
    toHolder: 'did:neo:other:N1',
  })
})

test('its key names the transfer, and other keys name none', () => {
  const key = neoLeftKey(transferId)
  expect(transferOfLeftKey(key)).toBe(transferId)
  expect(transferOfLeftKey(concatBytes(key, Uint8Array.of(0)))).toBeUndefined()
  expect(transferOfLeftKey(key.subarray(0, 32))).toBeUndefined()
  for (const prefix of [0x01, 0x03]) expect(transferOfLeftKey(Uint8Array.of(prefix, ...key.subarray(1)))).toBeUndefined()
})

test.each([
  ['an identifier with capitals', but(0, text('Licence'))],
  ['no identifier', but(0, text(''))],
  ['an identifier too long', but(0, text('a'.repeat(64)))],
  ['a hash cut short', but(1, { type: 'ByteString', value: new Uint8Array(31) })],
  ['no network', but(2, text('nowhere'))],
  ['no holder', but(3, text(''))],
  ['a holder with a space', but(3, text('Zhang San'))],
  ['a holder too long', but(3, text('a'.repeat(129)))],
  ['no text', but(3, { type: 'ByteString', value: Uint8Array.of(0xff, 0xfe) })],
  ['a number in its place', but(0, integer(1n))],
  ['a member less', record([], 6)],
  ['a byte more', concatBytes(record(), Uint8Array.of(0))],
  ['nothing', new Uint8Array()],
  ['a title', serializeStackItem({ type: 'Struct', value: [text('neo3-77.licence')] })],
])('refuses %s', (_, bytes) => {
  expect(() => parseNeoLeftRecord(bytes)).toThrow(refused)
})

test('refuses it cut short anywhere', () => {
  const whole = record()
  for (let length = 0; length < whole.length; length++) expect(() => parseNeoLeftRecord(whole.subarray(0, length))).toThrow(refused)
})
