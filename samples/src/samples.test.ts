import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Json, parseDivisionCode, parseOrganisationCode, parseResidentNumber, prefectureOf } from '@hufu/primitives'
import { compileCredentialSchema, parseQueryContent } from '@hufu/trust'
import { describe, expect, test } from 'vitest'
import { cities, credentialTypes, damagedFile, institutions, province, queries, residentsFile } from './index.ts'
import { makeResidents } from './residents-csv.ts'
import { sampleFiles } from './sample-files.ts'

const clock = { nowMs: () => Date.parse('2026-11-23T00:00:00Z') }
const residents = [...makeResidents()].flatMap(([city, rows]) => rows.map(row => ({ city, row })))

/** GB/T 2260, first two digits; 83 is for residents of Taiwan in GB 11643. */
const assignedProvinces = '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(
  ' ',
)

describe('samples/data', () => {
  test('holds exactly the bytes that the generator makes', () => {
    const folder = fileURLToPath(new URL('../data', import.meta.url))
    const files = sampleFiles()
    expect(globSync('**/*.*', { cwd: folder }).sort()).toEqual([...files.keys()].sort())
    for (const [path, bytes] of files) expect(readFileSync(`${folder}/${path}`).equals(bytes), path).toBe(true)
  })

  test('is under two megabytes', () => {
    expect([...sampleFiles().values()].reduce((sum, bytes) => sum + bytes.length, 0)).toBeLessThan(2_000_000)
  })

  test('is where index.ts says', () => {
    for (const url of [...cities.map(({ slug }) => residentsFile(slug)), damagedFile.csv, damagedFile.findings])
      expect(existsSync(url)).toBe(true)
  })
})

describe('residents', () => {
  test('are 10,000, each with a number of its own that holds', () => {
    expect(residents).toHaveLength(10_000)
    expect(new Set(residents.map(({ row }) => row.resident_number)).size).toBe(10_000)
    for (const { row } of residents) {
      const { birthDate, sex } = parseResidentNumber(row.resident_number, clock)
      expect([birthDate, sex]).toEqual([row.birth_date, row.sex])
    }
  })

  test('live in a division of their city', () => {
    for (const { city, row } of residents) expect(city.divisions.map(({ code }) => code)).toContain(row.division_code)
  })

  test('cannot be real: no division, number or code begins in an assigned province', () => {
    const codes = [
      province.code,
      ...cities.flatMap(({ code, divisions }) => [code, ...divisions.map(division => division.code)]),
      ...residents.map(({ row }) => row.resident_number),
      ...institutions.map(({ organisationCode }) => organisationCode.slice(2)),
    ]
    for (const code of codes) {
      expect(assignedProvinces).not.toContain(code.slice(0, 2))
      // Foreign residents: 9, then the province.
      expect(assignedProvinces).not.toContain(code.slice(1, 3))
    }
  })

  test('have names that need four bytes, dots, and cells that need quotes', () => {
    expect(residents.some(({ row }) => /[\u{20000}-\u{3ffff}]/u.test(row.name))).toBe(true)
    expect(residents.some(({ row }) => row.name.includes('·'))).toBe(true)
    expect(residents.some(({ row }) => row.address.includes('"'))).toBe(true)
    expect(residents.some(({ row }) => row.address.includes(','))).toBe(true)
  })

  test('are named as people are: Wang, Li and Zhang lead', () => {
    const counts = new Map<string, number>()
    for (const { row } of residents) counts.set(row.name[0]!, (counts.get(row.name[0]!) ?? 0) + 1)
    const leading = [...counts].sort((left, right) => right[1] - left[1]).map(([surname]) => surname)
    expect(leading.slice(0, 3).sort()).toEqual(['张', '李', '王'].sort())
  })
})

test('divisions lie in their city', () => {
  for (const { code, divisions } of cities)
    for (const division of divisions) expect(prefectureOf(parseDivisionCode(division.code))).toBe(code)
})

describe('institutions', () => {
  test('have codes with right check characters, each its own', () => {
    for (const { organisationCode, divisionCode } of institutions)
      expect(parseOrganisationCode(organisationCode).divisionCode).toBe(divisionCode)
    expect(new Set(institutions.map(({ organisationCode }) => organisationCode)).size).toBe(institutions.length)
  })

  test('issue and ask only what there is', () => {
    for (const { issues, asks } of institutions) {
      for (const type of issues) expect(Object.keys(credentialTypes)).toContain(type)
      for (const query of asks) expect(Object.keys(queries)).toContain(query)
    }
  })
})

describe.each(Object.entries(credentialTypes))('credential type %s', (typeId, schema) => {
  const slots = Object.values(schema.properties as Record<string, { 'x-slot'?: number; 'x-encoding'?: string }>).filter(
    property => property['x-slot'] !== undefined,
  )

  test('is a schema that the trust registry takes, under its own name', () => {
    expect(() => compileCredentialSchema(schema)).not.toThrow()
    expect([schema.$id, typeId.length <= 32]).toEqual([typeId, true])
  })

  test('puts attributes into slots 0, 1, 2 … of sixteen, each with an encoding', () => {
    expect(slots.map(property => property['x-slot'])).toEqual(slots.map((_, index) => index))
    expect(slots.length).toBeLessThanOrEqual(16)
    for (const property of slots) expect(['days', 'number', 'choice', 'text']).toContain(property['x-encoding'])
  })
})

describe.each(Object.entries(queries))('query %s', (queryId, content) => {
  test('says what the trust registry wants, under a name it takes', () => {
    expect(parseQueryContent(content)).toEqual(content)
    expect(queryId.length).toBeLessThanOrEqual(32)
  })

  test('asks for claims that its credential type has', () => {
    for (const credential of content.dcql.credentials) {
      const typeIds = 'vct_values' in credential.meta ? credential.meta.vct_values : credential.meta.type_values
      for (const typeId of typeIds) {
        const schema: Json | undefined = credentialTypes[typeId as keyof typeof credentialTypes]
        const statement = 'statement' in credential.meta ? credential.meta.statement : undefined
        const shown = 'claims' in credential ? credential.claims.map(({ path }) => path) : []
        const proven = (statement?.where ?? []).map(({ claim }) => [claim])
        const paths = [...shown, ...proven]
        if (statement === undefined || statement.pseudonym === 'none') expect(paths).not.toHaveLength(0)
        for (const path of paths) expect(propertyAt(schema, path)).toBeDefined()
      }
    }
  })
})

function propertyAt(schema: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((at, name) => (at as { properties?: Record<string, Json> } | undefined)?.properties?.[name], schema)
}
