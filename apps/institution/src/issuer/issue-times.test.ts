import { expect, test } from 'vitest'
import { IssueTimes } from './issue-times.ts'

const midnight = Date.parse('2026-11-27T00:00:00+08:00')
const hourMs = 3_600_000

/** An issuer whose verifiers accept what it issued from a moment on. */
function issuerSince(allowedFromMs: number, kid = 'key-1') {
  let nowMs = midnight + 15 * hourMs
  const asked: number[] = []
  const self = { keys: [{ id: kid }] }
  const ledger = {
    mayIssue: async (_typeId: string, atMs: number) => {
      asked.push(atMs)
      return atMs >= allowedFromMs
    },
  }
  const institution = { self, clock: { nowMs: () => nowMs } }
  const times = new IssueTimes(institution as never, ledger)
  const at = (ms: number): void => {
    nowMs = ms
  }
  return { times, asked, at }
}

test('all of one day say its beginning, in China', async () => {
  const { times, at } = issuerSince(0)
  for (const ms of [0, 1, hourMs, 23 * hourMs, 24 * hourMs - 1]) {
    at(midnight + ms)
    expect(await times.now('t')).toBe(midnight)
  }
  at(midnight + 24 * hourMs)
  expect(await times.now('t')).toBe(midnight + 24 * hourMs)
})

test.each([1, 999, 1_000, 61_001, 9 * hourMs + 123_456])(
  'on the day of accreditation all say the first second at which it held, at every replica: %d ms after midnight',
  async ms => {
    const first = Math.ceil((midnight + ms) / 1_000) * 1_000
    for (const _ of ['replica', 'another']) {
      const { times, at, asked } = issuerSince(midnight + ms)
      for (const later of [0, 1, 999, 60_000, 5 * hourMs]) {
        at(Math.max(midnight + 10 * hourMs, first) + later)
        expect(await times.now('t')).toBe(first)
      }
      expect(asked.length).toBeLessThan(60)
    }
  },
)

test('with a key of that day, from then on', async () => {
  const issuer = issuerSince(0)
  expect(await issuer.times.now('t')).toBe(midnight)
  const rotated = issuerSince(midnight + 12 * hourMs, 'key-2')
  expect(await rotated.times.now('t')).toBe(midnight + 12 * hourMs)
})

test('where it may not issue at all, it is now: verifiers say why not', async () => {
  const { times } = issuerSince(Number.POSITIVE_INFINITY)
  expect(await times.now('t')).toBe(midnight + 15 * hourMs)
})
