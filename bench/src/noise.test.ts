import { expect, test } from 'vitest'
import type { Measured } from './day-results.ts'
import { noiseOf, noiseText } from './noise.ts'

function measured(at: string, load: number, loops: readonly (readonly [number, number])[], dropped: number): Measured {
  const perRound = loops.map(([before, after]) => ({ a: {}, b: {}, loopMs: { before, after }, isKept: true }))
  const circumstances = { at, load, cpu: '', cores: 2, memoryGiB: 1, node: '' }
  return { circumstances, result: { rounds: loops.length, dropped, perRound } as unknown as Measured['result'] }
}

test('takes all rounds together, in the order of time', () => {
  const noise = noiseOf([
    measured('2026-11-27T12:00', 3, [[40, 60]], 1),
    measured(
      '2026-11-27T11:00',
      0.5,
      [
        [50, 50],
        [50, 55],
      ],
      0,
    ),
  ])
  expect(noise.loops.map(({ ms }) => ms)).toEqual([50, 50, 50, 55, 40, 60])
  expect(noise.medianDrift).toBeCloseTo(0.1)
  expect(noise.droppedShare).toBeCloseTo(1 / 3)
  expect(noiseText(noise)).toContain('moved by 10 % within a round (median), 33 % of the rounds were dropped, load 0.5 to 3.0')
})
