import { expect, test } from 'vitest'
import { scaleOf } from './scale.ts'

test('puts the ends a little inside, and goes by powers where values lie far apart', () => {
  const { at, ticks } = scaleOf([1, 10, 100])
  expect([at(1), at(10), at(100)]).toEqual([5, 50, 95])
  expect(ticks.every(tick => tick >= 1 && tick <= 100)).toBe(true)
})

test('goes by equal steps where values lie close together or are not all positive', () => {
  expect(scaleOf([0, 50, 100]).at(50)).toBe(50)
  expect(scaleOf([1, 2]).ticks).toEqual([1, 1.2, 1.4, 1.6, 1.8, 2].filter((_, index) => index % 2 === 0))
})

test('bears a single value', () => {
  const { at } = scaleOf([7, 7])
  expect(at(7)).toBe(50)
})
