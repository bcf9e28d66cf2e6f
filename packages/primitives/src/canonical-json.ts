import { utf8ToBytes } from './bytes.ts'
import { EncodingError } from './errors.ts'

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

const maxDepth = 64

/**
 * Canonical JSON text of a value (RFC 8785, JCS): sorted names, no white space, ECMAScript numbers.
 *
 * @throws EncodingError `ERR_ENCODING_JSON`: a value JSON cannot hold, a lone surrogate, or nesting over 64 levels
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0)
}

/** UTF-8 bytes of {@link canonicalJson}. */
export function canonicalJsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return utf8ToBytes(canonicalJson(value))
}

function write(value: unknown, depth: number): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new EncodingError('ERR_ENCODING_JSON', 'JSON cannot hold a number that is not finite')
    return JSON.stringify(value)
  }
  if (typeof value === 'string') return writeString(value)
  if (depth >= maxDepth) throw new EncodingError('ERR_ENCODING_JSON', `JSON is nested over ${maxDepth} levels`)
  // A copy, for `map` would skip the holes of a sparse array and leave invalid JSON.
  if (Array.isArray(value))
    return `[${Array.from(value as unknown[])
      .map(item => write(item, depth + 1))
      .join(',')}]`
  if (typeof value === 'object' && (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)) {
    const record = value as Record<string, unknown>
    // RFC 8785 §3.2.3 sorts by UTF-16 code units, which is JavaScript's default order.
    const members = Object.keys(record)
      .sort()
      .filter(name => record[name] !== undefined)
    return `{${members.map(name => `${writeString(name)}:${write(record[name], depth + 1)}`).join(',')}}`
  }
  throw new EncodingError('ERR_ENCODING_JSON', 'expected a value that JSON can hold')
}

function writeString(text: string): string {
  if (!text.isWellFormed()) throw new EncodingError('ERR_ENCODING_JSON', 'text holds a lone surrogate')
  return JSON.stringify(text)
}
