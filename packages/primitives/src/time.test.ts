import { assert, date, integer, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dateTimeToMs, dayInChina, isCalendarDay, msToDateTime, secondsOfMs, systemClock } from './time.ts'

describe('times', () => {
  test('reads back what it wrote, to the second', async () => {
    await assert(
      property(date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), moment => {
        const seconds = Math.floor(moment.getTime() / 1000) * 1000
        expect(dateTimeToMs(msToDateTime(seconds))).toBe(seconds)
      }),
    )
  })

  test.each([
    ['2026-03-03T14:02:00Z', '2026-03-03T14:02:00Z'],
    ['2026-03-03T14:02:00.999999999Z', '2026-03-03T14:02:00Z'],
    ['2026-03-03T22:02:00+08:00', '2026-03-03T14:02:00Z'],
    ['2026-03-03T00:02:00-14:00', '2026-03-03T14:02:00Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ])('%s is %s', (text, same) => {
    expect(msToDateTime(dateTimeToMs(text))).toBe(same)
  })

  test.each([
    '2026-03-03T14:02:00',
    '2026-03-03 14:02:00Z',
    '2026-03-03T14:02Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-03-03T25:00:00Z',
    '2026-03-03T14:60:00Z',
    '2026-03-03T14:02:60Z',
    '2026-03-03T14:02:00+14:01',
    '2026-03-03T14:02:00+08:60',
    '2026-03-03T14:02:00.Z',
    '2026-03-03t14:02:00z',
    ' 2026-03-03T14:02:00Z',
    '20260303T140200Z',
    '2026-03-03',
    '',
  ])('refuses %j', text => {
    expect(() => dateTimeToMs(text)).toThrow(expect.objectContaining({ code: 'ERR_ENCODING_TIME' }))
  })

  test('seconds are rounded down', () => {
    expect([secondsOfMs(1999), secondsOfMs(2000), secondsOfMs(-1)]).toEqual([1, 2, -1])
  })

  test('the day in China begins at 16:00 UTC', () => {
    expect(['2026-11-23T15:59:59.999Z', '2026-11-23T16:00:00Z'].map(text => dayInChina(Date.parse(text)))).toEqual([
      '2026-11-23',
      '2026-11-24',
    ])
  })

  test('the machine has a clock', () => {
    expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1000)
  })
})

describe('isCalendarDay', () => {
  test('knows leap years, also those of the first century', () => {
    expect([isCalendarDay(2000, 2, 29), isCalendarDay(1900, 2, 29), isCalendarDay(2024, 2, 29), isCalendarDay(4, 2, 29)]).toEqual([
      true,
      false,
      true,
      true,
    ])
  })

  test('knows as many days as a year has', async () => {
    await assert(
      property(integer({ min: 1, max: 9999 }), year => {
        let days = 0
        for (let month = 0; month <= 13; month++) for (let day = 0; day <= 32; day++) if (isCalendarDay(year, month, day)) days++
        const isLeap = new Date(`${String(year).padStart(4, '0')}-02-29T00:00:00Z`).getUTCDate() === 29
        expect(days).toBe(isLeap ? 366 : 365)
      }),
    )
  })
})
