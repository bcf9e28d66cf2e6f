import { ServiceError } from './errors.ts'

const maxFields = 100

/**
 * The fields of a body of `application/x-www-form-urlencoded`. A name that stands twice is refused: two readers could take two meanings of it (RFC 6749 §3.1 asks
 * for the same).
 *
 * @throws ServiceError `ERR_SERVICE_REQUEST`: a name stands twice, over 100 fields, or no form
 */
export function parseForm(text: string): { readonly [name: string]: string } {
  const parts = text.split('&').filter(part => part !== '')
  if (parts.length > maxFields) throw refused(`expected at most ${maxFields} fields`)
  const fields = new Map<string, string>()
  for (const part of parts) {
    const at = part.indexOf('=')
    const name = decode(at < 0 ? part : part.slice(0, at))
    if (name === '') throw refused('expected a name for each field')
    if (fields.has(name)) throw refused('a name stands twice')
    fields.set(name, at < 0 ? '' : decode(part.slice(at + 1)))
  }
  return Object.fromEntries(fields)
}

/** Percent-encoding of UTF-8, nothing else above ASCII. */
function decode(text: string): string {
  if (!/^[\x21-\x7e]*$/.test(text)) throw refused('expected percent-encoded fields')
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw refused('expected percent-encoded UTF-8')
  }
}

function refused(what: string): ServiceError {
  return new ServiceError('ERR_SERVICE_REQUEST', `form: ${what}`)
}
