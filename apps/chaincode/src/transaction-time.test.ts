import { expect, test } from 'vitest'
import { requireAgreeingTime } from './transaction-time.ts'

const own = Date.UTC(2026, 0, 1)

test("a transaction's time may be a minute from the endorser's, and no more", () => {
  for (const claimed of [own, own - 60_000, own + 60_000]) expect(requireAgreeingTime(claimed, own)).toBe(claimed)
  for (const claimed of [own - 60_001, own + 60_001, 0, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => requireAgreeingTime(claimed, own)).toThrow(expect.objectContaining({ code: 'ERR_CHAINCODE_CLOCK' }))
})
