import { expect, test } from 'vitest'
import { median, medianInterval, quantile, seededRandom } from './statistics.ts'

test('takes the middle value, and the mean of the middle two', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(median([])).toBeNaN()
})

test('interpolates a quantile between two values', () => {
  expect(quantile([0, 10], 0.25)).toBe(2.5)
})

test('gives the same interval for the same seed, around the median', () => {
  const values = Array.from({ length: 21 }, (_, index) => index)
  const first = medianInterval(values, seededRandom(7))
  expect(medianInterval(values, seededRandom(7))).toEqual(first)
  expect(first.low).toBeLessThan(10)
  expect(first.high).toBeGreaterThan(10)
})
