import { describe, expect, test } from 'vitest'
import vectors from '../vectors/fastjson/fastjson-1.2.83.json' with { type: 'json' }
import { bsnCredentialText } from './bsn/bsn-credential-text.ts'
import { bsnDidOf, bsnDocumentText } from './bsn/bsn-did.ts'
import { bsnTimeToMs } from './bsn/bsn-time.ts'
import { fastjsonText } from './fastjson-text.ts'
import { javaHashMapOrder } from './java-hash-map.ts'
import { type FastjsonValue, parseFastjson } from './parse-fastjson.ts'

const rewritten = (text: string) => fastjsonText(parseFastjson(text))

describe('Java’s HashMap', () => {
  test('gives names in this order, whichever its size', () => {
    for (const { capacity, put, given } of vectors.orders) expect(javaHashMapOrder(put, capacity)).toEqual(given)
    expect(vectors.orders.length).toBeGreaterThan(100)
  })

  test('is not imitated where it makes trees of what falls together', () => {
    const colliding = Array.from({ length: 16 }, (_, bits) => [8, 4, 2, 1].map(bit => ((bits & bit) === 0 ? 'Aa' : 'BB')).join(''))
    expect(javaHashMapOrder(colliding.slice(0, 8))).toHaveLength(8)
    expect(() => javaHashMapOrder(colliding)).toThrow('fall together')
  })
})

describe('fastjson', () => {
  test('is written as the library writes it', () => {
    for (const { input, written } of vectors.texts) expect(rewritten(input)).toBe(written)
    expect(vectors.texts.length).toBeGreaterThan(200)
  })

  test('names that fall together keep the order they came in, others do not', () => {
    expect(rewritten('{"Aa":1,"BB":2}')).not.toBe(rewritten('{"BB":2,"Aa":1}'))
    expect(rewritten('{"b":1,"a":2}')).toBe(rewritten('{"a":2,"b":1}'))
  })

  test.each([
    ['no JSON', '{a:1}'],
    ['single quotes', "{'a':1}"],
    ['a comma behind the last member', '{"a":1,}'],
    ['a comma behind the last item', '[1,]'],
    ['nothing', ''],
    ['two values', '{}{}'],
    ['a comment', '{}/* */'],
    ['a number that begins with 0', '{"a":01}'],
    ['a control character', '{"a":"\n"}'],
    ['a name twice', '{"a":1,"a":1}'],
    ['a name twice, written otherwise', '{"a":1,"\\u0061":1}'],
    ['a lone surrogate', '{"a":"\\ud800"}'],
    ['a type to be made', '{"@type":"java.lang.Exception"}'],
    ['a reference', '{"a":{"$ref":"$"}}'],
    ['too deep', `${'['.repeat(17)}${']'.repeat(17)}`],
    ['too long', `"${'x'.repeat(65_535)}"`],
  ])('is not read: %s', (_, text) => {
    expect(() => parseFastjson(text)).toThrow(expect.objectContaining({ code: 'ERR_ENCODING_JSON' }))
  })

  test.each(['1e3', '1E-7', '-0', '-0.0', '0.0000001', `1${'0'.repeat(64)}`])(
    'is not written, for Java may write it otherwise: %s',
    number => {
      expect(() => rewritten(`{"a":${number}}`)).toThrow(expect.objectContaining({ code: 'ERR_ENCODING_JSON' }))
    },
  )
})

describe('what BSN’s DID service signs', () => {
  test('gives the DID of two keys, and the text of their document', () => {
    for (const { did, document, signed } of vectors.documents) {
      const { version, created, updated, authentication, recovery } = JSON.parse(document) as {
        readonly [Name in 'version' | 'created' | 'updated']: string
      } & { readonly [Name in 'authentication' | 'recovery']: { readonly publicKey: string } }
      const keys = { authentication: authentication.publicKey, recovery: recovery.publicKey }
      expect(bsnDidOf(keys)).toBe(did)
      expect(bsnDidOf({ authentication: keys.recovery, recovery: keys.authentication })).not.toBe(did)
      expect(bsnDocumentText({ did, version, created, updated, ...keys })).toBe(signed)
    }
  })

  test('gives the text of a credential, however many claims it has', () => {
    for (const { credential, signed } of vectors.credentials) {
      const members = parseFastjson(credential) as ReadonlyMap<string, FastjsonValue>
      const { claim: _, cptId, proof, ...terms } = JSON.parse(credential) as Record<string, string>
      expect(proof).toBeDefined()
      expect(bsnCredentialText({ ...terms, cptId: String(cptId), claim: members.get('claim') as ReadonlyMap<string, FastjsonValue> })).toBe(
        signed,
      )
    }
  })

  test.each([
    ['2026-03-03 14:02:00', Date.UTC(2026, 2, 3, 6, 2)],
    ['2026-03-03', Date.UTC(2026, 2, 2, 16)],
  ])('%s is meant in China', (text, timeMs) => {
    expect(bsnTimeToMs(text)).toBe(timeMs)
  })

  test.each(['2026-02-30', '2026-03-03T14:02:00Z', '2026-03-03 24:00:00', '2026-3-3', ' 2026-03-03', '2026-03-03 14:02'])(
    '%j is no time',
    text => {
      expect(() => bsnTimeToMs(text)).toThrow(expect.objectContaining({ code: 'ERR_ENCODING_TIME' }))
    },
  )
})
