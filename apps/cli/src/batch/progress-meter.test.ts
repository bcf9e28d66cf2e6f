import { expect, test } from 'vitest'
import { ProgressMeter } from './progress-meter.ts'

test('follows the pace and says what remains', () => {
  let nowMs = 0
  const meter = new ProgressMeter({ nowMs: () => nowMs }, 1000)
  nowMs = 199
  expect(meter.measure(10)).toBeUndefined()
  nowMs = 1000
  expect(meter.measure(100)).toEqual({ rowsPerSecond: 100, remainingMs: 9000 })
  nowMs = 2000
  expect(meter.measure(300)).toEqual({ rowsPerSecond: 120, remainingMs: (700 / 120) * 1000 })
})

test('says that it does not know', () => {
  let nowMs = 0
  const meter = new ProgressMeter({ nowMs: () => nowMs }, undefined)
  expect(meter.finish(0)).toEqual({ rowsPerSecond: 0, remainingMs: null })
  nowMs = 1000
  expect(meter.measure(5)).toEqual({ rowsPerSecond: 5, remainingMs: null })
})
