import { didOf } from '@hufu/did'
import type { ScriptHash } from '@hufu/ledger'
import { type Right as FoundRight, type GrantEvidence, type GrantKey, standingOf } from '@hufu/trust'
import type { Grant, GrantEntry, Right } from '../api-types.ts'

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

/** A row of the follower's table of grants. */
export interface GrantRow {
  readonly kind: number
  readonly subject: ScriptHash
  readonly name: string
  readonly sequence: number
  readonly status: GrantEntry['status']
  readonly reason: number
  readonly valid_from_ms: number
  readonly valid_until_ms: number
  readonly granter: string
  readonly label: string
  readonly actor: string
  readonly time_ms: number
  readonly block_index: number
}

/** What the follower wrote had been parsed, so it is taken as it is. */
export function entryOfRow(row: GrantRow): NonNullable<GrantEvidence['entry']> {
  return {
    sequence: row.sequence,
    status: row.status,
    reason: row.reason,
    validFromMs: row.valid_from_ms,
    validUntilMs: row.valid_until_ms,
    granter: row.granter as ScriptHash,
    label: row.label,
    actor: row.actor as ScriptHash,
    timeMs: row.time_ms,
    blockIndex: row.block_index,
  }
}
