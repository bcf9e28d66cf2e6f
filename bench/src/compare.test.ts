import { describe, expect, test, vi } from 'vitest'
import { type Comparison, compare, isMet, isTooNoisy, type Measure, type Side } from './compare.ts'
import { resultTable } from './table.ts'

/** Gives its values one after the other; the first is the warm-up's. */
function side(name: string, ...values: readonly number[]): Side {
  let runs = 0
  return { name, run: async () => ({ perSecond: values[runs++] ?? Number.NaN, cpuMsEach: 1 }) }
}

function comparisonOf(measures: readonly Measure[], a: Side, b: Side): Comparison & { close: () => Promise<void> } {
  const close = vi.fn(async () => undefined)
  return { name: 'fake', description: 'two fakes', peer: () => 'fake 1.0', measures, open: async () => ({ a, b, close }), close }
}

/** A side that gives the same in each run. */
function steady(name: string, perSecond: number): Side {
  return { name, run: async () => ({ perSecond, cpuMsEach: 1 }) }
}

/** A machine whose fixed loop takes these times, before and after each round. */
function loop(...times: readonly number[]): () => number {
  let index = 0
  return () => times[index++]!
}

const twice: Measure = { figure: 'perSecond', of: 'A/B', goal: { atLeast: 2 } }

test('judges the median of the ratios within rounds, not the ratio of medians', async () => {
  const a = side('a', 1, 10, 30, 300, 300, 90, 90)
  const b = side('b', 1, 10, 10, 100, 100, 60, 60)
  const { measures, dropped } = await compare(comparisonOf([twice], a, b), { rounds: 3, loopMs: () => 1 })
  expect(measures[0]).toMatchObject({ a: 90, b: 60, judged: 2, low: 1.5, high: 3 })
  expect(isMet(measures[0]!)).toBe(true)
  expect(dropped).toBe(0)
})

test('runs both sides once to warm up, then A B B A in each round', async () => {
  const order: string[] = []
  const recording = (name: string): Side => ({ name, run: async () => ({ perSecond: order.push(name), cpuMsEach: 1 }) })
  await compare(comparisonOf([twice], recording('a'), recording('b')), { rounds: 2, loopMs: () => 1 })
  expect(order.join(' ')).toBe('a b a b b a a b b a')
})

test('drops a round in which the machine changed by more than 15 %', async () => {
  const a = side('a', 1, 2, 2, 100, 100, 2, 2)
  const b = side('b', 1, 1, 1, 1, 1, 1, 1)
  const result = await compare(comparisonOf([twice], a, b), { rounds: 3, loopMs: loop(100, 114, 100, 116, 100, 86) })
  expect(result.dropped).toBe(1)
  expect(result.measures[0]).toMatchObject({ judged: 2, low: 2, high: 2 })
  expect(isTooNoisy(result)).toBe(false)
})

test('gives no verdict once more than a third of the rounds was dropped, and tells the medians of all', async () => {
  const sides = [side('a', 1, 4, 4, 6, 6, 8, 8), side('b', 1, 1, 1, 1, 1, 1, 1)] as const
  const result = await compare(comparisonOf([twice], ...sides), { rounds: 3, loopMs: loop(100, 200, 100, 50, 100, 100) })
  expect(isTooNoisy(result)).toBe(true)
  expect(resultTable([result])).toContain('| too noisy | fake | perSecond | a: 6 | b: 1 | A/B = 6 (4–8) | ≥ 2 | 1/3 |')
})

describe('a comparison that is void', () => {
  test('measures nothing if its sides do not do the same', async () => {
    const open = async () => {
      throw new Error('expected both to refuse')
    }
    const comparison: Comparison = { name: 'fake', description: '', peer: () => '', measures: [twice], open }
    await expect(compare(comparison)).rejects.toThrow('expected both to refuse')
  })

  test('still lets go of what it took when a side fails', async () => {
    const failing: Side = { name: 'b', run: () => Promise.reject(new Error('side failed')) }
    const comparison = comparisonOf([twice], side('a', 1), failing)
    await expect(compare(comparison)).rejects.toThrow('side failed')
    expect(comparison.close).toHaveBeenCalledOnce()
  })
})

test('judges a floor by the first side alone, and an upper bound from above', async () => {
  const floor: Measure = { figure: 'perSecond', of: 'A', goal: { atLeast: 3_000 } }
  const ceiling: Measure = { figure: 'perSecond', of: 'A/B', goal: { atMost: 1.1 } }
  const sides = [side('a', 1, 2_400, 2_400), side('b', 1, 2_000, 2_000)] as const
  const { measures } = await compare(comparisonOf([floor, ceiling], ...sides), { rounds: 1, loopMs: () => 1 })
  expect(measures.map(({ judged }) => judged)).toEqual([2_400, 1.2, 1])
  expect(measures.map(isMet)).toEqual([false, false, undefined])
})

test('lists what was missed first and what is for information last', async () => {
  const measures: readonly Measure[] = [{ figure: 'perSecond', of: 'A/B' }, twice, { ...twice, goal: { atLeast: 5 } }]
  const result = await compare(comparisonOf(measures, steady('a', 3), steady('b', 1)), { loopMs: () => 1 })
  const cells = resultTable([result])
    .split('\n')
    .slice(2)
    .map(row => row.split(' | '))
  expect(cells.map(([verdict, , figure]) => `${verdict} ${figure}`)).toEqual([
    '| **missed** perSecond',
    '| met perSecond',
    '| for information perSecond',
    '| for information cpuMsEach',
  ])
})

test('gives no verdict of fewer than nine rounds', async () => {
  const result = await compare(comparisonOf([twice], steady('a', 3), steady('b', 1)), { rounds: 8, loopMs: () => 1 })
  expect(resultTable([result])).toContain('| too few rounds | fake | perSecond | a: 3 | b: 1 | A/B = 3 (3–3) | ≥ 2 | 8/8 |')
})

test('is void if a side does not tell its CPU time', async () => {
  const silent: Side = { name: 'b', run: async () => ({ perSecond: 1 }) }
  const comparison = comparisonOf([twice], steady('a', 3), silent)
  await expect(compare(comparison, { loopMs: () => 1 })).rejects.toThrow('expected both sides to give cpuMsEach')
  expect(comparison.close).toHaveBeenCalledOnce()
})

test('keeps what each round gave, those that were dropped too, and tells sides how often they will run', async () => {
  const open = vi.fn(async () => ({ a: side('a', 1, 2, 4, 6, 6), b: steady('b', 1), close: async () => undefined }))
  const comparison: Comparison = { name: 'fake', description: '', peer: () => '', measures: [twice], open }
  const { perRound } = await compare(comparison, { rounds: 2, loopMs: loop(10, 10, 10, 20) })
  expect(open).toHaveBeenCalledWith(5)
  expect(perRound.map(({ a, isKept, loopMs }) => [a.perSecond, isKept, loopMs.after])).toEqual([
    [3, true, 10],
    [6, false, 20],
  ])
})
