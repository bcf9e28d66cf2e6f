import { readFileSync } from 'node:fs'
import type { Json } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import type { ProofErrorCode } from '../errors.ts'
import { scalarModulus } from '../field/scalar-field.ts'
import { attributeOf, readAttributeLayout } from './attribute-layout.ts'
import { attributesHash, checkLeaf, credentialLeaf, credentialTypeScalar, holderCommitment } from './credential-leaf.ts'
import { dayNumber, dayOfNumber, lastDayNumber } from './day-number.ts'
import { decodeAttribute, encodeAttribute, encodeAttributes } from './encode-attribute.ts'
import { randomScalar } from './random-scalar.ts'
import { leafContentOf, leafOfCredential, parseZkCredential, writeZkCredential, type ZkCredential } from './zk-credential.ts'

function sample(name: string): { properties: Record<string, Record<string, Json>> } {
  return JSON.parse(readFileSync(new URL(`../../../../samples/credential-types/${name}.json`, import.meta.url), 'utf8'))
}

const resident = readAttributeLayout(sample('resident'))
const concession = readAttributeLayout(sample('transport-concession'))

const claims = {
  resident_number: '990102199002280017',
  name: '张伟',
  name_latin: 'Zhang Wei',
  sex: '1',
  birth_date: '1990-02-28',
  city_code: '990100',
  division_code: '990102',
  address: '汐湾区听潮路 1 号',
  resident_since: '1999-09-01',
  age_equal_or_over: { '16': true, '18': true, '60': false, '65': false },
}

const refused = (code: ProofErrorCode) => expect.objectContaining({ code })

describe('day numbers', () => {
  test.each([
    ['1800-01-01', 1],
    ['1800-01-02', 2],
    ['1800-03-01', 60],
    ['1970-01-01', 62_092],
    ['2000-02-29', 73_108],
    ['2000-03-01', 73_109],
    ['9999-12-31', lastDayNumber],
  ])('%s is %i', (day, number) => {
    expect(dayNumber(day)).toBe(number)
    expect(dayOfNumber(number)).toBe(day)
  })

  test('count every day of four centuries once', () => {
    for (let number = 1; number <= 146_097; number++) expect(dayNumber(dayOfNumber(number))).toBe(number)
    expect(dayOfNumber(146_098)).toBe('2200-01-01')
  })

  test.each([
    '1799-12-31',
    '1900-02-29',
    '2026-04-31',
    '2026-00-10',
    '2026-13-01',
    '2026-1-01',
    '26-01-01',
    '+2026-01-01',
    '2026-01-01T',
    '',
  ])('%s has none', day => {
    expect(() => dayNumber(day)).toThrow(refused('ERR_PROOF_ATTRIBUTE'))
  })

  test.each([0, -1, 1.5, lastDayNumber + 1, Number.NaN])('%d is none', number => {
    expect(() => dayOfNumber(number)).toThrow(refused('ERR_PROOF_ATTRIBUTE'))
  })
})

describe('layout of a credential type', () => {
  test('is that of the sample schemas', () => {
    expect(resident.map(({ claim, slot, encoding }) => `${slot} ${claim} ${encoding}`)).toEqual([
      '0 resident_number text',
      '1 name text',
      '2 name_latin text',
      '3 sex number',
      '4 birth_date days',
      '5 city_code number',
      '6 division_code number',
      '7 address text',
      '8 resident_since days',
    ])
    expect(concession.map(({ claim, isInteger }) => [claim, isInteger])).toEqual([
      ['concession', false],
      ['fare_percent', true],
      ['city_code', false],
    ])
    expect(attributeOf(resident, 'birth_date').title).toEqual({ 'zh-CN': '出生日期', en: 'Date of birth' })
  })

  const day = { type: 'string', format: 'date', 'x-slot': 0, 'x-encoding': 'days' }
  const schemaOf = (properties: Record<string, unknown>) => ({ type: 'object', properties })

  test('takes sixteen slots in any order', () => {
    const properties = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`claim${index}`, { ...day, 'x-slot': 15 - index }]))
    expect(readAttributeLayout(schemaOf(properties)).map(({ slot }) => slot)).toEqual(Array.from({ length: 16 }, (_, index) => index))
  })

  test('reads names in data as data', () => {
    expect(readAttributeLayout(schemaOf({ a: { ...day }, b: { enum: [{ 'x-slot': 1 }] } }))).toHaveLength(1)
  })

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['no properties', { type: 'object' }],
    ['no slot at all', schemaOf({ a: { type: 'string' } })],
    ['slot 16', schemaOf({ a: { ...day, 'x-slot': 16 } })],
    ['slot −1', schemaOf({ a: { ...day, 'x-slot': -1 } })],
    ['slot 0.5', schemaOf({ a: { ...day, 'x-slot': 0.5 } })],
    ['a slot in text', schemaOf({ a: { ...day, 'x-slot': '0' } })],
    ['a slot twice', schemaOf({ a: day, b: day })],
    ['a slot without encoding', schemaOf({ a: { type: 'string', 'x-slot': 0 } })],
    ['an encoding without slot', schemaOf({ a: { type: 'string', format: 'date', 'x-encoding': 'days' } })],
    ['an unknown encoding', schemaOf({ a: { ...day, 'x-encoding': 'date' } })],
    ['days of any text', schemaOf({ a: { type: 'string', 'x-slot': 0, 'x-encoding': 'days' } })],
    ['days of a moment', schemaOf({ a: { ...day, format: 'date-time' } })],
    ['a choice of nothing', schemaOf({ a: { type: 'string', 'x-slot': 0, 'x-encoding': 'choice' } })],
    ['a choice with a value twice', schemaOf({ a: { enum: ['x', 'x'], 'x-slot': 0, 'x-encoding': 'choice' } })],
    ['a text that is a number', schemaOf({ a: { type: 'integer', 'x-slot': 0, 'x-encoding': 'text' } })],
    ['a number with a fraction', schemaOf({ a: { type: 'number', 'x-slot': 0, 'x-encoding': 'number' } })],
    ['a number below 0', schemaOf({ a: { type: 'integer', minimum: -1, 'x-slot': 0, 'x-encoding': 'number' } })],
    ['a number up to 2³² − 1', schemaOf({ a: { type: 'integer', maximum: 4294967295, 'x-slot': 0, 'x-encoding': 'number' } })],
    ['numbers of words', schemaOf({ a: { enum: ['one'], 'x-slot': 0, 'x-encoding': 'number' } })],
    ['numbers of two kinds', schemaOf({ a: { enum: ['1', 2], 'x-slot': 0, 'x-encoding': 'number' } })],
    ['a slot inside a claim', schemaOf({ a: day, b: { type: 'object', properties: { c: { ...day, 'x-slot': 1 } } } })],
    ['a slot under allOf', { ...schemaOf({ a: day }), allOf: [{ properties: { b: { ...day, 'x-slot': 1 } } }] }],
  ])('is refused with %s', (_, schema) => {
    expect(() => readAttributeLayout(schema)).toThrow(refused('ERR_PROOF_ATTRIBUTE'))
  })
})

describe('attributes', () => {
  test('are sixteen numbers, absent ones 0', () => {
    const attributes = encodeAttributes(resident, claims)
    expect(attributes).toHaveLength(16)
    expect(attributes.slice(3, 7)).toEqual([2n, BigInt(dayNumber('1990-02-28')), 990_101n, 990_103n])
    expect(attributes.slice(9)).toEqual(Array(7).fill(0n))
    const { city_code: _, ...withoutCity } = claims
    expect(encodeAttributes(resident, withoutCity)[5]).toBe(0n)
  })

  test('are never 0 where there is a value', () => {
    expect(encodeAttributes(concession, { concession: 'student', fare_percent: 0, city_code: '990300' }).slice(0, 3)).toEqual([
      1n,
      1n,
      990_301n,
    ])
  })

  test('of text are the same however its characters are composed', () => {
    const name = attributeOf(resident, 'name_latin')
    expect(encodeAttribute(name, 'Lü')).toBe(encodeAttribute(name, 'Lu\u0308'))
    expect(encodeAttribute(name, 'Lü')).not.toBe(encodeAttribute(name, 'Lu'))
  })

  test('come back from their numbers', () => {
    for (const attribute of resident) {
      const value = (claims as Record<string, Json>)[attribute.claim]!
      expect(decodeAttribute(attribute, encodeAttribute(attribute, value), value as string)).toBe(value)
    }
    const fare = attributeOf(concession, 'fare_percent')
    expect(decodeAttribute(fare, encodeAttribute(fare, 50))).toBe(50)
  })

  test('do not come back from numbers of nothing', () => {
    const number = (claim: string, encoded: bigint, plain?: string) => () => decodeAttribute(attributeOf(resident, claim), encoded, plain)
    const name = encodeAttribute(attributeOf(resident, 'name'), '张伟')
    for (const decode of [
      number('birth_date', 0n),
      number('birth_date', BigInt(lastDayNumber) + 1n),
      number('city_code', 2n ** 32n),
      number('sex', 4n),
      number('name', name),
      number('name', name, '张玮'),
      number('name', name + 1n, '张伟'),
      () => decodeAttribute(attributeOf(concession, 'concession'), 4n),
    ])
      expect(decode).toThrow(refused('ERR_PROOF_ATTRIBUTE'))
  })

  test.each<[string, Json]>([
    ['birth_date', '1990-02-30'],
    ['birth_date', '1799-12-31'],
    ['birth_date', 32],
    ['city_code', 990_100],
    ['city_code', '0990100'],
    ['city_code', '99010a'],
    ['city_code', '-1'],
    ['city_code', '4294967295'],
    ['sex', '3'],
    ['sex', 1],
    ['name', 7],
    ['name', null],
    ['name', '\ud800'],
    ['name', 'x'.repeat(4097)],
  ])('refuse %s %j', (claim, value) => {
    expect(() => encodeAttributes(resident, { ...claims, [claim]: value })).toThrow(refused('ERR_PROOF_ATTRIBUTE'))
  })

  test.each<[string, Json]>([
    ['fare_percent', -1],
    ['fare_percent', 0.5],
    ['fare_percent', '50'],
    ['fare_percent', 4_294_967_295],
    ['concession', 'veteran'],
    ['concession', '\ud800'],
  ])('refuse %s %j', (claim, value) => {
    expect(() => encodeAttribute(attributeOf(concession, claim), value)).toThrow(refused('ERR_PROOF_ATTRIBUTE'))
  })
})

const secret = (1n << 250n) + 1n
const credential: ZkCredential = {
  credentialType: 'urn:hufu:resident',
  schemaVersion: 1,
  issuer: 'did:neo:pilot:NXV7ZhHiyM1aHXwpVsRZC6BwNFP2jghXAq',
  claims,
  leafIndex: 77,
  expires: '2046-11-01',
  salt: (1n << 251n) + 2n,
  blinding: (1n << 252n) + 3n,
}

describe('leaf', () => {
  const content = leafContentOf(credential, resident, secret)
  const leaf = leafOfCredential(credential, resident, secret)

  test('changes with everything that it commits to', () => {
    const others = [
      { ...content, type: credentialTypeScalar('urn:hufu:other') },
      { ...content, attributes: content.attributes.with(15, 1n) },
      { ...content, holder: holderCommitment(secret, credential.blinding + 1n) },
      { ...content, holder: holderCommitment(secret + 1n, credential.blinding) },
      { ...content, expiry: content.expiry + 1 },
      { ...content, salt: content.salt + 1n },
    ]
    expect(new Set([leaf, ...others.map(credentialLeaf)]).size).toBe(7)
    expect(() => checkLeaf(leaf, content)).not.toThrow()
    for (const other of others) expect(() => checkLeaf(leaf, other)).toThrow(refused('ERR_PROOF_ATTRIBUTE'))
  })

  test.each([
    ['an expiry that is no day', { expiry: 0 }, 'ERR_PROOF_ATTRIBUTE'],
    ['a salt of 0', { salt: 0n }, 'ERR_PROOF_SCALAR'],
    ['a salt of few bits', { salt: 1n << 199n }, 'ERR_PROOF_SCALAR'],
    ['a salt of r', { salt: scalarModulus }, 'ERR_PROOF_SCALAR'],
    ['a holder below 0', { holder: -1n }, 'ERR_PROOF_SCALAR'],
  ] as const)('refuses %s', (_, change, code) => {
    expect(() => credentialLeaf({ ...content, ...change })).toThrow(refused(code))
  })

  test('has a type of 232 bits, another for each identifier', () => {
    expect(credentialTypeScalar('urn:hufu:resident')).not.toBe(credentialTypeScalar('urn:hufu:resident2'))
    expect(credentialTypeScalar('urn:hufu:resident') < 1n << 232n).toBe(true)
    expect(() => attributesHash([1n])).toThrow(TypeError)
  })
})

describe("credential's file", () => {
  const text = writeZkCredential(credential)
  const json = JSON.parse(text)

  test('is read back as it was written', () => {
    expect(parseZkCredential(text)).toEqual(credential)
  })

  test.each<[string, unknown, ProofErrorCode?]>([
    ['a list', []],
    ['a member too many', { ...json, secret: json.salt }],
    ['a member missing', { ...json, blinding: undefined }],
    ['another format', { ...json, format: 'dc+sd-jwt' }],
    ['another version', { ...json, version: 2 }],
    ['a type that the registry would not take', { ...json, credentialType: 'a b' }],
    ['an issuer that is no DID', { ...json, issuer: 'lanyu' }],
    ['claims in a list', { ...json, claims: [] }],
    ['an index of 2³²', { ...json, leafIndex: 2 ** 32 }],
    ['a schema of version 0', { ...json, schemaVersion: 0 }],
    ['an expiry that is no day', { ...json, expires: '2046-02-30' }, 'ERR_PROOF_ATTRIBUTE'],
    ['a salt of 31 bytes', { ...json, salt: json.salt.slice(2) }],
    ['a salt with stray bits', { ...json, salt: `${json.salt.slice(0, -1)}B` }],
    ['a blinding of r', { ...json, blinding: 'AQAAAP_____-W_7_AqS9UwXYoQkI2DkzSH2dKVOn7XM' }, 'ERR_PROOF_SCALAR'],
    ['a blinding of 0', { ...json, blinding: 'A'.repeat(43) }, 'ERR_PROOF_SCALAR'],
    ['too many characters', { ...json, claims: { name: 'x'.repeat(65_536) } }, 'ERR_PROOF_LIMIT'],
  ])('is refused with %s', (_, value, code = 'ERR_PROOF_ENCODING') => {
    expect(() => parseZkCredential(JSON.stringify(value))).toThrow(refused(code))
  })

  test('is refused with a name twice, or as text that is no JSON', () => {
    expect(() => parseZkCredential(text.replace('{', '{"format":"hufu_zk",'))).toThrow(refused('ERR_PROOF_ENCODING'))
    expect(() => parseZkCredential(text.slice(1))).toThrow(refused('ERR_PROOF_ENCODING'))
  })
})

test('random scalars are drawn again where they are not below r', () => {
  const draws = [new Uint8Array(32).fill(0xff), new Uint8Array(32).fill(0x11)]
  expect(randomScalar(() => draws.shift()!)).toBe(BigInt(`0x${'11'.repeat(32)}`))
})
