import { describe, expect, test } from 'vitest'
import { divideKey, pointsOf, type SectionName, wiresOf } from './key-parts.ts'
import type { KeySection, ProvingKey } from './proving-key.ts'

const key = {
  domainSize: 1024,
  a: section(980, 48),
  bG1: section(700, 48),
  bG2: section(700, 96),
  l: section(930, 48),
  h: new Uint8Array(1023 * 48),
} as Partial<ProvingKey> as ProvingKey

describe.each([1, 2, 3, 4])('a key divided among %d workers', workers => {
  const shares = divideKey(key, workers)

  test.each<[SectionName, number]>([
    ['a', 980],
    ['bG1', 700],
    ['bG2', 700],
    ['l', 930],
    ['h', 1023],
  ])('is all there: section %s', (name, count) => {
    const parts = shares.flat().filter(({ section: of }) => of === name)
    expect(parts[0]!.from).toBe(0)
    for (const [index, { to }] of parts.entries()) expect(to).toBe(parts[index + 1]?.from ?? count)
  })

  test('gives each about as much to do', () => {
    const costs = shares.map(parts => parts.reduce((sum, { cost }) => sum + cost, 0))
    const each = costs.reduce((sum, cost) => sum + cost, 0) / workers
    for (const cost of costs) expect(Math.abs(cost / each - 1)).toBeLessThan(0.35)
  })
})

test('a part is its points, and their wires unless they are those of the quotient', () => {
  const part = { section: 'bG2', from: 2, to: 5, cost: 0 } as const
  expect(pointsOf(key, part)).toHaveLength(3 * 96)
  expect(wiresOf(key, part)).toEqual(Uint32Array.of(4, 6, 8))
  expect(wiresOf(key, { ...part, section: 'h' })).toBeUndefined()
})

function section(count: number, size: number): KeySection {
  return { wires: Uint32Array.from({ length: count }, (_, index) => 2 * index), points: new Uint8Array(count * size) }
}
