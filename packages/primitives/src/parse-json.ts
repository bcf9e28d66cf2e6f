import type { Json } from './canonical-json.ts'
import { EncodingError } from './errors.ts'

/**
 * Parses JSON from outside: limited in length and depth, and no name twice in one object
 * (`JSON.parse` keeps the last one, and another parser the first: two readers, two meanings).
 *
 * @param options.maxLength - characters; default 1,048,576
 * @param options.maxDepth - levels of nesting; default 64
 * @throws EncodingError `ERR_ENCODING_JSON`
 */
export function parseJson(text: string, options: { maxLength?: number; maxDepth?: number } = {}): Json {
  const { maxLength = 1_048_576, maxDepth = 64 } = options
  if (text.length > maxLength) throw new EncodingError('ERR_ENCODING_JSON', `JSON is longer than ${maxLength} characters`)
  refuseDeepOrRepeated(text, maxDepth)
  try {
    return JSON.parse(text) as Json
  } catch {
    // The engine's message quotes the input, which may be personal data: it is not passed on.
    throw new EncodingError('ERR_ENCODING_JSON', 'text is not JSON')
  }
}

/** One pass over the tokens. Text that is not JSON may pass here: JSON.parse refuses it next. */
function refuseDeepOrRepeated(text: string, maxDepth: number): void {
  const names: (Set<string> | undefined)[] = []
  let position = 0
  while (position < text.length) {
    const character = text[position]!
    if (character === '"') {
      const end = endOfString(text, position)
      const seen = names.at(-1)
      if (seen !== undefined && isName(text, end)) {
        const name = unescapeName(text.slice(position, end))
        if (seen.has(name)) throw new EncodingError('ERR_ENCODING_JSON', 'a name stands twice in one JSON object')
        seen.add(name)
      }
      position = end
      continue
    }
    if (character === '{' || character === '[') {
      names.push(character === '{' ? new Set() : undefined)
      if (names.length > maxDepth) throw new EncodingError('ERR_ENCODING_JSON', `JSON is nested over ${maxDepth} levels`)
    } else if (character === '}' || character === ']') names.pop()
    position++
  }
}

function endOfString(text: string, start: number): number {
  for (let position = start + 1; position < text.length; position++) {
    if (text[position] === '\\') position++
    else if (text[position] === '"') return position + 1
  }
  return text.length
}

function isName(text: string, end: number): boolean {
  let position = end
  while (position < text.length && ' \t\n\r'.includes(text[position]!)) position++
  return text[position] === ':'
}

function unescapeName(quoted: string): string {
  if (!quoted.includes('\\')) return quoted
  try {
    return JSON.stringify(JSON.parse(quoted))
  } catch {
    return quoted
  }
}
