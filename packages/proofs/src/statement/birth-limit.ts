import { isCalendarDay } from '@hufu/primitives'
import { numberOfDay, parseCalendarDay } from '../attributes/day-number.ts'

/**
 * Day number of the last day on which someone was born who has reached an age by a day.
 *
 * An age is reached on the birthday itself. (Criminal law in China counts from the day after; civil matters and everyday use from the day.) Who was born on
 * 29 February reaches it on 1 March of a year without that day.
 *
 * @param today - `YYYY-MM-DD`
 * @returns may be below 1, where that day was before 1800
 * @throws ProofError `ERR_PROOF_ATTRIBUTE`: today is no calendar day
 */
export function lastBirthOfAge(age: number, today: string): number {
  const { year, month, day } = parseCalendarDay(today, 'today')
  const birthYear = year - age
  // Only 29 February can be missing, and then 28 February is the last day before it.
  return numberOfDay({ year: birthYear, month, day: isCalendarDay(birthYear, month, day) ? day : 28 })
}
