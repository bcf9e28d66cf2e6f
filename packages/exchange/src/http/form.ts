import { memberOf, type Place, readText, refusal } from '../json/read-json.ts'

/** Media type of a form. */
export const formType = 'application/x-www-form-urlencoded'

/** A form's text; undefined members are left out. */
export function writeForm(members: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new URLSearchParams(given).toString()
}

/**
 * Reads a form or query string; a name that stands twice is refused (RFC 6749 §3.1).
 *
 * @throws ExchangeError `ERR_EXCHANGE_TOO_LARGE`, or the place's code
 */
export function readForm(text: string, place: Place, maxLength: number): Readonly<Record<string, string>> {
  if (text.length > maxLength) throw refusal({ ...place, code: 'ERR_EXCHANGE_TOO_LARGE' }, `at most ${maxLength} characters`)
  const parameters = new URLSearchParams(text)
  const names = [...parameters.keys()]
  if (new Set(names).size !== names.length) throw refusal(place, 'each parameter once')
  return Object.fromEntries(names.map(name => [name, readText(parameters.get(name), memberOf(place, 'parameter'), 0, maxLength)]))
}
