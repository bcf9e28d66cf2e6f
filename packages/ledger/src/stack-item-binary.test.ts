import { bytesToHex, concatBytes, hexToBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import vectors from '../vectors/neo-go-stack-items.json' with { type: 'json' }
import { parseStackItem, type StackItem } from './stack-item.ts'
import { deserializeStackItem, serializeStackItem } from './stack-item-binary.ts'

const refused = expect.objectContaining({ code: 'ERR_LEDGER_ANSWER' })

function deserializeHex(hex: string) {
  return deserializeStackItem(hexToBytes(hex))
}

describe('neo-go vectors', () => {
  test.each(vectors.items)('reads $name as JSON-RPC shows it', ({ bytes, json }) => {
    expect(deserializeHex(bytes)).toEqual(parseStackItem(json))
  })

  test.each(vectors.items)('refuses $name cut short or with a byte more', ({ bytes }) => {
    for (let length = 0; length < bytes.length; length += 2) expect(() => deserializeHex(bytes.slice(0, length))).toThrow(refused)
    expect(() => deserializeHex(`${bytes}00`)).toThrow(refused)
  })
})

test.each(vectors.items)('writes $name as neo-go does', ({ bytes, json }) => {
  expect(bytesToHex(serializeStackItem(parseStackItem(json)))).toBe(bytes)
})

test('writes nothing that a node would not', () => {
  const deep = (levels: number): StackItem => (levels === 0 ? { type: 'Any' } : { type: 'Array', value: [deep(levels - 1)] })
  const many = (count: number): StackItem => ({ type: 'Array', value: Array.from({ length: count }, () => ({ type: 'Any' })) })
  expect(deserializeStackItem(serializeStackItem(deep(32)))).toEqual(deep(32))
  expect(deserializeStackItem(serializeStackItem(many(2047)))).toEqual(many(2047))
  for (const item of [
    deep(33),
    many(2048),
    { type: 'ByteString', value: new Uint8Array(65_533) },
    { type: 'Integer', value: 1n << 255n },
    { type: 'Map', value: [[many(0), many(0)]] },
  ] satisfies StackItem[])
    expect(() => serializeStackItem(item)).toThrow()
})

test.each([
  ['a boolean of 2', '2002'],
  ['zero as a byte', '210100'],
  ['an integer with a superfluous zero', '21020100'],
  ['an integer with a superfluous sign byte', '2102ffff'],
  ['an integer of 33 bytes', `2121${'01'.repeat(33)}`],
  ['a length that is not in its shortest form', '28fd010041'],
  ['a pointer', '1000'],
  ['an interop interface', '60'],
  ['an unknown type', 'ff'],
  ['a map with a key twice', '48022101010021010100'],
  ['a map with an array as key', '4801400000'],
  ['a map with a buffer as key', '4801300000'],
  ['a map with a key of 65 bytes', `48012841${'00'.repeat(65)}00`],
])('refuses %s', (_, hex) => {
  expect(() => deserializeHex(hex)).toThrow(refused)
})

test('bounds count, depth and length', () => {
  const nulls = (count: number) =>
    concatBytes(hexToBytes(`40fd${bytesToHex(Uint8Array.of(count & 0xff, count >> 8))}`), new Uint8Array(count))
  expect(deserializeStackItem(nulls(2047))).toMatchObject({ type: 'Array' })
  expect(() => deserializeStackItem(nulls(2048))).toThrow(refused)
  expect(deserializeHex(`${'4001'.repeat(32)}00`)).toMatchObject({ type: 'Array' })
  expect(() => deserializeHex(`${'4001'.repeat(33)}00`)).toThrow(refused)
  expect(() => deserializeStackItem(concatBytes(hexToBytes('28fdfdff'), new Uint8Array(65_533)))).toThrow(refused)
})
