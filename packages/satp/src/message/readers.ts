import { parseNetworkId } from '@hufu/chains'
import { dateTimeToMs, errorCode } from '@hufu/primitives'
import { SatpError } from '../errors.ts'

/** Reads a value from outside, or refuses it. @throws SatpError `ERR_SATP_MALFORMED`; `path` says where it stands */
export type Reader<T> = (json: unknown, path: string) => T

/** The refusal of a value: names the place and the expectation, never the value. */
export function malformed(path: string, expected: string, cause?: unknown): SatpError {
  return new SatpError('ERR_SATP_MALFORMED', `${path}: expected ${expected}`, { cause })
}

/** An object of these members and no others: what is not understood may mean something. */
export function members<T extends object>(readers: { readonly [Name in keyof T]-?: Reader<T[Name]> }): Reader<T> {
  const names = Object.keys(readers) as (keyof T & string)[]
  return (json, path) => {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw malformed(path, 'an object')
    if (Object.keys(json).some(name => !Object.hasOwn(readers, name))) throw malformed(path, `no members but ${names.join(', ')}`)
    const found = json as Record<string, unknown>
    return Object.fromEntries(
      names.map(name => [name, readers[name](Object.hasOwn(found, name) ? found[name] : undefined, `${path}.${name}`)]),
    ) as T
  }
}

/** Text of a form. */
export function text<T extends string = string>(form: RegExp, expected: string): Reader<T> {
  return (json, path) => {
    if (typeof json !== 'string' || !form.test(json)) throw malformed(path, expected)
    return json as T
  }
}

/** One text and no other. */
export function constant<T extends string>(value: T): Reader<T> {
  return (json, path) => {
    if (json !== value) throw malformed(path, `"${value}"`)
    return value
  }
}

/** One of some texts. */
export function oneOf<T extends string>(values: readonly T[]): Reader<T> {
  return (json, path) => {
    if (!values.includes(json as T)) throw malformed(path, `one of ${values.join(', ')}`)
    return json as T
  }
}

/** Null, or what another reader reads. */
export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (json, path) => (json === null ? null : reader(json, path))
}

/** 32 bytes in lower-case hexadecimal digits. */
export const hash = text(/^[0-9a-f]{64}$/, '64 hexadecimal digits')

/** Anything that names something: visible ASCII. */
export const label = text(/^[\x21-\x7e]{1,512}$/, '1 to 512 visible ASCII characters')

/** A DID without path, query and fragment. */
export const did = text(/^did:[a-z0-9]+(:[A-Za-z0-9._%-]+)+$/, 'a DID')

/** Whole seconds up to about 30,000 years. */
export const seconds: Reader<number> = (json, path) => {
  if (typeof json !== 'number' || !Number.isInteger(json) || json < 0 || json > 1e12) throw malformed(path, 'whole seconds')
  return json
}

const timeForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

/** RFC 3339 with milliseconds, in UTC: one form only, so that one time has one text. */
export const time: Reader<string> = (json, path) => {
  if (typeof json !== 'string' || !timeForm.test(json)) throw malformed(path, 'a time such as 2026-03-03T14:02:00.000Z')
  const timeMs = attempt(() => dateTimeToMs(json), path, 'a time that exists')
  if (new Date(timeMs).toISOString() !== json) throw malformed(path, 'a time that exists')
  return json
}

/** The name of a chain. */
export const network: Reader<ReturnType<typeof parseNetworkId>> = (json, path) =>
  attempt(() => parseNetworkId(label(json, path)), path, 'the name of a chain, as CAIP-2 writes it')

/** What our own parsers refuse is malformed here. */
function attempt<T>(parse: () => T, path: string, expected: string): T {
  try {
    return parse()
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw malformed(path, expected, cause)
  }
}
