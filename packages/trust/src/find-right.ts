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

async function findRight(source: TrustSource, key: GrantKey, atMs: number): Promise<Right> {
  const [right, institution] = await Promise.all([
    findEvidence(source, key, atMs),
    findEvidence(source, { kind: 'institution', subject: key.subject }, atMs),
  ])
  const granter = institution.entry?.granter
  const authority = granter === undefined ? undefined : await findEvidence(source, { kind: 'authority', subject: granter }, atMs)
  const allowed = [right, institution, authority].every(evidence => evidence?.standing === 'active')
  return { allowed, atMs, right, institution, authority }
}

async function findEvidence(source: TrustSource, key: GrantKey, atMs: number): Promise<GrantEvidence> {
  const entry = await source.findGrant(key, atMs)
  return { key, standing: standingOf(entry, atMs), entry }
}
