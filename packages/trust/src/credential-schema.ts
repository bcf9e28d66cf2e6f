import { dateTimeToMs, errorCode, isCalendarDay } from '@hufu/primitives'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { ClaimsError, TrustError } from './errors.ts'

/** JSON Schema 2020-12 of a credential type's claims. */
export type CredentialSchema = Readonly<Record<string, unknown>>

const dialect = 'https://json-schema.org/draft/2020-12/schema'

/**
 * Checks that a schema can be used: of draft 2020-12, for an object, of known keywords and formats (`date`, `date-time`), and complete in itself.
 *
 * @throws TrustError `ERR_TRUST_SCHEMA`
 */
export function checkCredentialSchema(json: unknown): CredentialSchema {
  const schema = json as CredentialSchema
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong('an object')
  if (schema.$schema !== dialect) throw wrong(`$schema ${dialect}`)
  if (schema.type !== 'object') throw wrong('type object')
  if (refersElsewhere(schema)) throw wrong('references within itself only')
  compile(schema)
  return schema
}

/**
 * Makes a checker of claims.
 *
 * @param partial - true where a holder may keep claims back: nothing is required then, but what is there must fit
 * @returns throws `ClaimsError` for claims that do not fit
 * @throws TrustError `ERR_TRUST_SCHEMA`
 */
export function compileCredentialSchema(json: unknown, partial = false): (claims: unknown) => void {
  const schema = checkCredentialSchema(json)
  const isValid = compile(partial ? (withoutDemands(schema) as CredentialSchema) : schema)
  return claims => {
    if (isValid(claims)) return
    const failures = (isValid.errors ?? []).map(({ instancePath, keyword, schemaPath }) => ({
      path: instancePath,
      rule: keyword,
      schemaPath: schemaPath.replace(/^#/, ''),
    }))
    throw new ClaimsError(failures)
  }
}

function compile(schema: CredentialSchema): ValidateFunction {
  // One instance each: schemas with the same $id may differ between versions.
  const ajv = new Ajv2020({
    allErrors: true,
    strictSchema: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    logger: false,
  })
  // Place and encoding of an attribute in a commitment: they constrain nothing (samples/README.md).
  ajv.addVocabulary(['x-slot', 'x-encoding'])
  ajv.addFormat('date', isDate)
  ajv.addFormat('date-time', isDateTime)
  try {
    return ajv.compile(schema)
  } catch (cause) {
    throw new TrustError('ERR_TRUST_SCHEMA', 'schema: expected JSON Schema 2020-12 of known keywords and formats', { cause })
  }
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  return match !== null && isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3]))
}

function isDateTime(text: string): boolean {
  try {
    dateTimeToMs(text)
    return true
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return false
  }
}

const references = ['$ref', '$dynamicRef']

function refersElsewhere(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(
    ([name, member]) => (references.includes(name) && typeof member === 'string' && !member.startsWith('#')) || refersElsewhere(member),
  )
}

/** Keywords that demand that something be there. */
const demands = ['required', 'dependentRequired', 'minProperties', 'minItems', 'contains', 'minContains']
/** Keywords whose members are named by the schema's author, and are schemas. */
const schemaMaps = ['properties', 'patternProperties', 'dependentSchemas', '$defs']
/** Keywords whose values are data. */
const data = ['const', 'enum', 'default', 'examples']

function withoutDemands(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutDemands)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => !demands.includes(name))
      .map(([name, value]) => [name, data.includes(name) ? value : schemaMaps.includes(name) ? mapValues(value) : withoutDemands(value)]),
  )
}

function mapValues(schemas: unknown): unknown {
  if (typeof schemas !== 'object' || schemas === null) return schemas
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutDemands(schema)]))
}

function wrong(expected: string): TrustError {
  return new TrustError('ERR_TRUST_SCHEMA', `schema: expected ${expected}`)
}
