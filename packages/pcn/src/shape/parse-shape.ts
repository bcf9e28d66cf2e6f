import type { PcnErrorCode } from '../errors.ts'
import { PcnError } from '../errors.ts'
import type { ListShape, RecordShape, Shape, TextShape, ValueOf } from './shape.ts'

/**
 * Takes what came from outside for what a shape describes, or refuses it: other members, other types, numbers that would lose digits, text that is
 * no Unicode (its UTF-8 would be another text's, and so its mac). Missing optional text becomes empty.
 *
 * @param name - what it is called in messages, such as `body`
 * @throws PcnError of the code given
 */
export function parseShape<S extends Shape>(shape: S, json: unknown, name: string, code: PcnErrorCode): ValueOf<S> {
  return parse(shape, json, name, code) as ValueOf<S>
}

function parse(shape: Shape, json: unknown, name: string, code: PcnErrorCode): unknown {
  switch (shape.kind) {
    case 'text':
      return parseText(shape, json, name, code)
    case 'integer':
      if (!Number.isSafeInteger(json) || (json as number) < shape.min || (json as number) > shape.max)
        throw expected(code, name, `a whole number from ${shape.min} to ${shape.max}`)
      return json
    case 'flag':
      if (typeof json !== 'boolean') throw expected(code, name, 'true or false')
      return json
    case 'list':
      return parseList(shape, json, name, code)
    case 'map':
      return parseMap(json, name, code)
    case 'record':
      return parseRecord(shape, json, name, code)
  }
}

function parseText(shape: TextShape, json: unknown, name: string, code: PcnErrorCode): string {
  if (shape.isOptional && (json === undefined || json === null || json === '')) return ''
  if (typeof json !== 'string') throw expected(code, name, 'text')
  if (json.length > shape.maxLength) throw expected(code, name, `at most ${shape.maxLength} characters`)
  if (!json.isWellFormed()) throw expected(code, name, 'text in Unicode')
  if (shape.form !== null && !shape.form.test(json)) throw expected(code, name, `the form ${shape.form.source}`)
  return json
}

function parseList(shape: ListShape<Shape>, json: unknown, name: string, code: PcnErrorCode): readonly unknown[] {
  const values = json ?? []
  if (!Array.isArray(values) || values.length > shape.maxLength) throw expected(code, name, `a list of at most ${shape.maxLength}`)
  return values.map((value, index) => parse(shape.of, value, `${name}[${index}]`, code))
}

function parseMap(json: unknown, name: string, code: PcnErrorCode): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(json ?? {}, name, code))
  if (entries.length > 1) throw expected(code, name, 'one pair at most: the order in which several are signed is not defined')
  for (const [key, value] of entries)
    if (typeof value !== 'string' || !value.isWellFormed() || !key.isWellFormed()) throw expected(code, name, 'text under a name')
  return Object.fromEntries(entries) as Record<string, string>
}

function parseRecord({ fields }: RecordShape, json: unknown, name: string, code: PcnErrorCode): Readonly<Record<string, unknown>> {
  const names = Object.keys(fields)
  const members = objectOf(names.length === 0 ? (json ?? {}) : json, name, code)
  if (Object.keys(members).some(member => !Object.hasOwn(fields, member))) throw expected(code, name, `no members but ${names.join(', ')}`)
  return Object.fromEntries(
    names.map(field => {
      const value = Object.hasOwn(members, field) ? members[field] : undefined
      return [field, parse(fields[field]!, value, `${name}.${field}`, code)]
    }),
  )
}

function objectOf(json: unknown, name: string, code: PcnErrorCode): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw expected(code, name, 'an object')
  return json as Record<string, unknown>
}

function expected(code: PcnErrorCode, name: string, what: string): PcnError {
  return new PcnError(code, `${name}: expected ${what}`)
}
