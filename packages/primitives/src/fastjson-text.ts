import { EncodingError } from './errors.ts'
import { javaHashMapOrder } from './java-hash-map.ts'
import type { FastjsonNumber, FastjsonValue } from './parse-fastjson.ts'

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that it escapes
const escaped = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/**
 * JSON text as fastjson 1.2.83 (Java) writes it: objects in the order of Java's `HashMap`, members that are null left out, its own choice of escapes.
 * `packages/credentials/vectors/fastjson` compares with the library itself.
 *
 * @param value - the order of names in a Map is that in which they are put into the `HashMap`; with `inOrder` they are written as they stand
 * @throws EncodingError `ERR_ENCODING_JSON`: a number with an exponent, which Java may write otherwise
 */
export function fastjsonText(value: FastjsonValue, options: { readonly inOrder?: boolean } = {}): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return quoted(value)
  if (value instanceof Map) {
    const names = [...(value as ReadonlyMap<string, FastjsonValue>).keys()]
    const members = (options.inOrder === true ? names : javaHashMapOrder(names)).flatMap(name => {
      const member = (value as ReadonlyMap<string, FastjsonValue>).get(name)!
      return member === null ? [] : [`${quoted(name)}:${fastjsonText(member)}`]
    })
    return `{${members.join(',')}}`
  }
  if (Array.isArray(value)) return `[${(value as readonly FastjsonValue[]).map(item => fastjsonText(item)).join(',')}]`
  return numberText(value as FastjsonNumber)
}

/** The members of a Java object, as fastjson puts them into a map before it writes it: sorted by name. */
export function fastjsonBean(members: Readonly<Record<string, FastjsonValue | undefined>>): ReadonlyMap<string, FastjsonValue> {
  const names = Object.keys(members).sort()
  return new Map(names.flatMap(name => (members[name] === undefined ? [] : [[name, members[name]] as const])))
}

/** Whole numbers and decimals are kept by `Integer`, `Long`, `BigInteger` and `BigDecimal` as they were written, but for a negative zero and very small ones. */
function numberText({ literal }: FastjsonNumber): string {
  if (!/^-?\d{1,64}(\.\d{1,64})?$/.test(literal) || /^-0(\.0+)?$|^-?0\.0{6}/.test(literal))
    throw new EncodingError('ERR_ENCODING_JSON', 'expected a number without exponent, of at most 64 digits before and after the point')
  return literal
}

function quoted(text: string): string {
  return `"${text.replace(escaped, character => escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`)}"`
}
