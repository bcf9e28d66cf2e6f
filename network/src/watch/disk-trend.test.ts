import { expect, test } from 'vitest'
import { DiskTrend } from './disk-trend.ts'

const minute = 60_000

function trendOf(free: readonly number[]): DiskTrend {
  const trend = new DiskTrend()
  for (const [index, bytes] of free.entries()) trend.add(index * minute, bytes)
  return trend
}

const falling = (count: number, from: number, step: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => from - index * step)

test('a disk that falls in a straight line is full when the line meets zero', () => {
  // 10,000 left after 10 samples; 100 a minute.
  expect(trendOf(falling(10, 10_900, 100)).fullInMs()).toBe(100 * minute)
})

test('nine samples say nothing, ten do', () => {
  expect(trendOf(falling(9, 10_900, 100)).fullInMs()).toBeNull()
  expect(trendOf(falling(10, 10_900, 100)).fullInMs()).not.toBeNull()
})

test.each([
  ['stays', falling(20, 10_000, 0)],
  ['grows', falling(20, 10_000, -50)],
  ['wavers', Array.from({ length: 20 }, (_, index) => 10_000 + (index % 2) * 500)],
])('a disk that %s is never full', (_, free) => {
  expect(trendOf(free).fullInMs()).toBeNull()
})

test('nothing is said about times beyond a hundred times what was seen', () => {
  // 9 minutes seen: 900 may be foretold.
  expect(trendOf(falling(10, 90_009, 100)).fullInMs()).not.toBeNull()
  expect(trendOf(falling(10, 91_001, 100)).fullInMs()).toBeNull()
})

test('more often than once a minute, samples do not count', () => {
  const trend = new DiskTrend()
  for (let second = 0; second < 120; second++) trend.add(second * 1_000, 10_000 - second)
  expect(trend.fullInMs()).toBeNull()
})

test('a clock that is set back begins anew', () => {
  const trend = trendOf(falling(10, 10_900, 100))
  trend.add(-minute, 10_000)
  expect(trend.fullInMs()).toBeNull()
})

test('what was freed shows after a while', () => {
  const trend = new DiskTrend({ maxSamples: 10 })
  for (const [index, bytes] of falling(10, 10_900, 100).entries()) trend.add(index * minute, bytes)
  for (let index = 10; index < 20; index++) trend.add(index * minute, 50_000)
  expect(trend.fullInMs()).toBeNull()
})
