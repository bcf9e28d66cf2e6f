import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../json-object.ts'
import { checkJsonLimits } from './json-limits.ts'

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })
const check = (document: unknown) => () => checkJsonLimits(document as JsonObject)
const error = (code: string) => expect.objectContaining({ code })

test('accepts plain JSON', () => {
  expect(check({ a: [1, 'two', true, null, { b: {} }] })).not.toThrow()
})

describe('refuses', () => {
  test('more than 24 levels', () => {
    expect(check(nested(24))).not.toThrow()
    expect(check(nested(25))).toThrow(error('ERR_CREDENTIAL_TOO_LARGE'))
  })
  test('more than 2,048 values', () => {
    expect(check({ a: new Array(2046).fill(0) })).not.toThrow()
    expect(check({ a: new Array(2047).fill(0) })).toThrow(error('ERR_CREDENTIAL_TOO_LARGE'))
  })
  test('more than 1,048,576 characters, names counted', () => {
    expect(check({ a: 'x'.repeat(1_048_575) })).not.toThrow()
    expect(check({ a: 'x'.repeat(1_048_576) })).toThrow(error('ERR_CREDENTIAL_TOO_LARGE'))
    expect(check({ ['x'.repeat(1_048_577)]: 1 })).toThrow(error('ERR_CREDENTIAL_TOO_LARGE'))
  })
  test('a lone surrogate', () => {
    expect(check({ a: '\ud800' })).toThrow(error('ERR_CREDENTIAL_MALFORMED'))
  })
  test.each([[undefined], [Number.NaN], [10n], [() => 1]])('what JSON cannot hold: %s', value => {
    expect(check({ a: value })).toThrow(error('ERR_CREDENTIAL_MALFORMED'))
  })
  test('a name that would change a prototype', () => {
    expect(check(JSON.parse('{"a":{"__proto__":{"b":1}}}'))).toThrow(error('ERR_CREDENTIAL_MALFORMED'))
    expect(check(JSON.parse('{"@context":{"__proto__":{"b":1}}}'))).toThrow(error('ERR_CREDENTIAL_MALFORMED'))
  })
  test.each(['@graph', '@included', '@reverse', '@nest', '@id', '@index'])('%s', name => {
    expect(check({ a: { [name]: {} } })).toThrow(error('ERR_CREDENTIAL_MALFORMED'))
  })
})

test('leaves the inside of a context alone', () => {
  expect(check({ '@context': [{ '@protected': true, a: { '@id': 'urn:a', '@context': {} } }] })).not.toThrow()
})
