import { expect, test } from 'vitest'
import { FixedClock } from './fixed-clock.ts'

test('stands still until it is moved', () => {
  const clock = new FixedClock(1_000)
  expect([clock.nowMs(), clock.nowMs()]).toEqual([1_000, 1_000])
  clock.advance(500)
  expect(clock.nowMs()).toBe(1_500)
})
