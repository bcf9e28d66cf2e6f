import { expect, test } from 'vitest'
import { difference } from './difference.ts'

const proven = { allowed: true, right: { entry: { timeMs: 1, label: '' } }, names: ['a', 'b'], nothing: null }

test('the same is the same, whatever is undefined', () => {
  expect(difference({ ...structuredClone(proven), more: undefined }, proven)).toBeUndefined()
  expect(difference(null, null)).toBeUndefined()
})

test.each([
  [{ ...proven, allowed: false }, 'allowed'],
  [{ ...proven, right: { entry: { timeMs: 2, label: '' } } }, 'right.entry.timeMs'],
  [{ ...proven, right: { entry: null } }, 'right.entry'],
  [{ ...proven, names: ['a'] }, 'names.1'],
  [{ ...proven, names: { 0: 'a', 1: 'b' } }, 'names'],
  [{ ...proven, extra: 1 }, 'extra'],
  [{ ...proven, nothing: undefined }, 'nothing'],
  [null, '(all)'],
])('what differs is named: %j', (shown, where) => {
  expect(difference(shown, proven)).toBe(where)
})
