import { readFileSync } from 'node:fs'
import { bytesToHex, type Json } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { readAttributeLayout } from '../attributes/attribute-layout.ts'
import { credentialTypeScalar } from '../attributes/credential-leaf.ts'
import { dayNumber, dayOfNumber } from '../attributes/day-number.ts'
import { encodeAttributes } from '../attributes/encode-attribute.ts'
import { scalarModulus } from '../field/scalar-field.ts'
import { lastBirthOfAge } from './birth-limit.ts'
import { checkSatisfied, compileStatement, predicatesOf } from './compile-statement.ts'
import { describeStatement } from './describe-statement.ts'
import { askedNumbers, noPredicate, rangePredicate, satisfies, setPredicate } from './predicate.ts'
import { type Condition, parseStatement, type Statement } from './statement.ts'
import { isZkCredentialQuery, parseZkCredentialQuery, writeZkCredentialQuery } from './zk-credential-query.ts'

function sample(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../../samples/${path}.json`, import.meta.url), 'utf8'))
}

const layouts = {
  'urn:hufu:resident': readAttributeLayout(sample('credential-types/resident')),
  'urn:hufu:transport-concession': readAttributeLayout(sample('credential-types/transport-concession')),
}
const layout = layouts['urn:hufu:resident']
const today = '2026-11-23'

function asking(...where: readonly Condition[]): Statement {
  return { credentialType: 'urn:hufu:resident', where, pseudonym: 'none', maxRootAgeSeconds: 600 }
}

function compile(...where: readonly Condition[]) {
  return compileStatement(asking(...where), layout, { today })
}

const claims = {
  name: '张伟',
  sex: '1',
  birth_date: '1990-02-28',
  city_code: '990100',
  division_code: '990102',
  resident_since: '1999-09-01',
}

function isSatisfied(overrides: Record<string, Json>, ...where: readonly Condition[]): boolean {
  try {
    checkSatisfied(compile(...where), encodeAttributes(layout, { ...claims, ...overrides }))
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_PROOF_UNSATISFIED' })
    return false
  }
}

const statementError = expect.objectContaining({ code: 'ERR_PROOF_STATEMENT' })

describe('ages', () => {
  test.each([
    // The birthday itself counts, the day before does not.
    ['2008-11-23', 18, '2026-11-23', true],
    ['2008-11-24', 18, '2026-11-23', false],
    ['2008-11-23', 18, '2026-11-22', false],
    // Born on a day that three years in four lack.
    ['2008-02-29', 18, '2026-02-28', false],
    ['2008-02-29', 18, '2026-03-01', true],
    ['2008-02-29', 20, '2028-02-28', false],
    ['2008-02-29', 20, '2028-02-29', true],
    // Asked on such a day.
    ['2010-02-28', 18, '2028-02-29', true],
    ['2010-03-01', 18, '2028-02-29', false],
    // 1900 had none.
    ['1900-02-28', 100, '2000-02-28', true],
    ['1900-03-01', 100, '2000-02-29', false],
    ['2000-01-01', 18, '2018-01-01', true],
    ['2000-01-01', 18, '2017-12-31', false],
  ])('born %s, %i years on %s: %s', (born, age, day, reached) => {
    expect(dayNumber(born) <= lastBirthOfAge(age, day)).toBe(reached)
  })

  test('agree with counting birthdays, for every day of four years', () => {
    for (let number = dayNumber('2024-01-01'); number <= dayNumber('2027-12-31'); number++) {
      const day = dayOfNumber(number)
      for (const age of [1, 16, 18, 60, 100]) {
        const limit = lastBirthOfAge(age, day)
        expect([age, ageOn(day, dayOfNumber(limit)), ageOn(day, dayOfNumber(limit + 1))]).toEqual([age, age, age - 1])
      }
    }
  })

  test('are at most so many until the next birthday', () => {
    const child: Condition = { claim: 'birth_date', ageAtMost: 6 }
    expect(isSatisfied({ birth_date: '2019-11-24' }, child)).toBe(true)
    expect(isSatisfied({ birth_date: '2019-11-23' }, child)).toBe(false)
  })
})

/** Years between two days as people count them, by comparing months and days. */
function ageOn(day: string, born: string): number {
  const [dayYear, bornYear] = [Number(day.slice(0, 4)), Number(born.slice(0, 4))]
  return dayYear - bornYear - (day.slice(5) < born.slice(5) ? 1 : 0)
}

describe('predicates', () => {
  const values = [1n, 5n, 9n, 2n ** 32n - 1n, 2n ** 247n, scalarModulus - 1n]

  test('of a set are 0 at its members only', () => {
    for (let size = 1; size <= values.length; size++) {
      const predicate = setPredicate(values.slice(0, size))
      expect(askedNumbers(predicate)).toHaveLength(12)
      expect(values.filter(value => satisfies(predicate, value))).toEqual(values.slice(0, size))
      expect(satisfies(predicate, 6n)).toBe(false)
      expect(satisfies(predicate, 0n)).toBe(false)
    }
    expect(satisfies(setPredicate([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]), 8n)).toBe(true)
    expect(() => setPredicate([])).toThrow(TypeError)
    expect(() => setPredicate(new Array(9).fill(1n))).toThrow(TypeError)
  })

  test('of a range hold from the least to the most', () => {
    const predicate = rangePredicate(5n, 9n)
    expect([4n, 5n, 9n, 10n, 0n, scalarModulus - 1n, 5n + 2n ** 32n].map(value => satisfies(predicate, value))).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })

  test('of nothing hold always', () => {
    expect(askedNumbers(noPredicate)).toEqual(new Array(12).fill(0n))
    for (const value of [0n, ...values]) expect(satisfies(noPredicate, value)).toBe(true)
  })
})

describe('a statement', () => {
  test.each<[string, Condition, Record<string, Json>, Record<string, Json>]>([
    ['atLeast', { claim: 'city_code', atLeast: '990100' }, {}, { city_code: '990099' }],
    ['atMost', { claim: 'city_code', atMost: '990100' }, {}, { city_code: '990101' }],
    ['atLeast of a day', { claim: 'resident_since', atLeast: '1999-09-01' }, {}, { resident_since: '1999-08-31' }],
    ['atMost of a day', { claim: 'resident_since', atMost: '1999-09-01' }, {}, { resident_since: '1999-09-02' }],
    ['between, below', { claim: 'sex', between: ['1', '1'] }, {}, { sex: '2' }],
    ['between, above', { claim: 'division_code', between: ['990100', '990199'] }, {}, { division_code: '990200' }],
    ['equals', { claim: 'city_code', equals: '990100' }, {}, { city_code: '990200' }],
    ['equals of text', { claim: 'name', equals: '张伟' }, {}, { name: '张玮' }],
    ['in', { claim: 'city_code', in: ['990300', '990100'] }, {}, { city_code: '990200' }],
    ['ageAtLeast', { claim: 'birth_date', ageAtLeast: 18 }, { birth_date: '2008-11-23' }, { birth_date: '2008-11-24' }],
  ])('with %s holds, and one beside it does not', (_, condition, good, bad) => {
    expect(isSatisfied(good, condition)).toBe(true)
    expect(isSatisfied(bad, condition)).toBe(false)
  })

  test('is not satisfied by a claim that is not there', () => {
    const { city_code: _, ...without } = claims
    for (const condition of [{ atMost: '999999' }, { atLeast: '0' }, { disclose: true } as const, { in: ['0'] }])
      expect(() => checkSatisfied(compile({ claim: 'city_code', ...condition }), encodeAttributes(layout, without))).toThrow(
        expect.objectContaining({ code: 'ERR_PROOF_UNSATISFIED' }),
      )
  })

  test('merges conditions on one claim', () => {
    const compiled = compile(
      { claim: 'city_code', in: ['990100', '990200', '990300'] },
      { claim: 'birth_date', ageAtLeast: 18 },
      { claim: 'birth_date', ageAtMost: 59 },
      { claim: 'city_code', atLeast: '990200' },
      { claim: 'birth_date', atLeast: '1950-01-01' },
    )
    expect(compiled.claims.map(({ attribute, range, values }) => [attribute.claim, range, values])).toEqual([
      ['birth_date', { least: dayNumber('1966-11-24'), most: dayNumber('2008-11-23') }, undefined],
      ['city_code', undefined, [990_201n, 990_301n]],
    ])
  })

  test('has its claims in the order of slots, and says so in meta', () => {
    const compiled = compile(
      { claim: 'division_code', equals: '990102' },
      { claim: 'sex', equals: '1' },
      { claim: 'birth_date', ageAtLeast: 18 },
    )
    expect(compiled.slots).toEqual([3, 4, 6, 0])
    expect(compiled.meta).toBe((credentialTypeScalar('urn:hufu:resident') << 16n) + 3n + 16n * 4n + 256n * 6n)
    expect(compiled.meta < scalarModulus).toBe(true)
  })

  test('may ask for nothing but a valid credential', () => {
    expect(predicatesOf(compile(), {})).toEqual(new Array(4).fill(noPredicate))
  })

  test('has another hash for every change', () => {
    const statement = asking({ claim: 'sex', equals: '1' })
    const hashes = [
      statement,
      { ...statement, maxRootAgeSeconds: 601 },
      { ...statement, version: 1 },
      { ...statement, pseudonym: { purpose: 'a' } },
      { ...statement, pseudonym: { purpose: 'a', event: 0 } },
      asking({ claim: 'sex', equals: '2' }),
      asking({ claim: 'sex', in: ['1'] }),
    ].map(each => compileStatement(each, layout, { today }).hash)
    expect(new Set(hashes.map(bytesToHex)).size).toBe(7)
  })

  test('takes today for an event once a day', () => {
    const of = (event: number | 'today') =>
      compileStatement({ ...asking(), pseudonym: { purpose: 'ride', event } }, layout, { today }).event
    expect([of('today'), of(7)]).toEqual([dayNumber(today), 7])
    expect(compile().event).toBeUndefined()
  })

  test('discloses just what it asks for, and what fits', () => {
    const compiled = compile(
      { claim: 'city_code', disclose: true },
      { claim: 'city_code', in: ['990100', '990200'] },
      { claim: 'name', disclose: true },
    )
    const [name, city] = predicatesOf(compiled, { city_code: '990100', name: '张伟' })
    const attributes = encodeAttributes(layout, claims)
    expect([satisfies(name!, attributes[1]!), satisfies(city!, attributes[5]!), satisfies(city!, 990_201n)]).toEqual([true, true, false])
    const refusals: readonly [Record<string, Json>, string][] = [
      [{ city_code: '990100' }, 'ERR_PROOF_STATEMENT'],
      [{ city_code: '990100', name: '张伟', sex: '1' }, 'ERR_PROOF_STATEMENT'],
      [{ city_code: '990100', sex: '1' }, 'ERR_PROOF_STATEMENT'],
      [{ city_code: '990300', name: '张伟' }, 'ERR_PROOF_UNSATISFIED'],
      [{ city_code: 'abc', name: '张伟' }, 'ERR_PROOF_ATTRIBUTE'],
      [{ city_code: '990100', name: 'Lu\u0308' }, 'ERR_PROOF_ATTRIBUTE'],
    ]
    for (const [disclosed, code] of refusals) expect(() => predicatesOf(compiled, disclosed)).toThrow(expect.objectContaining({ code }))
  })

  test.each<[string, readonly Condition[], RegExp]>([
    ['five claims', ['name', 'sex', 'city_code', 'address', 'birth_date'].map(claim => ({ claim, disclose: true })), /at most 4/],
    ['an unknown claim', [{ claim: 'height', atLeast: 1 }], /height/],
    ['a claim without slot', [{ claim: 'age_equal_or_over', disclose: true }], /slot/],
    ['a range of text', [{ claim: 'name', atLeast: 'a' }], /hash/],
    ['an empty set', [{ claim: 'sex', in: [] }], /empty/],
    ['nine values', [{ claim: 'city_code', in: Array.from({ length: 9 }, (_, index) => String(index)) }], /at most 8/],
    ['a value twice', [{ claim: 'city_code', in: ['990100', '990100'] }], /once/],
    ['least above most', [{ claim: 'city_code', between: ['990200', '990100'] }], /least/],
    [
      'bounds that exclude each other',
      [
        { claim: 'city_code', atLeast: '2' },
        { claim: 'city_code', atMost: '1' },
      ],
      /least/,
    ],
    [
      'an age that nobody has',
      [
        { claim: 'birth_date', ageAtLeast: 18 },
        { claim: 'birth_date', ageAtMost: 17 },
      ],
      /least/,
    ],
    [
      'a set outside the bounds',
      [
        { claim: 'sex', equals: '1' },
        { claim: 'sex', atLeast: '2' },
      ],
      /bounds/,
    ],
    [
      'two sets',
      [
        { claim: 'sex', in: ['1', '2'] },
        { claim: 'sex', equals: '1' },
      ],
      /one equals or in/,
    ],
    [
      'a disclosure twice',
      [
        { claim: 'sex', disclose: true },
        { claim: 'sex', disclose: true },
      ],
      /once/,
    ],
    ['an age of a code', [{ claim: 'city_code', ageAtLeast: 18 }], /days/],
    ['a number where the claim is text', [{ claim: 'city_code', equals: 990_100 }], /digits/],
    ['a number over the encoding', [{ claim: 'city_code', atMost: '4294967295' }], /4294967294/],
    ['a day before 1800', [{ claim: 'birth_date', atLeast: '1799-12-31' }], /1800/],
    ['a day that does not exist', [{ claim: 'birth_date', equals: '2026-02-29' }], /calendar day/],
    ['a value that the schema does not list', [{ claim: 'sex', equals: '3' }], /lists/],
  ])('is refused with %s, and says what to do', (_, where, message) => {
    expect(() => compile(...where)).toThrow(statementError)
    expect(() => compile(...where)).toThrow(message)
  })

  test('is refused with a range of a choice, or an age of someone born before 1800', () => {
    const concession = { ...asking({ claim: 'concession', atLeast: 'student' }), credentialType: 'urn:hufu:transport-concession' }
    expect(() => compileStatement(concession, layouts['urn:hufu:transport-concession'], { today })).toThrow(/choice and has no order/)
    expect(() => compileStatement(asking({ claim: 'birth_date', ageAtLeast: 150 }), layout, { today: '1949-12-31' })).toThrow(
      statementError,
    )
    expect(() => compileStatement(asking(), layout, { today: '2026-02-30' })).toThrow(
      expect.objectContaining({ code: 'ERR_PROOF_ATTRIBUTE' }),
    )
  })
})

describe('JSON of a statement', () => {
  const good = { ...asking({ claim: 'sex', equals: '1' }), version: 1, pseudonym: { purpose: 'ride', event: 'today' } }

  test('is taken as it is', () => {
    expect(parseStatement(JSON.parse(JSON.stringify(good)))).toEqual(good)
  })

  test.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['a member too many', { ...good, holder: 'x' }],
    ['a member missing', { ...good, pseudonym: undefined, where: undefined }],
    ['no type', { ...good, credentialType: '' }],
    ['version 0', { ...good, version: 0 }],
    ['where in text', { ...good, where: 'all' }],
    ['33 conditions', { ...good, where: new Array(33).fill(good.where[0]) }],
    ['a condition without operator', { ...good, where: [{ claim: 'sex' }] }],
    ['a condition with two operators', { ...good, where: [{ claim: 'sex', equals: '1', in: ['1'] }] }],
    ['an unknown operator', { ...good, where: [{ claim: 'sex', not: '1' }] }],
    ['an operator that objects inherit', { ...good, where: [{ claim: 'sex', toString: '1' }] }],
    ['a condition without claim', { ...good, where: [{ equals: '1' }] }],
    ['a value that is a list', { ...good, where: [{ claim: 'sex', equals: ['1'] }] }],
    ['a fraction', { ...good, where: [{ claim: 'sex', equals: 1.5 }] }],
    ['a lone surrogate', { ...good, where: [{ claim: 'name', equals: '\ud800' }] }],
    ['between three', { ...good, where: [{ claim: 'sex', between: ['1', '2', '3'] }] }],
    ['an age of 0', { ...good, where: [{ claim: 'birth_date', ageAtLeast: 0 }] }],
    ['an age of 151', { ...good, where: [{ claim: 'birth_date', ageAtLeast: 151 }] }],
    ['disclose false', { ...good, where: [{ claim: 'sex', disclose: false }] }],
    ['an unnamed pseudonym', { ...good, pseudonym: { event: 1 } }],
    ['a pseudonym in text', { ...good, pseudonym: 'ride' }],
    ['an empty purpose', { ...good, pseudonym: { purpose: '' } }],
    ['an event of 2³²', { ...good, pseudonym: { purpose: 'ride', event: 2 ** 32 } }],
    ['another event in words', { ...good, pseudonym: { purpose: 'ride', event: 'tomorrow' } }],
    ['roots of any age', { ...good, maxRootAgeSeconds: 0 }],
    ['roots of over a month', { ...good, maxRootAgeSeconds: 31 * 86_400 + 1 }],
  ])('is refused with %s', (_, json) => {
    expect(() => parseStatement(json)).toThrow(statementError)
  })
})

describe('a statement in words', () => {
  const statement: Statement = {
    ...asking(
      { claim: 'birth_date', ageAtLeast: 18 },
      { claim: 'city_code', in: ['990100', '990200'] },
      { claim: 'sex', equals: '1' },
      { claim: 'name', disclose: true },
    ),
    pseudonym: { purpose: 'open-account' },
  }
  const label = (claim: string, value: unknown) => (claim === 'city_code' && value === '990100' ? '澜屿市' : undefined)

  test('says in Chinese what is proven, shown and hidden', () => {
    const words = describeStatement(statement, layout, 'zh-CN', { today, label })
    expect(words.proves).toContain('出生日期：截至 2026-11-23 已满 18 周岁（自生日当天起算）')
    expect(words.proves).toContain('居住城市：为以下之一：澜屿市、990200')
    expect(words.shows).toEqual(['姓名：出示具体内容', '性别：为 1'])
    expect(words.hides.join()).toMatch(/出生日期的具体内容.*居住城市的具体内容.*公民身份号码.*住址.*哪一家机构签发/)
    expect(words.hides.join()).not.toMatch(/(?:^|[、,])姓名/)
    expect(words.pseudonym).toContain('open-account')
  })

  test('says the same in English', () => {
    const words = describeStatement(statement, layout, 'en', { today })
    expect(words.proves).toContain('Date of birth: 18 years or older on 2026-11-23, counted from the birthday itself')
    expect(words.shows).toEqual(['Name: what it says', 'Sex (GB/T 2261.1): 1'])
    expect(words.hides.at(-1)).toContain('Which institution issued')
    expect(words.freshness).toContain('600 seconds')
  })

  test('has words for every operator and pseudonym, in both languages', () => {
    const all: readonly Condition[] = [
      { claim: 'birth_date', atLeast: '1950-01-01' },
      { claim: 'birth_date', atMost: '2020-01-01' },
      { claim: 'birth_date', ageAtMost: 70 },
      { claim: 'division_code', between: ['990100', '990199'] },
    ]
    for (const language of ['zh-CN', 'en'] as const) {
      const said = ([{ purpose: 'p' }, { purpose: 'p', event: 'today' }, { purpose: 'p', event: 3 }, 'none'] as const).map(pseudonym =>
        describeStatement({ ...asking(...all), pseudonym }, layout, language, { today }),
      )
      expect(new Set(said.map(words => words.pseudonym)).size).toBe(4)
      expect(new Set(said[0]!.proves).size).toBe(5)
    }
  })

  test('does not call a value hidden that follows from the bounds', () => {
    const words = describeStatement(asking({ claim: 'birth_date', between: ['1990-02-28', '1990-02-28'] }), layout, 'en', { today })
    expect(words.shows).toHaveLength(1)
    expect(words.hides.join()).not.toContain('Date of birth')
  })
})

describe('DCQL', () => {
  const entry = {
    id: 'residence',
    format: 'hufu_zk',
    meta: {
      type_values: ['urn:hufu:resident'],
      statement: { where: [{ claim: 'birth_date', ageAtLeast: 18 }], pseudonym: 'none', maxRootAgeSeconds: 600 },
    },
    claims: [
      { path: ['city_code'], values: ['990100', '990200'] },
      { id: 'n', path: ['name'] },
    ],
  }

  test('becomes a statement', () => {
    expect(parseZkCredentialQuery(entry)).toEqual({
      id: 'residence',
      statement: asking(
        { claim: 'birth_date', ageAtLeast: 18 },
        { claim: 'city_code', in: ['990100', '990200'] },
        { claim: 'city_code', disclose: true },
        { claim: 'name', disclose: true },
      ),
    })
    expect(isZkCredentialQuery(entry)).toBe(true)
    expect(isZkCredentialQuery({ format: 'dc+sd-jwt' })).toBe(false)
  })

  test('is written from a statement', () => {
    const query = { id: 'a', statement: { ...asking({ claim: 'sex', equals: '1' }, { claim: 'name', disclose: true }), version: 2 } }
    expect(parseZkCredentialQuery(writeZkCredentialQuery(query))).toEqual(query)
    expect(writeZkCredentialQuery({ id: 'a', statement: asking() })).not.toHaveProperty('claims')
  })

  const { claims: _, ...silent } = entry
  test('may show nothing', () => {
    expect(parseZkCredentialQuery(silent).statement.where).toHaveLength(1)
  })

  test.each<[string, unknown]>([
    ['another format', { ...entry, format: 'dc+sd-jwt' }],
    ['no meta', { ...entry, meta: undefined }],
    ['an id with a space', { ...entry, id: 'a b' }],
    ['several credentials', { ...entry, multiple: true }],
    ['no holder binding', { ...entry, require_cryptographic_holder_binding: false }],
    ['authorities to choose from', { ...entry, trusted_authorities: [{ type: 'aki', values: ['x'] }] }],
    ['claim sets', { ...entry, claim_sets: [['n']] }],
    ['no type', { ...entry, meta: { ...entry.meta, type_values: [] } }],
    ['two types', { ...entry, meta: { ...entry.meta, type_values: ['a', 'b'] } }],
    ['vct_values', { ...entry, meta: { ...entry.meta, vct_values: ['a'] } }],
    [
      'a statement with a type of its own',
      { ...entry, meta: { ...entry.meta, statement: { ...entry.meta.statement, credentialType: 'x' } } },
    ],
    [
      'a disclosure outside claims',
      { ...entry, meta: { ...entry.meta, statement: { ...entry.meta.statement, where: [{ claim: 'name', disclose: true }] } } },
    ],
    ['an empty list of claims', { ...entry, claims: [] }],
    ['a path of two steps', { ...entry, claims: [{ path: ['age_equal_or_over', '18'] }] }],
    ['a path with a number', { ...entry, claims: [{ path: [0] }] }],
    ['no values to choose from', { ...entry, claims: [{ path: ['sex'], values: [] }] }],
    ['a member too many', { ...entry, claims: [{ path: ['sex'], intent_to_retain: true }] }],
  ])('is refused with %s', (_, json) => {
    expect(() => parseZkCredentialQuery(json)).toThrow(statementError)
  })

  test.each(['open-account-zk', 'concession-ride-zk'])('of the sample %s compiles', name => {
    const { dcql } = sample(`queries/${name}`) as { dcql: { credentials: readonly unknown[] } }
    for (const credential of dcql.credentials) {
      const { statement } = parseZkCredentialQuery(credential)
      const itsLayout = layouts[statement.credentialType as keyof typeof layouts]
      expect(() => compileStatement(statement, itsLayout, { today })).not.toThrow()
    }
  })
})
