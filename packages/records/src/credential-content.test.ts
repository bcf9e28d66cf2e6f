import { createReadStream } from 'node:fs'
import { cities, credentialTypes, residentsFile } from '@hufu/samples'
import { compileCredentialSchema } from '@hufu/trust'
import { describe, expect, test } from 'vitest'
import { checkFile } from './check-file.ts'
import { batchTypes, claimsOfContent, contentOfRow, disclosablePaths } from './credential-content.ts'
import type { ResidentRow } from './resident-row.ts'

const today = '2026-11-23'
const row: ResidentRow = {
  residentNumber: '990102200811240010',
  name: '李梓轩',
  nameLatin: 'Li Zixuan',
  sex: '1',
  birthDate: '2008-11-24',
  divisionCode: '990103',
  address: '礁湖区听潮路8号',
  residentSince: '2008-11-24',
  concession: 'student',
  concessionUntil: '2027-07-31',
  validFrom: '2026-10-01',
  validUntil: '2036-09-30',
}

describe('residence credential', () => {
  test('says what the row says, and holds from the first to the end of the last day in China', () => {
    const content = contentOfRow('urn:hufu:resident', row, today)!
    expect(content.claims).toMatchObject({ name: '李梓轩', city_code: '990100', division_code: '990103' })
    expect(new Date(content.notBeforeMs).toISOString()).toBe('2026-09-30T16:00:00.000Z')
    expect(new Date(content.expiresAtMs).toISOString()).toBe('2036-09-30T16:00:00.000Z')
  })

  test('says the ages reached at the day of issue, not before the birthday', () => {
    const content = contentOfRow('urn:hufu:resident', row, today)!
    expect(claimsOfContent(content, '2026-11-23').age_equal_or_over).toEqual({ 16: true, 18: false, 60: false, 65: false })
    expect(claimsOfContent(content, '2026-11-24').age_equal_or_over).toEqual({ 16: true, 18: true, 60: false, 65: false })
  })

  test('of someone born on 29 February says 18 on 1 March', () => {
    const content = contentOfRow('urn:hufu:resident', { ...row, birthDate: '2008-02-29' }, today)!
    expect(claimsOfContent(content, '2026-02-28').age_equal_or_over).toMatchObject({ 18: false })
    expect(claimsOfContent(content, '2026-03-01').age_equal_or_over).toMatchObject({ 18: true })
  })

  test('lets each age be shown by itself', () => {
    const claims = claimsOfContent(contentOfRow('urn:hufu:resident', row, today)!, today)
    expect(disclosablePaths(claims)).toContainEqual(['age_equal_or_over', '18'])
    expect(disclosablePaths(claims)).not.toContainEqual(['age_equal_or_over'])
    expect(disclosablePaths(claims)).toContainEqual(['name'])
  })
})

describe('transport concession', () => {
  test('ends with the concession, and has neither number nor name', () => {
    const content = contentOfRow('urn:hufu:transport-concession', row, today)!
    expect(content.claims).toEqual({ concession: 'student', fare_percent: 50, city_code: '990100' })
    expect(new Date(content.expiresAtMs).toISOString()).toBe('2027-07-31T16:00:00.000Z')
  })

  test('does not outlive the registration', () => {
    const content = contentOfRow('urn:hufu:transport-concession', { ...row, validUntil: '2027-01-31' }, today)!
    expect(new Date(content.expiresAtMs).toISOString()).toBe('2027-01-31T16:00:00.000Z')
  })

  test.each([
    ['has none', { concession: 'none', concessionUntil: null }],
    ['had one until yesterday', { concessionUntil: '2026-11-22' }],
  ] as const)('is not for someone who %s', (_, changes) => {
    expect(contentOfRow('urn:hufu:transport-concession', { ...row, ...changes }, today)).toBeNull()
  })
})

test('claims of all sample residents follow their types', async () => {
  const clock = { nowMs: () => Date.parse(`${today}T00:00:00Z`) }
  const divisions = new Set(cities.flatMap(city => city.divisions.map(({ code }) => code)))
  const checkers = batchTypes.map(typeId => ({
    typeId,
    check: compileCredentialSchema(credentialTypes[typeId as keyof typeof credentialTypes]),
  }))
  const counts = { 'urn:hufu:resident': 0, 'urn:hufu:transport-concession': 0 } as Record<string, number>
  for (const { slug, code } of cities) {
    for await (const item of checkFile(createReadStream(residentsFile(slug)), { city: code, divisions, clock })) {
      if (!('row' in item)) continue
      for (const { typeId, check } of checkers) {
        const content = contentOfRow(typeId, item.row, today)
        if (content === null) continue
        check(claimsOfContent(content, today))
        counts[typeId]!++
      }
    }
  }
  expect(counts['urn:hufu:resident']).toBe(10_000)
  expect(counts['urn:hufu:transport-concession']).toBeGreaterThan(1000)
})

test('other types cannot be issued from a residents file', () => {
  expect(() => contentOfRow('urn:hufu:diploma', row, today)).toThrow(TypeError)
})
