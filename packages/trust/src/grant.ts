import type { ScriptHash } from '@hufu/ledger'

/** What was granted: to be an authority, to be an institution, to issue a credential type, to ask a query. */
export type GrantKind = 'authority' | 'institution' | 'issue' | 'ask'

/** Names a grant. Subjects are identifiers' accounts. */
export type GrantKey =
  | { readonly kind: 'authority' | 'institution'; readonly subject: ScriptHash }
  /** `name` is the credential type or the query. */
  | { readonly kind: 'issue' | 'ask'; readonly subject: ScriptHash; readonly name: string }

export type GrantStatus = 'active' | 'suspended' | 'revoked'

/** How a grant stands at a time: its status, or why it does not count although it is active, or that there is none. */
export type Standing = GrantStatus | 'none' | 'notYet' | 'expired'

/** A grant as one change left it. */
export interface GrantEntry {
  /** Position in the grant's history, from 1. */
  readonly sequence: number
  readonly status: GrantStatus
  /** A code of `grantReasons`, or of an authority's own; 0 if none. */
  readonly reason: number
  readonly validFromMs: number
  /** The first moment at which it is no longer valid. */
  readonly validUntilMs: number
  /** The authority that gave it, or the contract council for an authority. */
  readonly granter: ScriptHash
  /** Region of an authority, kind of an institution, empty for a right. */
  readonly label: string
  /** Who made this change. */
  readonly actor: ScriptHash
  readonly timeMs: number
  readonly blockIndex: number
}

/** Why a grant was suspended, reinstated or revoked. Authorities may use codes of their own from 1000 to 9999. */
export const grantReasons = {
  none: 0,
  keyCompromised: 1,
  rulesBroken: 2,
  ceasedOperation: 3,
  orderedByLaw: 4,
  grantedInError: 5,
  underInquiry: 6,
  remedied: 7,
} as const

/** "Without end": the last millisecond that an ECMAScript date can hold. */
export const endOfTimeMs = 8_640_000_000_000_000

/** How a grant in that state stands at a time. */
export function standingOf(entry: GrantEntry | null, atMs: number): Standing {
  if (entry === null) return 'none'
  if (entry.status !== 'active') return entry.status
  if (atMs < entry.validFromMs) return 'notYet'
  return atMs < entry.validUntilMs ? 'active' : 'expired'
}
