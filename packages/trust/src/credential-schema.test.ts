import { describe, expect, test } from 'vitest'
import { checkCredentialSchema, compileCredentialSchema } from './credential-schema.ts'
import { ClaimsError } from './errors.ts'

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['familyName', 'birthDate'],
  properties: {
    familyName: { type: 'string', minLength: 1 },
    birthDate: { type: 'string', format: 'date' },
    issuedAt: { type: 'string', format: 'date-time' },
    // A property may be called like a keyword.
    required: { enum: [{ required: ['a'] }] },
    address: { $ref: '#/$defs/address' },
  },
  additionalProperties: false,
  $defs: { address: { type: 'object', required: ['region'], properties: { region: { type: 'string' } }, minProperties: 1 } },
}

const claims = { familyName: '王', birthDate: '2000-02-29', issuedAt: '2026-03-03T14:02:00Z' }

function failuresOf(value: unknown, partial = false): ClaimsError['failures'] {
  try {
    compileCredentialSchema(schema, partial)(value)
    return []
  } catch (error) {
    return (error as ClaimsError).failures
  }
}

test('accepts claims that follow the schema', () => {
  expect(failuresOf(claims)).toEqual([])
  expect(failuresOf({ ...claims, address: { region: '990100' }, required: { required: ['a'] } })).toEqual([])
})

test('names every place that breaks it, and no value', () => {
  expect(failuresOf({ familyName: '', birthDate: '2001-02-29', secret: 'x' })).toEqual([
    { path: '', rule: 'additionalProperties', schemaPath: '/additionalProperties' },
    { path: '/familyName', rule: 'minLength', schemaPath: '/properties/familyName/minLength' },
    { path: '/birthDate', rule: 'format', schemaPath: '/properties/birthDate/format' },
  ])
  const error = new ClaimsError(failuresOf({ ...claims, familyName: 7, issuedAt: 'yesterday' }))
  expect(error.code).toBe('ERR_TRUST_CLAIMS')
  expect(JSON.stringify([error.message, error.failures])).not.toContain('yesterday')
})

test.each([null, [], 'text', 7])('refuses %j as claims', value => {
  expect(failuresOf(value)).not.toEqual([])
})

test('lets claims be kept back where a holder may, and nothing else', () => {
  expect(failuresOf({ familyName: '王' })).toHaveLength(1)
  expect(failuresOf({ familyName: '王' }, true)).toEqual([])
  expect(failuresOf({ address: {} }, true)).toEqual([])
  expect(failuresOf({ familyName: '' }, true)).toHaveLength(1)
  expect(failuresOf({ required: { a: 1 } }, true)).toHaveLength(1)
  expect(failuresOf({ unknown: 1 }, true)).toHaveLength(1)
})

describe('refuses as a schema', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['true', true],
    ['one without dialect', { type: 'object' }],
    ['an older draft', { ...schema, $schema: 'http://json-schema.org/draft-07/schema#' }],
    ['one for a text', { $schema: schema.$schema, type: 'string' }],
    ['a reference elsewhere', { ...schema, properties: { a: { $ref: 'https://evil.example/schema' } } }],
    ['an anchor elsewhere', { ...schema, properties: { a: { $dynamicRef: 'other#a' } } }],
    ['a reference to nowhere', { ...schema, properties: { a: { $ref: '#/$defs/none' } } }],
    ['an unknown keyword', { ...schema, requierd: ['a'] }],
    ['an unknown format', { ...schema, properties: { a: { type: 'string', format: 'id-card' } } }],
    ['an unknown type', { ...schema, properties: { a: { type: 'text' } } }],
    ['a pattern that is none', { ...schema, properties: { a: { type: 'string', pattern: '(' } } }],
  ])('%s', (_, json) => {
    expect(() => checkCredentialSchema(json)).toThrow(expect.objectContaining({ code: 'ERR_TRUST_SCHEMA' }))
  })
})
