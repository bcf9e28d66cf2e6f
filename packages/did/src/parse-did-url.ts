import { errorCode } from '@hufu/primitives'
import { DidError } from './errors.ts'
import { type Did, parseDid } from './parse-did.ts'

/** A DID URL in its parts. Parameters are percent-decoded, path and fragment are as written. */
export interface DidUrl {
  readonly did: Did
  /** Empty, or with its leading slash. */
  readonly path: string
  readonly parameters: ReadonlyMap<string, string>
  /** Without `#`; undefined if there is none. */
  readonly fragment: string | undefined
}

// DID Core 1.0 §3.2: did-url = did path-abempty [ "?" query ] [ "#" fragment ], with the characters of RFC 3986 §3.3 to §3.5.
const urlPattern = /^([^/?#]+)((?:\/[^?#]*)?)(?:\?([^#]*))?(?:#(.*))?$/s
const pathPattern = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$/
const queryPattern = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/
const maxLength = 4096

/**
 * Parses a DID URL of method `neo`. A parameter that stands twice is refused: two readers could take different ones.
 *
 * @throws DidError `ERR_DID_URL_SYNTAX`; `ERR_DID_METHOD`: its DID is of another method
 * @see https://www.w3.org/TR/did-core/#did-url-syntax
 */
export function parseDidUrl(text: string): DidUrl {
  const match = text.length > maxLength ? null : urlPattern.exec(text)
  if (match === null) throw malformed()
  const [, did, path, query, fragment] = match
  if (!pathPattern.test(path!) || !queryPattern.test(query ?? '') || !queryPattern.test(fragment ?? '')) throw malformed()
  return { did: parseOwnDid(did!), path: path!, parameters: parseDidUrlQuery(query ?? ''), fragment }
}

function parseOwnDid(text: string): Did {
  try {
    return parseDid(text)
  } catch (error) {
    if (errorCode(error) === 'ERR_DID_SYNTAX') throw malformed()
    throw error
  }
}

/**
 * Parameters of a query, percent-decoded.
 *
 * @throws DidError `ERR_DID_URL_SYNTAX`: a parameter twice or without name, or percent-encoding that is broken or not UTF-8
 */
export function parseDidUrlQuery(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const pair of query === '' ? [] : query.split('&')) {
    const equals = pair.indexOf('=')
    const name = percentDecode(equals < 0 ? pair : pair.slice(0, equals))
    if (name === '' || parameters.has(name)) throw malformed('each parameter with a name, once')
    parameters.set(name, equals < 0 ? '' : percentDecode(pair.slice(equals + 1)))
  }
  return parameters
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed('percent-encoded UTF-8')
  }
}

function malformed(expected = 'a DID URL, <did>[/path][?query][#fragment]'): DidError {
  return new DidError('ERR_DID_URL_SYNTAX', `expected ${expected}`)
}
