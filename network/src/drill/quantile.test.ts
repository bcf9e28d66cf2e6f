import { expect, test } from 'vitest'
import { quantile } from './quantile.ts'

test('takes the value by nearest rank, whatever the order', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(quantile(values, 0.5)).toBe(50)
  expect(quantile(values, 0.99)).toBe(99)
  expect(quantile(values, 1)).toBe(100)
  expect(quantile([7], 0.01)).toBe(7)
})

test('is infinite without values: what was not measured keeps no promise', () => {
  expect(quantile([], 0.99)).toBe(Number.POSITIVE_INFINITY)
})
