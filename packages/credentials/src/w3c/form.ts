import { dateTimeToMs, errorCode } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import { credentialsV1Url, credentialsV2Url } from './context-loader.ts'

/** Version of the VC Data Model that a document follows; its first context tells. */
export type DataModel = '1.1' | '2.0'

/** @returns never: the member at `path` is not what the data model asks for */
export function malformed(path: string, expectation: string): never {
  throw new CredentialError('ERR_CREDENTIAL_MALFORMED', `${path}: expected ${expectation}`)
}

const maxContexts = 16

/**
 * Checks `@context` (VCDM 2.0 §4.3): a list that begins with the base context and goes on with URLs or objects.
 *
 * @throws CredentialError `ERR_CREDENTIAL_MALFORMED`
 */
export function checkContext(context: unknown): DataModel {
  if (!Array.isArray(context) || context.length === 0) malformed('@context', 'a list of contexts')
  if (context.length > maxContexts) malformed('@context', `at most ${maxContexts} contexts`)
  const [first, ...others] = context as readonly unknown[]
  if (first !== credentialsV2Url && first !== credentialsV1Url) malformed('@context', `the first item ${credentialsV2Url}`)
  for (const item of others) if (!isUrl(item) && !isJsonObject(item)) malformed('@context', 'items that are URLs or objects')
  if (new Set(others.filter(item => typeof item === 'string')).size < others.filter(item => typeof item === 'string').length)
    malformed('@context', 'each URL once')
  return first === credentialsV2Url ? '2.0' : '1.1'
}

/** Checks that a value is a type: one or more terms or absolute URLs (VCDM 2.0 §4.5). */
export function checkTypes(value: unknown, path: string): readonly string[] {
  const types: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (types.length === 0) malformed(path, 'at least one type')
  return types.map(type => {
    if (typeof type !== 'string' || type === '' || /\s/.test(type)) malformed(path, 'a type: a term or a URL')
    return type
  })
}

/** True for one absolute URL, DIDs and URNs among them (VCDM 2.0 §4.4). */
export function isUrl(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]+$/.test(value) && URL.canParse(value)
}

/** Checks an `id`, which may be missing. */
export function checkOptionalId(value: JsonObject, path: string): string | undefined {
  if (!('id' in value)) return undefined
  if (!isUrl(value.id)) malformed(`${path}id`, 'one URL')
  return value.id
}

/** Checks a member that may be missing, one object, or a list of one or more. */
export function listOfObjects(value: unknown, path: string): readonly JsonObject[] {
  if (value === undefined) return []
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (items.length === 0) malformed(path, 'at least one object')
  return items.map(item => (isJsonObject(item) ? item : malformed(path, 'an object or a list of objects')))
}

/** Checks a URL that stands alone or as the `id` of an object, as `issuer` and `holder` do (VCDM 2.0 §4.7, §4.13). */
export function checkParty(value: unknown, path: string): string {
  if (isUrl(value)) return value
  if (!isJsonObject(value) || !isUrl(value.id)) malformed(path, 'a URL, or an object whose id is a URL')
  checkNames(value, `${path}.`)
  return value.id
}

const languageTag = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/

/** Checks `name` and `description`: text, or text with its language and direction (VCDM 2.0 §4.6, §11.1). */
export function checkNames(value: JsonObject, path: string): void {
  for (const member of ['name', 'description']) {
    const text = value[member]
    if (text === undefined) continue
    for (const item of Array.isArray(text) ? text : [text]) checkLanguageText(item, `${path}${member}`)
  }
}

function checkLanguageText(value: unknown, path: string): void {
  if (typeof value === 'string') return
  if (!isJsonObject(value)) malformed(path, 'text or a language value object')
  const { '@value': text, '@language': language, '@direction': direction, ...others } = value
  if (typeof text !== 'string' || Object.keys(others).length > 0) malformed(path, 'a language value object with no further members')
  if (language !== undefined && !(typeof language === 'string' && languageTag.test(language))) malformed(path, 'a BCP 47 @language')
  if (direction !== undefined && direction !== 'ltr' && direction !== 'rtl') malformed(path, '@direction ltr or rtl')
}

/** Checks a date and time that may be missing (XML Schema dateTimeStamp). @returns milliseconds */
export function checkOptionalTime(value: unknown, path: string): number | undefined {
  if (value === undefined) return undefined
  try {
    if (typeof value === 'string') return dateTimeToMs(value)
  } catch (error) {
    if (errorCode(error) !== 'ERR_ENCODING_TIME') throw error
  }
  return malformed(path, 'a date and time with time zone')
}
