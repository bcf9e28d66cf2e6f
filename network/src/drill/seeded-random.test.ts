import { expect, test } from 'vitest'
import { seededRandom } from './seeded-random.ts'

test('a seed makes the same choices again, another seed others', () => {
  const draw = (seed: string) => {
    const random = seededRandom(seed)
    return Array.from({ length: 20 }, () => random.below(1_000))
  }
  expect(draw('a')).toEqual(draw('a'))
  expect(draw('a')).not.toEqual(draw('b'))
})

test('a sample has no item twice and leaves none out in the long run', () => {
  const random = seededRandom('sample')
  const drawn = new Set<number>()
  for (let round = 0; round < 50; round++) {
    const three = random.sample([0, 1, 2, 3, 4, 5, 6], 3)
    expect(new Set(three).size).toBe(3)
    for (const each of three) drawn.add(each)
  }
  expect(drawn.size).toBe(7)
})
