import { expect, test } from 'vitest'
import { FlushRhythm } from './flush-rhythm.ts'

/** Plays a validator that flushes each second, at the phase given; counts the questions, and how late each flush is seen. */
function play(
  rhythm: FlushRhythm,
  fromMs: number,
  forMs: number,
  flushAt: (second: number) => number,
): { questions: number; latestMs: number } {
  let questions = 0
  let latestMs = 0
  let seen = -1
  for (let nowMs = fromMs; nowMs < fromMs + forMs; ) {
    let persisted = -1
    for (let second = 0; flushAt(second) <= nowMs; second++) persisted = second
    if (persisted > seen && seen >= 0) latestMs = Math.max(latestMs, nowMs - flushAt(persisted))
    seen = persisted
    questions++
    nowMs += rhythm.observe(persisted, nowMs)
  }
  return { questions, latestMs }
}

test('asks little between flushes, and soon after each', () => {
  const { questions, latestMs } = play(new FlushRhythm(50), 5_000, 20_000, second => second * 1_000 + 333)
  expect(questions).toBeLessThan(110)
  expect(latestMs).toBeLessThanOrEqual(50)
})

test('follows a rhythm that drifts', () => {
  expect(play(new FlushRhythm(50), 5_000, 20_000, second => second * 1_003 + 333).latestMs).toBeLessThanOrEqual(50)
})

test('keeps asking when a flush is late', () => {
  const { latestMs } = play(new FlushRhythm(50), 5_000, 20_000, second => second * 1_000 + (second % 3) * 250)
  expect(latestMs).toBeLessThanOrEqual(1_000)
})

test('asks steadily as long as nothing is flushed', () => {
  const rhythm = new FlushRhythm(50)
  for (let nowMs = 0; nowMs < 3_000; nowMs += 50) expect(rhythm.observe(7, nowMs)).toBe(50)
})
