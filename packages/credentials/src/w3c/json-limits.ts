import { CredentialError } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'

const maxDepth = 24
const maxValues = 2048
const maxTextLength = 1_048_576

/** JSON-LD keywords that mean no more than they seem to. The others (`@graph`, `@included`, `@reverse`, …) can make statements about other things. */
const harmlessKeywords = new Set(['@value', '@language', '@direction', '@type', '@list', '@set'])

/**
 * Checks that a document is plain JSON of bounded size, for the cost of canonicalizing grows with it. A `@context` below the top is refused: it
 * changes what names mean without changing what was signed (VC Data Integrity §4.6).
 *
 * @throws CredentialError `ERR_CREDENTIAL_TOO_LARGE`, `ERR_CREDENTIAL_MALFORMED`, `ERR_CREDENTIAL_CONTEXT`
 */
export function checkJsonLimits(document: JsonObject): void {
  let values = 0
  let textLength = 0
  const count = (text: string) => {
    textLength += text.length
    if (textLength > maxTextLength)
      throw new CredentialError('ERR_CREDENTIAL_TOO_LARGE', `document is longer than ${maxTextLength} characters`)
    if (!text.isWellFormed()) throw new CredentialError('ERR_CREDENTIAL_MALFORMED', 'document holds a lone surrogate')
  }
  const walk = (value: unknown, depth: number, inContext: boolean): void => {
    if (++values > maxValues) throw new CredentialError('ERR_CREDENTIAL_TOO_LARGE', `document holds more than ${maxValues} values`)
    if (depth > maxDepth) throw new CredentialError('ERR_CREDENTIAL_TOO_LARGE', `document is nested over ${maxDepth} levels`)
    if (typeof value === 'string') count(value)
    else if (Array.isArray(value)) for (const item of value) walk(item, depth + 1, inContext)
    else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        count(name)
        checkName(name, depth, inContext)
        walk(member, depth + 1, inContext || name === '@context')
      }
    } else if (value !== null && typeof value !== 'boolean' && !(typeof value === 'number' && Number.isFinite(value)))
      throw new CredentialError('ERR_CREDENTIAL_MALFORMED', 'document holds a value that JSON cannot hold')
  }
  walk(document, 0, false)
}

function checkName(name: string, depth: number, inContext: boolean): void {
  if (name === '__proto__') throw new CredentialError('ERR_CREDENTIAL_MALFORMED', 'document holds a reserved name')
  if (inContext || !name.startsWith('@')) return
  if (name === '@context') {
    if (depth > 0) throw new CredentialError('ERR_CREDENTIAL_CONTEXT', '@context stands at the top of a document only')
  } else if (depth === 0 || !harmlessKeywords.has(name))
    throw new CredentialError('ERR_CREDENTIAL_MALFORMED', 'document holds a JSON-LD keyword that has no place there')
}
