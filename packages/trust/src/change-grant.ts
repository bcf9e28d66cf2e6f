import { trust } from '@hufu/bindings'
import type { ScriptHash, Write } from '@hufu/ledger'
import type { GrantKey } from './grant.ts'
import { grantArguments } from './ledger-trust-source.ts'
import { type SigningAccounts, submitTrustCall, type TrustLedger } from './submit-trust-call.ts'

/** A change of a grant that there is. */
export interface GrantChange extends SigningAccounts {
  readonly grant: GrantKey
  /** The authority that gave the grant, whose controller signs; or the contract council. */
  readonly actor: ScriptHash
  /** Names this change, such as a case number, without personal data: it tells a repeated request from a new one. */
  readonly attempt: string
}

/** A change with its reason, a code from 0 to 9999; see `grantReasons`. */
export interface ReasonedChange extends GrantChange {
  readonly reason: number
}

/**
 * Makes a grant not count for a while.
 *
 * @throws TrustError `ERR_TRUST_UNKNOWN`, `ERR_TRUST_REVOKED`, `ERR_TRUST_HELD`, `ERR_TRUST_STANDING`, `ERR_TRUST_NOT_AUTHORIZED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export function suspendGrant(ledger: TrustLedger, change: ReasonedChange): Promise<Write> {
  return submitChange(ledger, change, 'suspend')
}

/** Ends a suspension. Throws as {@link suspendGrant}, and TrustError `ERR_TRUST_STATUS`: it is not suspended. */
export function reinstateGrant(ledger: TrustLedger, change: ReasonedChange): Promise<Write> {
  return submitChange(ledger, change, 'reinstate')
}

/** Ends a grant for good. Throws as {@link suspendGrant}. */
export function revokeGrant(ledger: TrustLedger, change: ReasonedChange): Promise<Write> {
  return submitChange(ledger, change, 'revoke')
}

/** Sets a new end of an active or expired grant. Throws as {@link suspendGrant}, and TrustError `ERR_TRUST_STATUS`, `ERR_TRUST_VALIDITY`. */
export function renewGrant(ledger: TrustLedger, change: GrantChange & { readonly validUntilMs: number }): Promise<Write> {
  const { grant, actor, attempt, validUntilMs } = change
  const call = trust(ledger.network.contracts.trust.hash).renew({ actor, ...grantArguments(grant), validUntilMs: BigInt(validUntilMs) })
  return submitTrustCall(ledger, call, change, [grant, actor, attempt, validUntilMs])
}

function submitChange(ledger: TrustLedger, change: ReasonedChange, method: 'suspend' | 'reinstate' | 'revoke'): Promise<Write> {
  const { grant, actor, attempt, reason } = change
  const call = trust(ledger.network.contracts.trust.hash)[method]({ actor, ...grantArguments(grant), reason: BigInt(reason) })
  return submitTrustCall(ledger, call, change, [grant, actor, attempt, reason])
}
