import { EncodingError } from '../errors.ts'
import { dateTimeToMs } from '../time.ts'

/**
 * Milliseconds of a time as BSN's DID service writes it, `2026-03-03 14:02:00` or `2026-03-03`, which says no time zone: China's is meant. A day alone is its
 * first moment, so that what ends on a day is over when the day begins.
 *
 * @throws EncodingError `ERR_ENCODING_TIME`
 */
export function bsnTimeToMs(text: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})(?: ((?:[01]\d|2[0-3]):\d{2}:\d{2}))?$/.exec(text)
  if (match === null) throw new EncodingError('ERR_ENCODING_TIME', 'expected a day, or a day and a time, such as 2026-03-03 14:02:00')
  return dateTimeToMs(`${match[1]}T${match[2] ?? '00:00:00'}+08:00`)
}
