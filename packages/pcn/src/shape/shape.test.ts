import { describe, expect, test } from 'vitest'
import { macText } from './mac-text.ts'
import { parseShape } from './parse-shape.ts'
import { flag, integer, list, nothing, optionalText, record, type Shape, text, textMap } from './shape.ts'
import { wireValue } from './wire-value.ts'

const parse = (shape: Shape, json: unknown) => parseShape(shape, json, 'body', 'ERR_PCN_ANSWER')
const refused = expect.objectContaining({ code: 'ERR_PCN_ANSWER' })

// BSN user manual §5.4.3.1, the table of conversions.
describe('the text that a mac covers', () => {
  test.each([
    [text(), 'abc', 'abc'],
    [integer({ min: -100 }), -12, '-12'],
    [flag, true, 'true'],
    [flag, false, 'false'],
    [list(text()), ['abc', 'xyz'], 'abcxyz'],
    [textMap, { a: '1' }, 'a1'],
    [textMap, {}, ''],
    [record({ name: text(), secret: text() }), { secret: '123456', name: 'abc' }, 'abc123456'],
    [record({ name: text(), version: text() }, ['version']), { name: 'abc', version: '1' }, 'abc'],
    [
      list(record({ b: integer(), a: text() })),
      [
        { a: 'x', b: 1 },
        { a: 'y', b: 2 },
      ],
      '1x2y',
    ],
    [nothing, {}, ''],
  ] as [Shape, never, string][])('of %o', (shape, value, expected) => {
    expect(macText(shape, value)).toBe(expected)
  })

  test('is in the order of the shape, whatever the order of the members', () => {
    const shape = record({ blockHash: text(), height: integer(), preBlockHash: text() })
    const value = parseShape(shape, JSON.parse('{"preBlockHash":"p","blockHash":"h","height":7}'), 'body', 'ERR_PCN_ANSWER')
    expect(macText(shape, value)).toBe('h7p')
  })

  test('has no borders: the same text for different fields, which is the protocol and no mistake here', () => {
    const shape = record({ blockNumber: integer(), status: integer(), name: text() })
    expect(macText(shape, { blockNumber: 12, status: 0, name: 'a' })).toBe(macText(shape, { blockNumber: 1, status: 20, name: 'a' }))
    expect(macText(list(text()), ['ab', 'c'])).toBe(macText(list(text()), ['a', 'bc']))
  })
})

describe('what comes from outside', () => {
  test('counts missing and null optional text, and a null list, as empty', () => {
    const shape = record({ name: optionalText(), list: list(text()), body: nothing })
    expect(parse(shape, { name: null, list: null, body: null })).toEqual({ name: '', list: [], body: {} })
    expect(parse(shape, {})).toEqual({ name: '', list: [], body: {} })
  })

  test.each([
    ['a member too many', record({ a: text() }), { a: '', b: '' }],
    ['a missing one', record({ a: text() }), {}],
    ['an inherited one', record({ toString: text() }), {}],
    ['a number for text', text(), 1],
    ['text for a number', integer(), '1'],
    ['a fraction', integer(), 1.5],
    ['a number that lost digits', integer(), JSON.parse('9007199254740993')],
    ['a number below', integer(), -1],
    ['a number above', integer({ max: 5 }), 6],
    ['text longer than allowed', text({ maxLength: 3 }), 'abcd'],
    ['text of another form', text({ form: /^[0-9a-f]{4}$/ }), 'ABCD'],
    ['optional text of another form', optionalText({ form: /^[0-9a-f]{4}$/ }), ' '],
    ['half a character, whose UTF-8 is another’s', text(), '\ud83d'],
    ['half a character in a map', textMap, { '\ud83d': 'a' }],
    ['two pairs in a map', textMap, { a: '1', b: '2' }],
    ['a number in a map', textMap, { a: 1 }],
    ['a list for an object', record({}), []],
    ['an object for a list', list(text()), {}],
    ['a longer list', list(text(), 1), ['', '']],
    ['text for a flag', flag, 'true'],
    ['members where there are none', nothing, { a: 1 }],
  ])('refuses %s', (_, shape, json) => {
    expect(() => parse(shape as Shape, json)).toThrow(refused)
  })

  test('is refused with the field’s name, and never its value', () => {
    const shape = record({ transactions: list(record({ txId: text({ form: /^\d+$/ }) })) })
    expect(() => parse(shape, { transactions: [{ txId: '1' }, { txId: 'personal' }] })).toThrow(
      /^body\.transactions\[1\]\.txId: expected the form/,
    )
    expect(() => parse(shape, { transactions: [{ txId: 'personal' }] })).not.toThrow(/personal/)
  })
})

test('optional text that is empty is not sent', () => {
  const shape = record({ a: text(), b: optionalText(), list: list(record({ c: optionalText() })) })
  expect(wireValue(shape, { a: '', b: '', list: [{ c: '' }, { c: 'x' }] })).toEqual({ a: '', list: [{}, { c: 'x' }] })
})
