import { readdirSync, readFileSync } from 'node:fs'
import { readAttributeLayout } from '@hufu/proofs'
import { describe, expect, test } from 'vitest'
import { type AnsweredCredential, checkDcqlAnswer } from './check-dcql-answer.ts'
import { pickClaims, selectValues } from './claim-values.ts'
import { type HeldCredential, matchDcql } from './match-dcql.ts'
import { parseDcqlQuery } from './parse-dcql-query.ts'

const refused = (code: string) => expect.objectContaining({ code: `ERR_EXCHANGE_${code}` })
const samples = new URL('../../../../samples/', import.meta.url)
const today = { today: '2026-11-23' }

const claims = {
  name: '张伟',
  birth_date: '1990-02-28',
  city_code: '990100',
  age_equal_or_over: { '18': true, '60': false },
  nationalities: ['CN', 'XX'],
}
const sdJwt: HeldCredential = {
  id: 'c1',
  format: 'dc+sd-jwt',
  credentialType: 'urn:hufu:resident',
  claims: { vct: 'urn:hufu:resident', ...claims },
}
const w3c: HeldCredential = {
  id: 'c2',
  format: 'ldp_vc',
  document: {
    '@context': ['https://www.w3.org/ns/credentials/v2', 'https://www.w3.org/ns/credentials/undefined-terms/v2'],
    type: ['VerifiableCredential', 'ResidentCredential', 'urn:hufu:resident'],
    credentialSubject: { name: '张伟', city_code: '990100' },
  },
}
const layout = readAttributeLayout(JSON.parse(readFileSync(new URL('credential-types/resident.json', samples), 'utf8')))
const zk: HeldCredential = { id: 'c3', format: 'hufu_zk', credentialType: 'urn:hufu:resident', claims, layout }

const entry = (changes: object = {}) =>
  defined({
    id: 'residence',
    format: 'dc+sd-jwt',
    meta: { vct_values: ['urn:hufu:resident'] },
    claims: [{ path: ['name'] }, { path: ['age_equal_or_over', '18'], values: [true] }],
    ...changes,
  })
const defined = (members: object) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
const queryOf = (...credentials: object[]) => parseDcqlQuery({ credentials })

describe('queries', () => {
  test.each([...readdirSync(new URL('queries/', samples))])('of the samples are read: %s', name => {
    const { dcql } = JSON.parse(readFileSync(new URL(`queries/${name}`, samples), 'utf8'))
    const query = parseDcqlQuery(dcql)
    expect(query.json).toEqual(dcql)
    expect(query.credentials.map(({ id, format }) => ({ id, format }))).toEqual(
      dcql.credentials.map(({ id, format }: { id: string; format: string }) => ({ id, format })),
    )
  })

  // OpenID4VP 1.0 §6.4.3 and appendix D, in our formats.
  test('with claim sets, credential sets and W3C types are read', () => {
    const query = parseDcqlQuery({
      credentials: [
        entry({
          claims: [
            { id: 'a', path: ['name'] },
            { id: 'b', path: ['nationalities', null], values: ['CN'] },
            { id: 'c', path: ['nationalities', 0] },
          ],
          claim_sets: [['a', 'b'], ['c']],
          multiple: true,
        }),
        {
          id: 'w3c',
          format: 'ldp_vc',
          meta: { type_values: [['https://www.w3.org/2018/credentials#VerifiableCredential', 'urn:hufu:resident']] },
          require_cryptographic_holder_binding: false,
        },
      ],
      credential_sets: [{ options: [['residence'], ['w3c']] }, { options: [['w3c']], required: false }],
    })
    expect(query.credentials).toMatchObject([
      { multiple: true, holderBinding: true, claimSets: [['a', 'b'], ['c']], credentialTypes: ['urn:hufu:resident'] },
      { multiple: false, holderBinding: false, claims: undefined, typeSets: [[expect.any(String), 'urn:hufu:resident']] },
    ])
    expect(query.credentialSets).toEqual([
      { options: [['residence'], ['w3c']], required: true },
      { options: [['w3c']], required: false },
    ])
  })

  test.each([
    ['nothing', {}],
    ['no credentials', { credentials: [] }],
    ['an unknown member', { credentials: [entry()], scope: 'openid' }],
    ['an id twice', { credentials: [entry(), entry()] }],
    ['an id of other characters', { credentials: [entry({ id: 'a b' })] }],
    ['another format', { credentials: [entry({ format: 'mso_mdoc' })] }],
    ['the format of the drafts', { credentials: [entry({ format: 'vc+sd-jwt' })] }],
    ['no type', { credentials: [entry({ meta: {} })] }],
    ['no types in the list', { credentials: [entry({ meta: { vct_values: [] } })] }],
    ['no meta', { credentials: [entry({ meta: undefined })] }],
    ['types of another format', { credentials: [entry({ meta: { type_values: [['a']] } })] }],
    ['trusted authorities', { credentials: [entry({ trusted_authorities: [{ type: 'aki', values: ['a'] }] })] }],
    ['no claims in the list', { credentials: [entry({ claims: [] })] }],
    ['an empty path', { credentials: [entry({ claims: [{ path: [] }] })] }],
    ['a path with a negative index', { credentials: [entry({ claims: [{ path: ['a', -1] }] })] }],
    ['a path with a fraction', { credentials: [entry({ claims: [{ path: ['a', 0.5] }] })] }],
    ['a path with an object', { credentials: [entry({ claims: [{ path: [{}] }] })] }],
    ['a very long path', { credentials: [entry({ claims: [{ path: Array(9).fill('a') }] })] }],
    ['a path twice', { credentials: [entry({ claims: [{ path: ['a'] }, { path: ['a'] }] })] }],
    ['a value that is an object', { credentials: [entry({ claims: [{ path: ['a'], values: [{}] }] })] }],
    ['no values in the list', { credentials: [entry({ claims: [{ path: ['a'], values: [] }] })] }],
    ['claim sets without claims', { credentials: [entry({ claims: undefined, claim_sets: [['a']] })] }],
    ['claim sets of claims without id', { credentials: [entry({ claim_sets: [['a']] })] }],
    ['claim sets of unknown ids', { credentials: [entry({ claims: [{ id: 'a', path: ['a'] }], claim_sets: [['b']] })] }],
    ['credential sets of unknown ids', { credentials: [entry()], credential_sets: [{ options: [['b']] }] }],
    ['no options', { credentials: [entry()], credential_sets: [{ options: [] }] }],
    ['a flag that is text', { credentials: [entry({ multiple: 'true' })] }],
    ['a statement that is none', { credentials: [{ id: 'a', format: 'hufu_zk', meta: { type_values: ['t'], statement: {} } }] }],
    ['seventeen credentials', { credentials: Array.from({ length: 17 }, (_, index) => entry({ id: `c${index}` })) }],
    ['thirty-three claims', { credentials: [entry({ claims: Array.from({ length: 33 }, (_, index) => ({ path: [`c${index}`] })) })] }],
  ])('are refused with %s', (_, json) => {
    expect(() => parseDcqlQuery(json)).toThrow(refused('QUERY'))
  })

  test('nested without end, or very large, are refused before anything else', () => {
    let nested: unknown = 1
    for (let depth = 0; depth < 100_000; depth++) nested = [nested]
    expect(() => parseDcqlQuery({ credentials: nested })).toThrow(refused('TOO_LARGE'))
    expect(() => parseDcqlQuery({ credentials: Array(10_000).fill(1) })).toThrow(refused('TOO_LARGE'))
  })
})

describe('paths', () => {
  test.each([
    [['name'], ['张伟']],
    [['age_equal_or_over', '18'], [true]],
    [
      ['nationalities', null],
      ['CN', 'XX'],
    ],
    [['nationalities', 1], ['XX']],
    [['nationalities', 2], []],
    [['nationalities', '0'], []],
    [['name', 0], []],
    [['name', null], []],
    [['toString'], []],
    [['__proto__'], []],
    [['nationalities', 'length'], []],
  ])('%j', (path, values) => {
    expect(selectValues(claims, path)).toEqual(values)
  })

  test('pick what they name and nothing else', () => {
    expect(pickClaims(claims, [['name'], ['age_equal_or_over', '18'], ['nationalities', 1]])).toEqual({
      name: '张伟',
      age_equal_or_over: { '18': true },
      nationalities: ['XX'],
    })
    expect(pickClaims({ list: [{ a: 1, b: 2 }, { a: 3 }] }, [['list', null, 'a']])).toEqual({ list: [{ a: 1 }, { a: 3 }] })
    expect(pickClaims(claims, [])).toEqual({})
  })
})

describe('a wallet', () => {
  test('shows the fewest claims', () => {
    const match = matchDcql(queryOf(entry()), [sdJwt, w3c, zk], today)
    expect(match).toMatchObject({ possible: true, sets: [{ required: true, options: [{ ids: ['residence'], possible: true }] }] })
    expect(match.credentials[0]?.options).toEqual([
      {
        credentialId: 'c1',
        disclose: [['name'], ['age_equal_or_over', '18']],
        shown: [
          { path: ['name'], values: ['张伟'] },
          { path: ['age_equal_or_over', '18'], values: [true] },
        ],
        whole: false,
      },
    ])
    expect(matchDcql(queryOf(entry({ claims: undefined })), [sdJwt], today).credentials[0]?.options[0]?.disclose).toEqual([])
  })

  test.each([
    ['none of the type', entry({ meta: { vct_values: ['urn:hufu:other'] } }), [{ reason: 'none-held' }]],
    ['a claim that it does not have', entry({ claims: [{ path: ['sex'] }] }), [{ credentialId: 'c1', reason: 'claim', path: ['sex'] }]],
    [
      'another value',
      entry({ claims: [{ path: ['age_equal_or_over', '60'], values: [true] }] }),
      [{ credentialId: 'c1', reason: 'value', path: ['age_equal_or_over', '60'] }],
    ],
    [
      'a value of another type',
      entry({ claims: [{ path: ['city_code'], values: [990100] }] }),
      [{ credentialId: 'c1', reason: 'value', path: ['city_code'] }],
    ],
  ])('says what is missing: %s', (_, asked, missing) => {
    const match = matchDcql(queryOf(asked), [sdJwt], today)
    expect(match).toMatchObject({ possible: false, credentials: [{ options: [], missing }] })
  })

  test('takes the first claim set that it can answer', () => {
    const asked = entry({
      claims: [
        { id: 'a', path: ['sex'] },
        { id: 'b', path: ['city_code'] },
      ],
      claim_sets: [['a', 'b'], ['b']],
    })
    expect(matchDcql(queryOf(asked), [sdJwt], today).credentials[0]?.options[0]?.disclose).toEqual([['city_code']])
  })

  test('has a choice of credentials, and of sets', () => {
    const query = parseDcqlQuery({
      credentials: [entry(), { id: 'other', format: 'dc+sd-jwt', meta: { vct_values: ['urn:hufu:other'] } }],
      credential_sets: [{ options: [['residence', 'other'], ['residence']] }, { options: [['other']], required: false }],
    })
    const match = matchDcql(query, [sdJwt, { ...sdJwt, id: 'c9' }], today)
    expect(match.credentials[0]?.options.map(({ credentialId }) => credentialId)).toEqual(['c1', 'c9'])
    expect(match).toMatchObject({
      possible: true,
      sets: [{ options: [{ possible: false }, { possible: true }] }, { required: false, options: [{ possible: false }] }],
    })
  })

  const ofTypes = (...types: string[]) => ({
    id: 'a',
    format: 'ldp_vc',
    meta: { type_values: [types] },
    claims: [{ path: ['credentialSubject', 'name'] }],
  })
  test.each([
    [['urn:hufu:resident'], true],
    [['https://www.w3.org/2018/credentials#VerifiableCredential', 'urn:hufu:resident'], true],
    [['https://www.w3.org/ns/credentials/undefined-term#ResidentCredential'], true],
    [['ResidentCredential'], true],
    [['https://evil.example/ResidentCredential'], false],
    [['urn:hufu:resident', 'urn:hufu:other'], false],
  ])('shows a W3C credential of types %j: %s', (types, possible) => {
    const match = matchDcql(queryOf(ofTypes(...types)), [sdJwt, w3c, zk], today)
    expect(match.possible).toBe(possible)
    if (possible) expect(match.credentials[0]?.options).toMatchObject([{ credentialId: 'c2', whole: true, shown: [{ values: ['张伟'] }] }])
  })

  const statement = (where: object[], claims?: object[]) => ({
    id: 'a',
    format: 'hufu_zk',
    meta: { type_values: ['urn:hufu:resident'], statement: { where, pseudonym: 'none', maxRootAgeSeconds: 60 } },
    ...(claims === undefined ? {} : { claims }),
  })
  test.each([
    ['36 years old', statement([{ claim: 'birth_date', ageAtLeast: 36 }]), true],
    ['a year older', statement([{ claim: 'birth_date', ageAtLeast: 37 }]), false],
    ['in the city', statement([{ claim: 'city_code', in: ['990200', '990100'] }]), true],
    ['in another', statement([{ claim: 'city_code', in: ['990200'] }]), false],
    ['the city shown', statement([], [{ path: ['city_code'], values: ['990100'] }]), true],
    ['another city shown', statement([], [{ path: ['city_code'], values: ['990200'] }]), false],
  ])('proves only what is so: %s', (_, asked, possible) => {
    const match = matchDcql(queryOf(asked), [zk, sdJwt], today)
    expect(match.possible).toBe(possible)
    if (possible) expect(match.credentials[0]?.options).toMatchObject([{ credentialId: 'c3', disclose: [] }])
    else expect(match.credentials[0]?.missing).toMatchObject([{ credentialId: 'c3', path: [expect.any(String)] }])
  })
})

describe('a verifier', () => {
  const query = queryOf(entry())
  const answer = (changes: object = {}): AnsweredCredential =>
    ({
      queryId: 'residence',
      format: 'dc+sd-jwt',
      credentialType: 'urn:hufu:resident',
      claims,
      holderBound: true,
      ...changes,
    }) as AnsweredCredential

  test('learns what it asked and nothing else', () => {
    expect(checkDcqlAnswer(query, [answer()])).toEqual([
      {
        queryId: 'residence',
        asked: [
          { path: ['name'], values: ['张伟'] },
          { path: ['age_equal_or_over', '18'], values: [true] },
        ],
        claims: { name: '张伟', age_equal_or_over: { '18': true } },
      },
    ])
    expect(checkDcqlAnswer(queryOf(entry({ claims: undefined })), [answer()])[0]?.claims).toEqual({})
  })

  test.each([
    ['nothing', []],
    ['something else', [answer(), answer({ queryId: 'other' })]],
    ['two where one was asked', [answer(), answer()]],
    ['another format', [answer({ format: 'hufu_zk' })]],
    ['another type', [answer({ credentialType: 'urn:hufu:other' })]],
    ['no proof of the holder', [answer({ holderBound: false })]],
    ['a claim less', [answer({ claims: { age_equal_or_over: { '18': true } } })]],
    ['another value', [answer({ claims: { ...claims, age_equal_or_over: { '18': false } } })]],
    ['a value of another type', [answer({ claims: { ...claims, age_equal_or_over: { '18': 'true' } } })]],
  ])('refuses %s', (_, given) => {
    expect(() => checkDcqlAnswer(query, given)).toThrow(refused('PRESENTATION'))
  })

  test('takes several where it asked for several, one set of those it named, and no proof where it asked for none', () => {
    expect(checkDcqlAnswer(queryOf(entry({ multiple: true })), [answer(), answer()])).toHaveLength(2)
    const unbound = queryOf(entry({ require_cryptographic_holder_binding: false }))
    expect(checkDcqlAnswer(unbound, [answer({ holderBound: false })])).toHaveLength(1)
    const sets = parseDcqlQuery({
      credentials: [entry(), entry({ id: 'b' }), entry({ id: 'c' })],
      credential_sets: [{ options: [['residence', 'b'], ['c']] }, { options: [['b']], required: false }],
    })
    for (const ids of [['residence', 'b'], ['c'], ['c', 'b']])
      expect(
        checkDcqlAnswer(
          sets,
          ids.map(queryId => answer({ queryId })),
        ),
      ).toHaveLength(ids.length)
    for (const ids of [['residence'], ['b']])
      expect(() =>
        checkDcqlAnswer(
          sets,
          ids.map(queryId => answer({ queryId })),
        ),
      ).toThrow(refused('PRESENTATION'))
  })

  test('checks W3C types and zero-knowledge disclosures', () => {
    const asked = queryOf({
      id: 'a',
      format: 'ldp_vc',
      meta: { type_values: [['urn:hufu:resident']] },
      claims: [{ path: ['credentialSubject', 'name'] }],
    })
    const { document } = w3c as HeldCredential & { format: 'ldp_vc' }
    const shown = { queryId: 'a', format: 'ldp_vc', holderBound: true } as const
    expect(checkDcqlAnswer(asked, [{ ...shown, document }])[0]?.claims).toEqual({ credentialSubject: { name: '张伟' } })
    expect(() => checkDcqlAnswer(asked, [{ ...shown, document: { ...document, type: ['VerifiableCredential'] } }])).toThrow(
      refused('PRESENTATION'),
    )
    const proven = queryOf({
      id: 'a',
      format: 'hufu_zk',
      meta: { type_values: ['urn:hufu:resident'], statement: { where: [], pseudonym: 'none', maxRootAgeSeconds: 60 } },
      claims: [{ path: ['city_code'] }],
    })
    const zkAnswer = { queryId: 'a', format: 'hufu_zk', credentialType: 'urn:hufu:resident', holderBound: true } as const
    expect(checkDcqlAnswer(proven, [{ ...zkAnswer, claims: { city_code: '990100' } }])[0]?.claims).toEqual({ city_code: '990100' })
    expect(() => checkDcqlAnswer(proven, [{ ...zkAnswer, claims: {} }])).toThrow(refused('PRESENTATION'))
  })
})
