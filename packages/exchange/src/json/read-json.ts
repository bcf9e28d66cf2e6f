import type { JsonObject } from '@hufu/credentials'
import { base64urlToBytes, bytesToUtf8, errorCode, type Json, parseJson } from '@hufu/primitives'
import { ExchangeError, type ExchangeErrorCode } from '../errors.ts'

/** Where a value stands, for messages, and the code of its refusal. */
export interface Place {
  readonly path: string
  readonly code: ExchangeErrorCode
}

/** Levels of nesting that any message needs at most. */
export const maxDepth = 24

/** A refusal of what stands at a place; the message names place and expectation, never the value. */
export function refusal({ path, code }: Place, expected: string, cause?: unknown): ExchangeError {
  return new ExchangeError(code, `${path}: expected ${expected}`, cause === undefined ? {} : { cause })
}

/** The place of a member. */
export function memberOf({ path, code }: Place, name: string): Place {
  return { path: `${path}.${name}`, code }
}

/** Reads an object of any members. @throws ExchangeError with the place's code */
export function readObject(json: unknown, place: Place): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw refusal(place, 'an object')
  return json as JsonObject
}

/** Reads a list of `least` to `most` members. @throws ExchangeError with the place's code */
export function readList(json: unknown, place: Place, least: number, most: number): readonly Json[] {
  if (!Array.isArray(json) || json.length < least || json.length > most) throw refusal(place, `a list of ${least} to ${most}`)
  return json as readonly Json[]
}

/** Reads well-formed text of `least` to `most` characters. @throws ExchangeError with the place's code */
export function readText(json: unknown, place: Place, least = 1, most = 2048): string {
  if (typeof json !== 'string' || json.length < least || json.length > most || !json.isWellFormed())
    throw refusal(place, `text of ${least} to ${most} characters`)
  return json
}

/** As {@link readText}, for a member that need not be there. */
export function readOptionalText(json: unknown, place: Place, least = 1, most = 2048): string | undefined {
  return json === undefined ? undefined : readText(json, place, least, most)
}

/** Reads an integer. @throws ExchangeError with the place's code */
export function readInteger(json: unknown, place: Place, least: number, most: number): number {
  if (typeof json !== 'number' || !Number.isInteger(json) || json < least || json > most)
    throw refusal(place, `an integer from ${least} to ${most}`)
  return json
}

/** Reads a time in whole seconds (RFC 7519 §2). @returns milliseconds @throws ExchangeError with the place's code */
export function readTimeMs(json: unknown, place: Place): number {
  return 1000 * readInteger(json, place, 0, 2 ** 40)
}

/** Parses JSON from outside, at most 24 levels deep and each name once in an object. @throws ExchangeError `ERR_EXCHANGE_TOO_LARGE`, or the place's code */
export function readJsonText(text: string, place: Place, maxLength: number): Json {
  if (text.length > maxLength) throw refusal({ ...place, code: 'ERR_EXCHANGE_TOO_LARGE' }, `at most ${maxLength} characters`)
  try {
    return parseJson(text, { maxLength, maxDepth })
  } catch (cause) {
    if (errorCode(cause) === undefined && !(cause instanceof RangeError)) throw cause
    throw refusal(place, `JSON of at most ${maxDepth} levels, each name once in an object`)
  }
}

/** As {@link readJsonText}, for UTF-8 bytes. */
export function readJsonBytes(bytes: Uint8Array, place: Place, maxLength: number): Json {
  if (bytes.length > maxLength) throw refusal({ ...place, code: 'ERR_EXCHANGE_TOO_LARGE' }, `at most ${maxLength} bytes`)
  let text: string
  try {
    text = bytesToUtf8(bytes)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw refusal(place, 'UTF-8')
  }
  return readJsonText(text, place, maxLength)
}

/** Checks that a value from inside is JSON of bounded size and depth. @throws ExchangeError `ERR_EXCHANGE_TOO_LARGE`, or the place's code */
export function checkJsonSize(json: unknown, place: Place, limits: { readonly maxValues: number }): void {
  let values = 0
  const walk = (value: unknown, depth: number): void => {
    if (++values > limits.maxValues) throw refusal({ ...place, code: 'ERR_EXCHANGE_TOO_LARGE' }, `at most ${limits.maxValues} values`)
    if (depth > maxDepth) throw refusal({ ...place, code: 'ERR_EXCHANGE_TOO_LARGE' }, `at most ${maxDepth} levels`)
    if (Array.isArray(value)) for (const item of value) walk(item, depth + 1)
    else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) walk(item, depth + 1)
    else if (typeof value === 'number' && !Number.isFinite(value)) throw refusal(place, 'JSON')
    else if (!['string', 'number', 'boolean'].includes(typeof value) && value !== null) throw refusal(place, 'JSON')
  }
  walk(json, 0)
}

/** Reads base64url, in one form only. @throws ExchangeError with the place's code */
export function readBase64url(text: string, place: Place): Uint8Array<ArrayBuffer> {
  try {
    return base64urlToBytes(text)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw refusal(place, 'base64url')
  }
}
