import type { Json } from './canonical-json.ts'
import { EncodingError } from './errors.ts'

/**
 * Parses JSON from outside: limited in length and depth, and no name twice in one object
 * (`JSON.parse` keeps the last one, and another parser the first: two readers, two meanings),
 * no number that would become Infinity, and no lone surrogate, which has no UTF-8 and so can be neither written canonically nor hashed (RFC 7493 §2.1).
 *
 * @param options.maxLength - characters; default 1,048,576
 * @param options.maxDepth - levels of nesting; default 64
 * @throws EncodingError `ERR_ENCODING_JSON`
 */
export function parseJson(text: string, options: { maxLength?: number; maxDepth?: number } = {}): Json {
  const { maxLength = 1_048_576, maxDepth = 64 } = options
  if (text.length > maxLength) throw new EncodingError('ERR_ENCODING_JSON', `JSON is longer than ${maxLength} characters`)
  const value = parse(text)
  // Of members with one name the value holds one, the text all: then the text has more names than the value has members.
  if (countMembers(value, maxDepth) !== countNames(text))
    throw new EncodingError('ERR_ENCODING_JSON', 'a name stands twice in one JSON object')
  // Nearly no text has an escape: the rest is told by the platform at once.
  if ((text.includes('\\u') || !text.isWellFormed()) && !isWellFormed(value))
    throw new EncodingError('ERR_ENCODING_JSON', 'JSON holds a lone surrogate')
  return value
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    // The engine's message quotes the input, which may be personal data: it is not passed on.
    throw new EncodingError('ERR_ENCODING_JSON', 'text is not JSON')
  }
}

function countMembers(value: Json, maxDepth: number, depth = 1): number {
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
    throw new EncodingError('ERR_ENCODING_JSON', 'JSON holds a number that is too large')
  }
  if (typeof value !== 'object' || value === null) return 0
  if (depth > maxDepth) throw new EncodingError('ERR_ENCODING_JSON', `JSON is nested over ${maxDepth} levels`)
  const children: readonly Json[] = Array.isArray(value) ? value : Object.values(value)
  let count = Array.isArray(value) ? 0 : children.length
  for (const child of children) count += countMembers(child, maxDepth, depth + 1)
  return count
}

function isWellFormed(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isWellFormed)
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member))
}

/** Strings with a colon behind them, in text that is known to be JSON: outside of strings it has no other quotation marks. */
function countNames(text: string): number {
  let count = 0
  for (let start = text.indexOf('"'); start >= 0; ) {
    let end = text.indexOf('"', start + 1)
    while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
    if (isColonNext(text, end + 1)) count++
    start = text.indexOf('"', end + 1)
  }
  return count
}

function isEscaped(text: string, position: number): boolean {
  let first = position
  while (text[first - 1] === '\\') first--
  return (position - first) % 2 === 1
}

function isColonNext(text: string, start: number): boolean {
  let position = start
  while (position < text.length && ' \t\n\r'.includes(text[position]!)) position++
  return text[position] === ':'
}
