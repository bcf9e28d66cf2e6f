import { array, assert, constantFrom, jsonValue, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'
import { errorCode } from './errors.ts'
import { parseJson } from './parse-json.ts'

const refusal = expect.objectContaining({ code: 'ERR_ENCODING_JSON' })

describe('parseJson', () => {
  test('reads what JSON.parse reads', async () => {
    await assert(
      property(jsonValue({ maxDepth: 3 }), value => {
        const text = JSON.stringify(value)
        expect(parseJson(text)).toEqual(JSON.parse(text))
        expect(parseJson(JSON.stringify(value, null, 2))).toEqual(JSON.parse(text))
      }),
    )
  })

  test('on any text either agrees with JSON.parse or throws its own error', async () => {
    await assert(
      property(array(constantFrom(...'{}[]:,"\\ae1-. \ud800')), parts => {
        const text = parts.join('')
        try {
          expect(parseJson(text)).toEqual(JSON.parse(text))
        } catch (error) {
          expect(errorCode(error)).toBe('ERR_ENCODING_JSON')
        }
      }),
    )
  })

  test.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"a" :1, "b":{}, "a"\n:2}',
    '[{"x":{"y":1,"y":1}}]',
    '{"":1,"":2}',
    '{"\\"":1,"\\u0022":2}',
    '{"\ud800":1,"\\ud800":2}',
    '{"a":[{"a":1}],"a":{}}',
  ])('refuses a name that stands twice: %s', text => {
    expect(() => parseJson(text)).toThrow(refusal)
  })

  test.each(['{"a":{"a":1},"b":[{"a":"a"},{"a":"a:"}],"c":"a"}', '[{"a":1},{"a":1}]', '{"__proto__":1,"constructor":2}'])(
    'lets a name stand in several objects: %s',
    text => {
      expect(parseJson(text)).toEqual(JSON.parse(text))
    },
  )

  test('makes no prototype out of a name', () => {
    expect(Object.getPrototypeOf(parseJson('{"__proto__":{"isAdmin":true}}'))).toBe(Object.prototype)
  })

  test.each(['1e999', '[-1e400]', `{"exp":${'9'.repeat(400)}}`])('refuses a number that would become Infinity: %s', text => {
    expect(() => parseJson(text)).toThrow(refusal)
  })

  test.each(['"\\ud800"', '"\ud800"', '{"a":["\\uDC00\\ud800"]}', '{"\\udfff":1}', '"\\ud83d\\u0041"'])(
    'refuses a lone surrogate: %j',
    text => {
      expect(() => parseJson(text)).toThrow(refusal)
    },
  )

  test('bears pairs of surrogates, escaped or not, and what only looks like an escape', () => {
    expect(parseJson('["\\ud83d\\ude00","😀","\\\\ud800"]')).toEqual(['😀', '😀', '\\ud800'])
  })

  test.each(['', '{', '[1,]', "{'a':1}", '{"a"}', 'NaN', '01', '"\n"', '"a', '{"a":1}x', '1e', '-', '\ufeff{}'])(
    'refuses what is not JSON: %j',
    text => {
      expect(() => parseJson(text)).toThrow(refusal)
    },
  )

  test('bears 64 levels and a length of exactly the limit, and not one more', () => {
    expect(canonicalJson(parseJson('['.repeat(64) + ']'.repeat(64)))).toHaveLength(128)
    expect(() => parseJson('['.repeat(65) + ']'.repeat(65))).toThrow(refusal)
    expect(() => canonicalJson(JSON.parse('['.repeat(65) + ']'.repeat(65)))).toThrow(refusal)
    expect(parseJson('"12"', { maxLength: 4 })).toBe('12')
    expect(() => parseJson('"123"', { maxLength: 4 })).toThrow(refusal)
    expect(() => parseJson('[[]]', { maxDepth: 1 })).toThrow(refusal)
  })

  test('says nothing of the input in its error', () => {
    const message = (() => {
      try {
        return String(parseJson('{"name": 张三}'))
      } catch (error) {
        return String(error) + String((error as Error).cause)
      }
    })()
    expect(message).not.toContain('张')
  })
})
