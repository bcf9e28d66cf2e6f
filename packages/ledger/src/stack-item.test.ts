import { expect, test } from 'vitest'
import { asBoolean, asBytes, asInteger, asScriptHash, asStruct, asText, isNull, parseStackItem, type StackItem } from './stack-item.ts'

const refused = expect.objectContaining({ code: 'ERR_LEDGER_ANSWER' })
const bytes = (...values: number[]): StackItem => ({ type: 'ByteString', value: Uint8Array.from(values) })

test('parses every type that a result or a notification can hold', () => {
  const json = {
    type: 'Struct',
    value: [
      { type: 'Any' },
      { type: 'Boolean', value: true },
      { type: 'Integer', value: '-170141183460469231731687303715884105728' },
      { type: 'ByteString', value: 'AQI=' },
      { type: 'Buffer', value: '' },
      { type: 'Map', value: [{ key: { type: 'Integer', value: '1' }, value: { type: 'Array', value: [] } }] },
    ],
  }
  expect(parseStackItem(json)).toEqual({
    type: 'Struct',
    value: [
      { type: 'Any' },
      { type: 'Boolean', value: true },
      { type: 'Integer', value: -(2n ** 127n) },
      bytes(1, 2),
      { type: 'Buffer', value: new Uint8Array() },
      {
        type: 'Map',
        value: [
          [
            { type: 'Integer', value: 1n },
            { type: 'Array', value: [] },
          ],
        ],
      },
    ],
  })
})

test.each([
  null,
  'text',
  {},
  { type: 'Pointer', value: 3 },
  { type: 'InteropInterface' },
  { type: 'Boolean', value: 'true' },
  { type: 'Integer', value: 1 },
  { type: 'Integer', value: '1.5' },
  { type: 'Integer', value: '9'.repeat(79) },
  { type: 'ByteString', value: 'AQI' },
  { type: 'ByteString', value: 'AR==' },
  { type: 'Array', value: {} },
  { type: 'Map', value: [[]] },
  { type: 'Map', value: [null] },
])('refuses %j', json => {
  expect(() => parseStackItem(json)).toThrow(refused)
})

test('refuses what is nested too deep', () => {
  let json: unknown = { type: 'Any' }
  for (let depth = 0; depth < 40; depth++) json = { type: 'Array', value: [json] }
  expect(() => parseStackItem(json)).toThrow(refused)
})

test('reads integers, also from bytes and booleans, as the VM does', () => {
  expect(asInteger({ type: 'Integer', value: 7n })).toBe(7n)
  expect(asInteger({ type: 'Boolean', value: true })).toBe(1n)
  expect(asInteger(bytes())).toBe(0n)
  expect(asInteger(bytes(0xff))).toBe(-1n)
  expect(asInteger(bytes(0xff, 0))).toBe(255n)
  expect(() => asInteger(bytes(...new Array(33).fill(1)))).toThrow(refused)
  expect(() => asInteger({ type: 'Any' })).toThrow(refused)
  expect(() => asInteger(undefined)).toThrow(refused)
})

test('reads bytes, text, booleans and script hashes, and nothing else as such', () => {
  expect(asBytes({ type: 'Buffer', value: Uint8Array.of(1) })).toEqual(Uint8Array.of(1))
  expect(asText(bytes(0xe8, 0x99, 0x8e))).toBe('虎')
  expect(() => asText(bytes(0xff))).toThrow(refused)
  expect(() => asBytes({ type: 'Integer', value: 1n })).toThrow(refused)
  expect(asBoolean({ type: 'Integer', value: 1n })).toBe(true)
  expect(asBoolean({ type: 'Boolean', value: false })).toBe(false)
  expect(() => asBoolean({ type: 'Integer', value: 2n })).toThrow(refused)
  expect(asScriptHash(bytes(...new Array(19).fill(0), 0xab))).toBe(`ab${'00'.repeat(19)}`)
  expect(() => asScriptHash(bytes(1))).toThrow(refused)
  expect(isNull({ type: 'Any' })).toBe(true)
  expect(isNull(bytes())).toBe(false)
})

test('reads structs of at least so many members', () => {
  const struct: StackItem = { type: 'Struct', value: [bytes(), bytes()] }
  expect(asStruct(struct, 2)).toHaveLength(2)
  expect(() => asStruct(struct, 3)).toThrow(refused)
  expect(() => asStruct(bytes())).toThrow(refused)
})
