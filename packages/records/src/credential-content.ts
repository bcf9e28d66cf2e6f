import { parseDivisionCode, prefectureOf } from '@hufu/primitives'
import type { ResidentRow } from './resident-row.ts'

/** What a credential will say. */
export type CredentialContent = {
  readonly claims: { readonly [name: string]: string | number }
  readonly notBeforeMs: number
  readonly expiresAtMs: number
}

const residentType = 'urn:hufu:resident'
const concessionType = 'urn:hufu:transport-concession'
const dayMs = 86_400_000

/** Credential types that can be issued from a residents' file. */
export const batchTypes: readonly string[] = [residentType, concessionType]

/**
 * Makes a credential's content from a row.
 *
 * @param today - `YYYY-MM-DD`
 * @returns null if the row gives no such credential: no concession, or one that has ended
 */
export function contentOfRow(typeId: string, row: ResidentRow, today: string): CredentialContent | null {
  if (typeId === residentType) return residentContent(row)
  if (typeId === concessionType) return concessionContent(row, today)
  throw new TypeError('no such credential type in a residents file')
}

/** The claims with those that depend on the day of issue. */
export function claimsOfContent({ claims }: CredentialContent, today: string): Record<string, string | number | Record<string, boolean>> {
  return withAges(claims, today)
}

/** Adds the ages that somebody with this `birth_date` has reached, in place of those that there were; claims without one stay as they are. */
export function withAges<Claims extends Readonly<Record<string, unknown>>>(
  claims: Claims,
  today: string,
): Claims & { readonly age_equal_or_over?: Record<string, boolean> } {
  const { birth_date: birthDate } = claims
  return typeof birthDate === 'string' ? { ...claims, age_equal_or_over: agesReached(birthDate, today) } : claims
}

/** Claims that a holder can show one by one (paths as in `issueSdJwtVc`). */
export function disclosablePaths(claims: Readonly<Record<string, unknown>>): readonly (readonly string[])[] {
  return Object.entries(claims).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? Object.keys(value).map(member => [name, member]) : [[name]],
  )
}

function residentContent(row: ResidentRow): CredentialContent {
  return {
    claims: {
      resident_number: row.residentNumber,
      name: row.name,
      name_latin: row.nameLatin,
      sex: row.sex,
      birth_date: row.birthDate,
      city_code: cityOf(row),
      division_code: row.divisionCode,
      address: row.address,
      resident_since: row.residentSince,
    },
    notBeforeMs: startOfDayMs(row.validFrom),
    expiresAtMs: startOfDayMs(row.validUntil) + dayMs,
  }
}

const farePercents = { student: 50, senior: 0, disabled: 0 } as const

function concessionContent(row: ResidentRow, today: string): CredentialContent | null {
  const { concession, concessionUntil, validUntil } = row
  const lastDay = concessionUntil !== null && concessionUntil < validUntil ? concessionUntil : validUntil
  if (concession === 'none' || lastDay < today) return null
  return {
    claims: { concession, fare_percent: farePercents[concession], city_code: cityOf(row) },
    notBeforeMs: startOfDayMs(row.validFrom),
    expiresAtMs: startOfDayMs(lastDay) + dayMs,
  }
}

function cityOf({ divisionCode }: ResidentRow): string {
  return prefectureOf(parseDivisionCode(divisionCode))
}

function startOfDayMs(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`)
}

/** Ages of the credential type's schema. Someone born on 29 February comes of age on 1 March in other years. */
function agesReached(birthDate: string, today: string): Record<string, boolean> {
  return Object.fromEntries(
    [16, 18, 60, 65].map(age => [String(age), `${Number(birthDate.slice(0, 4)) + age}${birthDate.slice(4)}` <= today]),
  )
}
