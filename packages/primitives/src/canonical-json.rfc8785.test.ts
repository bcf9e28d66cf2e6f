import { assert, jsonValue, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, canonicalJsonBytes } from './canonical-json.ts'
import { bytesToHex } from './hex.ts'

const refusal = expect.objectContaining({ code: 'ERR_ENCODING_JSON' })

function nested(depth: number): unknown {
  return depth === 0 ? 'x' : [nested(depth - 1)]
}

describe('canonical JSON', () => {
  // RFC 8785 §3.2.2 and §3.2.4
  test('is that of the example in the RFC', () => {
    const value = JSON.parse(String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
      "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`)
    expect(bytesToHex(canonicalJsonBytes(value))).toBe(
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d',
    )
  })

  // RFC 8785 §3.2.3: by UTF-16 code units, so the emoji comes before U+FB33.
  test('sorts names as the RFC does', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, ö: 7 }
    expect([...canonicalJson(value).matchAll(/:(\d)/g)].map(match => match[1]).join('')).toBe('2467153')
  })

  // RFC 8785 appendix B
  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['44b52d02c7e14af6', '1e+23'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
  ])('writes the number %s as %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text)
  })

  test('means the same as what went in, and is its own canonical form', async () => {
    await assert(
      property(jsonValue({ maxDepth: 3 }), value => {
        const text = canonicalJson(value)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('leaves members without a value out', () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}')
  })

  test.each([
    ['a number that is not finite', Number.POSITIVE_INFINITY],
    ['NaN', [Number.NaN]],
    ['a bigint', 1n],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['bytes', new Uint8Array(1)],
    ['undefined', undefined],
    ['undefined in an array', [undefined]],
    ['a hole in an array', new Array(1)],
    ['a function', () => 1],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a name', { '\udc00': 1 }],
    ['65 levels', nested(65)],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(refusal)
  })

  test('bears 64 levels, and a ring is only too deep', () => {
    expect(canonicalJson(nested(64))).toBe(`${'['.repeat(64)}"x"${']'.repeat(64)}`)
    const ring: unknown[] = []
    ring.push(ring)
    expect(() => canonicalJson(ring)).toThrow(refusal)
  })
})
