import { EncodingError } from './errors.ts'

/** Where the time comes from: passed in, so that a test can hold it still. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number
}

/** The machine's clock. */
export const systemClock: Clock = { nowMs: () => Date.now() }

/** Counts the time that passes, from any beginning: unlike the machine's clock it is set by nobody and never goes back. For waits, never for dates. */
export const steadyClock: Clock = { nowMs: () => performance.now() }

/** Seconds since 1970 (JWT times), rounded down, of milliseconds (Neo block times). */
export function secondsOfMs(timeMs: number): number {
  return Math.floor(timeMs / 1000)
}

/** XML Schema dateTime in UTC with seconds, as DID and VC documents use: `2026-03-03T14:02:00Z`. */
export function msToDateTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

const dateTimePattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)$/

/** Milliseconds of an XML Schema dateTimeStamp (a time zone is required). @throws EncodingError `ERR_ENCODING_TIME` */
export function dateTimeToMs(text: string): number {
  const match = dateTimePattern.exec(text)
  const timeMs = match === null ? Number.NaN : Date.parse(text)
  if (match === null || !Number.isFinite(timeMs) || !isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3]))) {
    throw new EncodingError('ERR_ENCODING_TIME', 'expected a date and time with time zone, such as 2026-03-03T14:02:00Z')
  }
  return timeMs
}

const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** True if the day exists in the Gregorian calendar (`Date` rolls 30 February over silently). */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = month === 2 && isLeapYear ? 29 : (daysOfMonths[month - 1] ?? 0)
  return Number.isInteger(day) && day >= 1 && day <= days
}

const chinaOffsetMs = 8 * 3_600_000

/** The day, `YYYY-MM-DD`, that it is in China (UTC+8 all year) at a moment. */
export function dayInChina(timeMs: number): string {
  return new Date(timeMs + chinaOffsetMs).toISOString().slice(0, 10)
}
