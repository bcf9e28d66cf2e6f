import { credentialTypes } from '@hufu/samples'
import { expect, test } from 'vitest'
import type { CredentialType } from '../api/staff-answers.ts'
import { claimsOf, fieldsOf, hasWorkedOutClaims, problemOfField, shownValue } from './claim-fields.ts'

const resident = { schema: credentialTypes['urn:hufu:resident'] as CredentialType['schema'] }
const concession = { schema: credentialTypes['urn:hufu:transport-concession'] as CredentialType['schema'] }
const field = (name: string, type = resident) => fieldsOf(type).find(each => each.name === name)!

test('a form follows the schema of its type: kinds, titles and choices in both languages', () => {
  expect(fieldsOf(resident).map(({ name, kind }) => [name, kind])).toEqual([
    ['resident_number', 'text'],
    ['name', 'text'],
    ['name_latin', 'text'],
    ['sex', 'choice'],
    ['birth_date', 'date'],
    ['city_code', 'text'],
    ['division_code', 'text'],
    ['address', 'text'],
    ['resident_since', 'date'],
  ])
  // As the ledger has it.
  const { properties } = resident.schema
  const sorted = Object.fromEntries(Object.entries(properties!).toSorted(([one], [other]) => (one < other ? -1 : 1)))
  expect(fieldsOf({ schema: { ...resident.schema, properties: sorted } })).toEqual(fieldsOf(resident))
  expect(field('name').title).toEqual({ 'zh-CN': '姓名', en: 'Name' })
  expect(field('sex').options.map(({ label }) => label)).toEqual([
    { 'zh-CN': '男', en: 'male' },
    { 'zh-CN': '女', en: 'female' },
  ])
  expect(field('concession', concession).options[1]).toEqual({ value: 'senior', label: { 'zh-CN': '老年人', en: 'senior' } })
  expect([hasWorkedOutClaims(resident), hasWorkedOutClaims(concession)]).toEqual([true, false])
})

test.each([
  ['resident_number', '11010519491231002X', undefined],
  ['resident_number', '11010519491231002x', 'pattern'],
  ['resident_number', '1101051949123100', 'pattern'],
  ['name', '', 'missing'],
  ['name', '阮'.repeat(50), undefined],
  ['name', '阮'.repeat(51), 'tooLong'],
  ['birth_date', '2024-02-29', undefined],
  ['birth_date', '2023-02-29', 'date'],
  ['birth_date', '1990-13-01', 'date'],
  ['city_code', '990100', undefined],
  ['city_code', '990101', 'pattern'],
])('%s: %s is %s', (name, value, problem) => {
  expect(problemOfField(field(name), value)).toBe(problem)
})

test.each([
  ['0', undefined],
  ['100', undefined],
  ['101', 'range'],
  ['-1', 'range'],
  ['1.5', 'number'],
  ['half', 'number'],
])('a fare of %s per cent is %s', (value, problem) => {
  expect(problemOfField(field('fare_percent', concession), value)).toBe(problem)
})

test('what was entered becomes claims of the right types, and nothing of what was left empty', () => {
  const fields = fieldsOf(concession)
  expect(claimsOf(fields, { concession: 'senior', fare_percent: ' 50 ', city_code: '' })).toEqual({
    concession: 'senior',
    fare_percent: 50,
  })
  expect(shownValue(fields[0], 'senior', 'zh-CN')).toBe('老年人')
  expect(shownValue(undefined, { 18: true, 60: false }, 'en')).toBe('18: yes, 60: no')
})
