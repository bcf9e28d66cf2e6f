import { FixedClock } from '@hufu/testkit'
import { expect, test } from 'vitest'
import { Liars } from './liars.ts'

test('remembers who lied, how often and since when, for a day after the last time', () => {
  const clock = new FixedClock()
  const liars = new Liars({ clock })
  const sinceMs = clock.nowMs()
  liars.caught('lanyu', 'proof')
  clock.advance(3_600_000)
  liars.caught('lanyu', 'absence')
  expect(liars.list()).toMatchObject([{ node: 'lanyu', sinceMs, times: 2 }])
  expect(liars.list()[0]!.what.en).toContain('denied')
  expect([liars.has('lanyu'), liars.has('yunting')]).toEqual([true, false])
  clock.advance(86_400_000)
  expect(liars.has('lanyu')).toBe(true)
  clock.advance(1)
  expect(liars.list()).toEqual([])
})
