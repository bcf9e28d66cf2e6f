import { dateTimeToMs, errorCode } from '@hufu/primitives'
import { InvalidArgumentError } from 'commander'

/** Parser of an option that is a whole number from `min` to `max`. */
export function integer(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max) throw new InvalidArgumentError(`expected ${min} to ${max}`)
    return value
  }
}

/** Parser of an option that is a positive whole number. */
export const positiveInteger = integer(1, Number.MAX_SAFE_INTEGER)

/** Parser of an option that is a date and time with time zone; gives milliseconds. */
export function time(text: string): number {
  try {
    return dateTimeToMs(text)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    throw new InvalidArgumentError('expected a date and time with time zone, such as 2026-03-03T14:02:00Z')
  }
}
