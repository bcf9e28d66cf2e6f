import { expect, test } from 'vitest'
import { parseNetworkId } from './network-id.ts'

test.each(['neo3:20260101', 'eip155:31337', 'fabric:hospitals@0123456789abcdef', 'cosmos:wenchangchain'])('takes %s', text => {
  expect(parseNetworkId(text)).toBe(text)
})

test.each([
  '',
  'neo3',
  'eip155:',
  'EIP155:1',
  'fabric:hospitals@0123456789abcde',
  'fabric:Hospitals@0123456789abcdef',
  'fabric:hospitals@0123456789abcdef\n',
  'cosmos:a/b',
  `cosmos:${'a'.repeat(33)}`,
])('refuses %j', text => {
  expect(() => parseNetworkId(text)).toThrow('CAIP-2')
})
