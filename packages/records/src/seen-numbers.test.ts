import { expect, test } from 'vitest'
import { SeenNumbers } from './seen-numbers.ts'

/** 100,000 numbers: 20 divisions, 100 days, 50 sequence codes. Check characters do not matter here. */
function* numbers(): Generator<string> {
  for (let index = 0; index < 100_000; index++) {
    const day = new Date(Date.UTC(1900, 0, 1) + (index % 100) * 400 * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')
    yield `${990_100 + (Math.floor(index / 100) % 20)}${day}${String(Math.floor(index / 2000)).padStart(3, '0')}X`
  }
}

test('tells every number that comes again, and no other, also while it grows', () => {
  const seen = new SeenNumbers()
  for (const number of numbers()) if (!seen.add(number)) expect(number).toBe('new')
  for (const number of numbers()) if (seen.add(number)) expect(number).toBe('seen')
})

test('tells neighbours apart: first and last division, day and sequence', () => {
  const seen = new SeenNumbers()
  const neighbours = ['100000190001010000', '100000190001010010', '100000190001020000', '100001190001010000', '999999999912319990']
  expect(neighbours.map(number => seen.add(number))).toEqual([true, true, true, true, true])
  expect(neighbours.map(number => seen.add(number))).toEqual([false, false, false, false, false])
})
