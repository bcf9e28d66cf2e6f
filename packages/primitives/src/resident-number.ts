import { type DivisionCode, parseDivisionCode } from './division-code.ts'
import { IdentifierCodeError } from './errors.ts'
import { type Clock, dayInChina, isCalendarDay } from './time.ts'

declare const checked: unique symbol

/** Codes of GB/T 2261.1 (as ISO/IEC 5218): 1 male, 2 female. */
export type Sex = '1' | '2'

/** A resident number whose parts its parser has checked. */
export interface ResidentNumber {
  /** 18 characters, the last `0`…`9` or `X`. */
  readonly text: string
  /** Where the person was first registered, which need not be where they live. */
  readonly divisionCode: DivisionCode
  /** `YYYY-MM-DD` */
  readonly birthDate: string
  readonly sex: Sex
  readonly [checked]: true
}

// ISO 7064 MOD 11-2: 2^(18-i) mod 11 for position i from the left (GB 11643-1999 §4.2.4).
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const checkCharacters = '10X98765432'
const earliestYear = 1900

/**
 * Parses a resident number (公民身份号码): 18 characters, check character, and a birth date that can be.
 *
 * @param clock - tells today's date, taken in China's time zone
 * @throws IdentifierCodeError `ERR_CODE_FORM`: not 17 digits and a digit or upper-case X; `ERR_CODE_DIVISION`: not the form of a division;
 * `ERR_CODE_BIRTH_DATE`: no day of the calendar, or before 1900; `ERR_CODE_BIRTH_DATE_FUTURE`; `ERR_CODE_CHECK_DIGIT`
 * @see GB 11643-1999 §4
 */
export function parseResidentNumber(text: string, clock: Clock): ResidentNumber {
  if (!/^[0-9]{17}[0-9X]$/.test(text)) throw new IdentifierCodeError('ERR_CODE_FORM', 'expected 17 digits and a check character 0-9 or X')
  if (residentCheckCharacter(text.slice(0, 17)) !== text[17])
    throw new IdentifierCodeError('ERR_CODE_CHECK_DIGIT', 'check character of the resident number does not match')
  const divisionCode = parseDivisionCode(text.slice(0, 6))
  const birthDate = parseBirthDate(text.slice(6, 14), clock)
  const sex: Sex = Number(text[16]) % 2 === 1 ? '1' : '2'
  return Object.freeze({ text, divisionCode, birthDate, sex }) as ResidentNumber
}

/** The check character of the first 17 digits. */
export function residentCheckCharacter(digits: string): string {
  if (!/^[0-9]{17}$/.test(digits)) throw new IdentifierCodeError('ERR_CODE_FORM', 'expected 17 digits')
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0)
  return checkCharacters[sum % 11]!
}

function parseBirthDate(digits: string, clock: Clock): string {
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)] as const
  if (Number(year) < earliestYear || !isCalendarDay(Number(year), Number(month), Number(day))) {
    throw new IdentifierCodeError('ERR_CODE_BIRTH_DATE', `expected a birth date of the calendar from ${earliestYear} on`)
  }
  const birthDate = `${year}-${month}-${day}`
  if (birthDate > dayInChina(clock.nowMs()))
    throw new IdentifierCodeError('ERR_CODE_BIRTH_DATE_FUTURE', 'expected a birth date that is not in the future')
  return birthDate
}
