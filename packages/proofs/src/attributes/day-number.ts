import { isCalendarDay } from '@hufu/primitives'
import { ProofError } from '../errors.ts'

const msPerDay = 86_400_000
/** The day before the first one that has a number. */
const dayZeroMs = Date.UTC(1799, 11, 31)
const firstYear = 1800

/** Number of the last day that four digits of a year can write. */
export const lastDayNumber = (Date.UTC(9999, 11, 31) - dayZeroMs) / msPerDay

/** A day of the Gregorian calendar. */
export interface CalendarDay {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Parses a calendar day. @throws ProofError `ERR_PROOF_ATTRIBUTE`: not `YYYY-MM-DD`, no such day, or before 1800 */
export function parseCalendarDay(text: string, field = 'day'): CalendarDay {
  const [year = 0, month = 0, day = 0] = /^\d{4}-\d{2}-\d{2}$/.test(text) ? text.split('-').map(Number) : []
  if (year < firstYear || !isCalendarDay(year, month, day))
    throw new ProofError('ERR_PROOF_ATTRIBUTE', `${field}: expected a calendar day from 1800 on, YYYY-MM-DD`)
  return { year, month, day }
}

/** The day number of a calendar day, `YYYY-MM-DD`: days since 1800-01-01, plus 1. @throws ProofError `ERR_PROOF_ATTRIBUTE` */
export function dayNumber(text: string, field = 'day'): number {
  return numberOfDay(parseCalendarDay(text, field))
}

/** As {@link dayNumber}, of a day that is known to exist. */
export function numberOfDay({ year, month, day }: CalendarDay): number {
  return (Date.UTC(year, month - 1, day) - dayZeroMs) / msPerDay
}

/** The calendar day, `YYYY-MM-DD`, of a day number. @throws ProofError `ERR_PROOF_ATTRIBUTE`: no day has that number */
export function dayOfNumber(number: number, field = 'day'): string {
  if (!Number.isInteger(number) || number < 1 || number > lastDayNumber)
    throw new ProofError('ERR_PROOF_ATTRIBUTE', `${field}: expected a day number from 1 to ${lastDayNumber}`)
  return new Date(dayZeroMs + number * msPerDay).toISOString().slice(0, 10)
}
