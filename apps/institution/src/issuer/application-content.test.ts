import { dayInChina } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { statedPeriodOf } from './application-content.ts'

const issuedAtMs = Date.parse('2026-11-27T00:00:00+08:00')
const claims = {}

function endOf(validUntil: string): string {
  // The last day on which copies count.
  return dayInChina(statedPeriodOf({ claims, validUntil }, issuedAtMs).expiresAtMs - 1)
}

test('whoever has a credential of the same month has copies with the same end', () => {
  const ends = ['2036-10-01', '2036-10-14', '2036-10-28', '2036-10-30'].map(endOf)
  expect(new Set(ends)).toEqual(new Set(['2036-09-30']))
  expect(endOf('2036-09-30')).toBe('2036-09-30')
  expect(endOf('2036-10-31')).toBe('2036-10-31')
})

test('copies never count for longer than what was approved, nor a month less', () => {
  for (let day = 0; day < 800; day++) {
    const validUntil = dayInChina(issuedAtMs + day * 86_400_000)
    const end = endOf(validUntil)
    expect(end <= validUntil).toBe(true)
    expect(Date.parse(validUntil) - Date.parse(end)).toBeLessThan(31 * 86_400_000)
  }
})

test('what ends within three months counts to its last day', () => {
  for (const validUntil of ['2026-11-27', '2026-12-15', '2027-02-26']) expect(endOf(validUntil)).toBe(validUntil)
})

test('a beginning is said only while it lies ahead', () => {
  const begins = (validFrom: string) => statedPeriodOf({ claims, validFrom, validUntil: '2036-10-28' }, issuedAtMs).notBeforeMs
  expect(begins('2026-10-28')).toBeUndefined()
  expect(begins('2026-11-27')).toBeUndefined()
  expect(begins('2026-11-28')).toBe(Date.parse('2026-11-28T00:00:00+08:00'))
})
