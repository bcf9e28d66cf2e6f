import { parseAbi } from 'viem'
import { expect, test } from 'vitest'
import { evmCall } from './evm-call.ts'

const abi = parseAbi([
  'function put(int32 id, bytes key, bool isOn)',
  'function many(bytes[] headers, uint256[] signers, uint8[][] deep)',
  'function to(address who)',
  'function pair((uint256 x, uint256 y) point)',
])

test('arguments as text become a call', () => {
  expect(evmCall(abi, 'put', ['-6', '0x69', 'true']).data.slice(10)).toBe(
    `${'f'.repeat(63)}a${'60'.padStart(64, '0')}${'1'.padStart(64, '0')}${'1'.padStart(64, '0')}69${'0'.repeat(62)}`,
  )
  expect(evmCall(abi, 'many', ['["0x01"]', '["7"]', '[["1","2"],[]]']).item.name).toBe('many')
})

test.each<[string, string, string[]]>([
  ['a function that is not there', 'get', []],
  ['too few arguments', 'put', ['1', '0x69']],
  ['a number that is none', 'put', ['1.0', '0x69', 'true']],
  ['a number with a zero in front', 'put', ['01', '0x69', 'true']],
  ['a number out of range', 'put', ['2147483648', '0x69', 'true']],
  ['half a byte', 'put', ['1', '0x6', 'true']],
  ['bytes that are none', 'put', ['1', '69', 'true']],
  ['a truth that is none', 'put', ['1', '0x69', 'yes']],
  ['a list that is none', 'many', ['0x01', '[]', '[]']],
  ['a list of numbers that are not text', 'many', ['[]', '[7]', '[]']],
  ['an address of other length', 'to', ['0x69']],
  ['a tuple', 'pair', ['{"x":"1","y":"2"}']],
])('refuses %s', (_, name, args) => {
  expect(() => evmCall(abi, name, args)).toThrow(TypeError)
})
