import type { ScriptHash } from '@hufu/ledger'
import { type GrantEntry, type GrantKey, type Standing, standingOf } from './grant.ts'
import type { TrustSource } from './trust-source.ts'

/** A grant at a time, as evidence: how it stood, and the entry with its block that says so. */
export interface GrantEvidence {
  readonly key: GrantKey
  readonly standing: Standing
  /** Null if there was no such grant. */
  readonly entry: GrantEntry | null
}

/** Whether a right counted at a time, and all that it rests on. */
export interface Right {
  /** True if the right, the institution and its authority were all active. */
  readonly allowed: boolean
  readonly atMs: number
  readonly right: GrantEvidence
  readonly institution: GrantEvidence
  /** The authority that vouches for the institution; undefined where there was no institution. */
  readonly authority: GrantEvidence | undefined
}

/**
 * Tells whether an institution might issue a credential type at a time.
 *
 * @throws LedgerError `ERR_LEDGER_UNREACHABLE`, `ERR_LEDGER_ANSWER`: the source could not tell
 */
export function mayIssue(source: TrustSource, institution: ScriptHash, typeId: string, atMs: number): Promise<Right> {
  return findRight(source, { kind: 'issue', subject: institution, name: typeId }, atMs)
}

/** Tells whether an institution might ask a query at a time. Throws as {@link mayIssue}. */
export function mayAsk(source: TrustSource, institution: ScriptHash, queryId: string, atMs: number): Promise<Right> {
  return findRight(source, { kind: 'ask', subject: institution, name: queryId }, atMs)
}

/** How an institution stood at a time, and the authority that vouches for it. */
export interface InstitutionStanding extends Pick<Right, 'atMs' | 'institution' | 'authority'> {
  /** True if both were active. */
  readonly active: boolean
}

/** Tells whether somebody was an institution at a time, whatever its rights. Throws as {@link mayIssue}. */
export async function institutionStanding(source: TrustSource, subject: ScriptHash, atMs: number): Promise<InstitutionStanding> {
  const institution = await findEvidence(source, { kind: 'institution', subject }, atMs)
  const authority = await findAuthority(source, institution, atMs)
  return { active: institution.standing === 'active' && authority?.standing === 'active', atMs, institution, authority }
}

async function findRight(source: TrustSource, key: GrantKey, atMs: number): Promise<Right> {
  const [right, institution] = await Promise.all([
    findEvidence(source, key, atMs),
    findEvidence(source, { kind: 'institution', subject: key.subject }, atMs),
  ])
  const authority = await findAuthority(source, institution, atMs)
  const allowed = [right, institution, authority].every(evidence => evidence?.standing === 'active')
  return { allowed, atMs, right, institution, authority }
}

async function findAuthority(source: TrustSource, { entry }: GrantEvidence, atMs: number): Promise<GrantEvidence | undefined> {
  return entry === null ? undefined : findEvidence(source, { kind: 'authority', subject: entry.granter }, atMs)
}

async function findEvidence(source: TrustSource, key: GrantKey, atMs: number): Promise<GrantEvidence> {
  const entry = await source.findGrant(key, atMs)
  return { key, standing: standingOf(entry, atMs), entry }
}
