import { expect, test } from 'vitest'
import { extrapolated, growthExponent, largestShare, perSecondByCpu, sizeAtLimit } from './bottleneck.ts'

const points = (...pairs: readonly (readonly [x: number, y: number])[]) => pairs.map(([x, y]) => ({ x, y }))

test('tells what stands still from what grows as the size does, and from what grows faster', () => {
  expect(growthExponent(points([10, 7], [100, 7]))).toBe(0)
  expect(growthExponent(points([10, 3], [1_000, 5], [10_000, 50]))).toBeCloseTo(1)
  expect(growthExponent(points([10, 3], [100, 300]))).toBeCloseTo(2)
  expect(growthExponent(points([10, 3]))).toBeNaN()
})

test('goes on as between the last two points', () => {
  expect(extrapolated(points([0, 9], [100, 10], [200, 30]), 300)).toBe(50)
  expect(extrapolated(points([100, 10]), 300)).toBeNaN()
})

test('finds the size at which a limit is reached, and none where nothing grows', () => {
  expect(sizeAtLimit(points([100, 10], [200, 30]), 50)).toBe(300)
  expect(sizeAtLimit(points([100, 10], [200, 10]), 50)).toBe(Number.POSITIVE_INFINITY)
  expect(sizeAtLimit(points([100, 10], [200, 9]), 50)).toBe(Number.POSITIVE_INFINITY)
})

test('a core has a thousand milliseconds a second', () => {
  expect(perSecondByCpu(2, 1)).toBe(500)
  expect(perSecondByCpu(2, 4)).toBe(2_000)
})

test('names who takes most, whatever the order', () => {
  expect(largestShare({ client: 1, node: 6, database: 3 })).toEqual({ name: 'node', share: 0.6 })
  expect(largestShare({ node: 6, client: 1, database: 3 }).name).toBe('node')
  expect(() => largestShare({ node: 0 })).toThrow(TypeError)
  expect(() => largestShare({})).toThrow(TypeError)
})
