import { didOf } from '@hufu/did'
import type { ScriptHash } from '@hufu/ledger'
import { type Right as FoundRight, type GrantEvidence, type GrantKey, standingOf } from '@hufu/trust'
import type { Grant, Right } from '../api-types.ts'

/** A grant as the API shows it. */
export function shownGrant({ key, entry }: Pick<GrantEvidence, 'key' | 'entry'>, atMs: number, network: string): Grant {
  return {
    kind: key.kind,
    did: didOf(network, key.subject),
    account: key.subject,
    name: 'name' in key ? key.name : '',
    atMs,
    standing: standingOf(entry, atMs),
    entry,
  }
}

/** A right as the API shows it. */
export function shownRight({ allowed, atMs, right, institution, authority }: FoundRight, network: string): Right {
  return {
    allowed,
    atMs,
    right: shownGrant(right, atMs, network),
    institution: shownGrant(institution, atMs, network),
    authority: authority === undefined ? null : shownGrant(authority, atMs, network),
  }
}

/** The key of a grant. @param name - empty where its kind has none */
export function grantKeyOf(kind: Grant['kind'], subject: ScriptHash, name: string): GrantKey {
  return kind === 'issue' || kind === 'ask' ? { kind, subject, name } : { kind, subject }
}
