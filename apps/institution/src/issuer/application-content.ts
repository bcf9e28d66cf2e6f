import type { JsonObject } from '@hufu/credentials'
import { canonicalJson, dayInChina, type Json } from '@hufu/primitives'
import { withAges } from '@hufu/records'
import type { Vault } from '@hufu/service'
import type { IssuedType } from './credential-types.ts'

/** What somebody applies for: personal data, kept sealed only. */
export interface ApplicationContent {
  readonly claims: JsonObject
  /** Resident number of the person, where the claims do not hold it. */
  readonly subject?: string
  /** First and last day on which the credential counts, `YYYY-MM-DD` in China; without a first one, from the day of issue. */
  readonly validFrom?: string
  readonly validUntil: string
}

const dayMs = 86_400_000
/** Credentials that end sooner count to their last day. */
const exactEndWithinMs = 92 * dayMs
/** Claims that go by the day of issue: they are worked out then. */
const agesClaim = 'age_equal_or_over'

export function sealContent(vault: Vault, id: string, content: ApplicationContent): Promise<Uint8Array<ArrayBuffer>> {
  return vault.seal(content as unknown as Json, `application ${id}`)
}

export async function openContent(vault: Vault, id: string, sealed: Uint8Array): Promise<ApplicationContent> {
  return (await vault.open(sealed, `application ${id}`)) as unknown as ApplicationContent
}

/** The same for the same content, and telling nothing of it. */
export function contentDigest(vault: Vault, { claims, ...rest }: ApplicationContent): string {
  const { [agesClaim]: _, ...lasting } = claims
  return vault.digest('application content', canonicalJson({ ...rest, claims: lasting }))
}

/** The claims with those that go by the day on which they are issued. */
export function claimsOn(nowMs: number, type: IssuedType, claims: JsonObject): JsonObject {
  if (!type.claims.some(({ name }) => name === agesClaim)) return claims
  return withAges(claims, dayInChina(nowMs)) as JsonObject
}

/** The claims that a proof can be about. */
export function provableClaims(type: IssuedType, claims: JsonObject): JsonObject {
  const provable = new Set(type.layout?.map(({ claim }) => claim))
  return Object.fromEntries(Object.entries(claims).filter(([name]) => provable.has(name)))
}

/** When a credential counts. */
export function periodOf({ validFrom, validUntil }: ApplicationContent): { notBeforeMs: number | undefined; expiresAtMs: number } {
  return { notBeforeMs: validFrom === undefined ? undefined : startOfDayMs(validFrom), expiresAtMs: startOfDayMs(validUntil) + dayMs }
}

/**
 * What signed copies say of it, to everybody they are shown to: nothing that is not needed, for days together name a person. No beginning that is past anyway; an
 * end that is months away is that of a month, the last one that is over by then. The zero-knowledge credential has the exact day, which nobody sees.
 *
 * @param issuedAtMs - what the copies say of their issue
 */
export function statedPeriodOf(content: ApplicationContent, issuedAtMs: number): { notBeforeMs: number | undefined; expiresAtMs: number } {
  const { notBeforeMs, expiresAtMs } = periodOf(content)
  const monthMs = startOfDayMs(`${dayInChina(expiresAtMs).slice(0, 7)}-01`)
  return {
    notBeforeMs: notBeforeMs !== undefined && notBeforeMs > issuedAtMs ? notBeforeMs : undefined,
    expiresAtMs: monthMs - issuedAtMs >= exactEndWithinMs ? monthMs : expiresAtMs,
  }
}

/**
 * Names a person for this institution, by their resident number: telling nothing of it without the vault's key.
 *
 * @returns undefined where the number is not known
 */
export function applicantKeyOf(vault: Vault, residentNumber: unknown): string | undefined {
  return typeof residentNumber === 'string' ? vault.digest('applicant', residentNumber) : undefined
}

/** Names a person's applications for a type. */
export function subjectKeyOf(vault: Vault, typeId: string, applicantKey: string): string {
  return vault.digest('subject', typeId, applicantKey)
}

/** The resident number of the person that an application is about. */
export function residentNumberOf({ claims, subject }: ApplicationContent): unknown {
  return subject ?? claims.resident_number
}

function startOfDayMs(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`)
}
