import { EncodingError } from './errors.ts'

/** A number as it was written: `1.10` and `1.1` are two texts to sign, and a whole number may have more digits than a double. */
export interface FastjsonNumber {
  readonly literal: string
}

/** JSON that keeps what fastjson keeps: the order of names, and numbers as written. */
export type FastjsonValue = null | boolean | string | FastjsonNumber | readonly FastjsonValue[] | ReadonlyMap<string, FastjsonValue>

const tokens =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has these escaped
  /[\t\n\r ]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/y
/** Names by which fastjson does something else than keep a member. */
const magicNames = ['@type', '$ref']

/**
 * Parses JSON that another program signed as the Java library fastjson writes it. Stricter than fastjson, which reads much that is no JSON.
 *
 * @param options.maxLength - characters; default 65,536
 * @param options.maxDepth - levels of nesting; default 16
 * @throws EncodingError `ERR_ENCODING_JSON`: no JSON, too long or deep, a name twice in one object, or one that fastjson does not keep
 */
export function parseFastjson(text: string, options: { readonly maxLength?: number; readonly maxDepth?: number } = {}): FastjsonValue {
  const { maxLength = 65_536, maxDepth = 16 } = options
  if (text.length > maxLength) throw new EncodingError('ERR_ENCODING_JSON', `JSON is longer than ${maxLength} characters`)
  const reader = new Reader(text)
  const value = readValue(reader, reader.next(), maxDepth)
  reader.end()
  return value
}

type Token =
  | { readonly kind: 'mark'; readonly mark: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: null | boolean | FastjsonNumber }

class Reader {
  readonly #text: string
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  next(): Token {
    tokens.lastIndex = this.#position
    const match = tokens.exec(this.#text)
    if (match === null) throw malformed()
    this.#position = tokens.lastIndex
    const [, mark, text, number, word] = match
    if (mark !== undefined) return { kind: 'mark', mark }
    if (text !== undefined) return { kind: 'text', text: wellFormed(JSON.parse(text) as string) }
    if (number !== undefined) return { kind: 'value', value: { literal: number } }
    return { kind: 'value', value: word === 'null' ? null : word === 'true' }
  }

  end(): void {
    if (!/^[\t\n\r ]*$/.test(this.#text.slice(this.#position))) throw malformed()
  }
}

function readValue(reader: Reader, token: Token, depth: number): FastjsonValue {
  if (token.kind === 'text') return token.text
  if (token.kind === 'value') return token.value
  if (depth === 0) throw new EncodingError('ERR_ENCODING_JSON', 'JSON is nested too deeply')
  if (token.mark === '[') return readList(reader, depth)
  if (token.mark === '{') return readObject(reader, depth)
  throw malformed()
}

function readList(reader: Reader, depth: number): readonly FastjsonValue[] {
  const items: FastjsonValue[] = []
  for (let token = reader.next(); !isMark(token, ']'); ) {
    items.push(readValue(reader, token, depth - 1))
    token = reader.next()
    if (isMark(token, ']')) break
    if (!isMark(token, ',')) throw malformed()
    token = reader.next()
    if (isMark(token, ']')) throw malformed()
  }
  return items
}

function readObject(reader: Reader, depth: number): ReadonlyMap<string, FastjsonValue> {
  const members = new Map<string, FastjsonValue>()
  for (let token = reader.next(); !isMark(token, '}'); ) {
    if (token.kind !== 'text' || !isMark(reader.next(), ':')) throw malformed()
    const name = token.text
    if (members.has(name)) throw new EncodingError('ERR_ENCODING_JSON', 'a name stands twice in one JSON object')
    if (magicNames.includes(name))
      throw new EncodingError('ERR_ENCODING_JSON', 'a name has a meaning of its own to the library that signed')
    members.set(name, readValue(reader, reader.next(), depth - 1))
    token = reader.next()
    if (isMark(token, '}')) break
    if (!isMark(token, ',')) throw malformed()
    token = reader.next()
    if (isMark(token, '}')) throw malformed()
  }
  return members
}

function isMark(token: Token, mark: string): boolean {
  return token.kind === 'mark' && token.mark === mark
}

/** Java writes a lone surrogate as a question mark: two texts, one signature. */
function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw new EncodingError('ERR_ENCODING_JSON', 'text holds a lone surrogate')
  return text
}

function malformed(): EncodingError {
  return new EncodingError('ERR_ENCODING_JSON', 'text is not JSON')
}
