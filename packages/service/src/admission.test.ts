import { expect, test } from 'vitest'
import { Admission } from './admission.ts'

/** Looks every 10 ms. */
function lookFor(admission: Admission, ms: number, fromMs: number, pressure: number): number {
  for (let nowMs = fromMs; nowMs < fromMs + ms; nowMs += 10) admission.look(pressure, nowMs)
  return fromMs + ms
}

const many = Array.from({ length: 1000 }, (_, n) => `client ${n}`)
const takenOf = (admission: Admission, nowMs: number, clients = many) => clients.filter(client => admission.takes(client, 0, nowMs))

test('takes everybody while there is not too much to do', () => {
  const admission = new Admission()
  const nowMs = lookFor(admission, 1000, 0, 0.99)
  expect(takenOf(admission, nowMs)).toHaveLength(1000)
})

test('with too much to do takes who was there before, and always the same ones of the others', () => {
  const admission = new Admission()
  admission.takes('before', 0, 0)
  const nowMs = lookFor(admission, 2_000, 0, 0)
  admission.takes('just before', 0, nowMs)
  admission.look(2, nowMs)
  const taken = takenOf(admission, nowMs)
  expect(taken.length).toBeGreaterThan(400)
  expect(taken.length).toBeLessThan(600)
  expect(takenOf(admission, nowMs)).toEqual(taken)
  expect(admission.takes('before', 0, nowMs)).toBe(true)
  const laterMs = lookFor(admission, 2_000, nowMs, 2)
  expect(admission.share).toBeLessThan(0.01)
  expect(takenOf(admission, laterMs).length).toBeLessThan(30)
  expect(admission.takes('before', 0, laterMs)).toBe(true)
  expect(admission.takes('before', 7.9, laterMs)).toBe(true)
  expect(admission.takes('before', 8, laterMs)).toBe(false)
})

test('who was taken on while there was too much to do does not become established by that, nor who came just before', () => {
  const admission = new Admission()
  let nowMs = lookFor(admission, 1_000, 0, 0)
  expect(takenOf(admission, nowMs)).toHaveLength(1000)
  // Ups and downs of one surge.
  for (let n = 0; n < 20; n++) {
    nowMs = lookFor(admission, 300, nowMs, 3)
    nowMs = lookFor(admission, 700, nowMs, 0.2)
    takenOf(admission, nowMs)
  }
  expect(takenOf(admission, nowMs).length).toBeLessThan(200)
})

test('takes more again when it is over, and everybody in the end; a client that was away for a minute is a new one', () => {
  const admission = new Admission()
  admission.takes('before', 0, 0)
  let nowMs = lookFor(admission, 5_000, 0, 0)
  nowMs = lookFor(admission, 1_000, nowMs, 10)
  const least = admission.share
  nowMs = lookFor(admission, 5_000, nowMs, 0)
  expect(admission.share).toBeGreaterThan(2 * least)
  expect(admission.share).toBeLessThan(0.5)
  nowMs = lookFor(admission, 30_000, nowMs, 0)
  expect(admission.share).toBe(1)
  expect(takenOf(admission, nowMs)).toHaveLength(1000)
  nowMs = lookFor(admission, 60_000, nowMs, 0)
  nowMs = lookFor(admission, 1_000, nowMs, 10)
  expect(takenOf(admission, nowMs, ['before', ...many]).length).toBeLessThan(30)
})

test('what can be told at the moment counts at once', () => {
  const admission = new Admission()
  admission.takes('before', 0, 0)
  const nowMs = lookFor(admission, 3_000, 0, 0)
  expect(admission.takes('new', 1, nowMs)).toBe(false)
  expect(admission.takes('before', 1, nowMs)).toBe(true)
  expect(admission.takes('new', 0.9, nowMs)).toBe(true)
})
