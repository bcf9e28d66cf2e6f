import { identifiers } from '@hufu/bindings'
import type { Account } from '@hufu/ledger'
import { accountOfDid, type Did } from './parse-did.ts'
import { type RecoveryTerms, recoveryArguments } from './recovery-terms.ts'
import { type DidLedger, type DidWrite, idempotencyKeyOf, type SponsorOptions, submitDidCall } from './submit-did-call.ts'

/**
 * Names who may recover a DID and after which delay, or nobody (null). A pending recovery is dropped.
 *
 * @throws DidError `ERR_DID_RECOVERY`: delay out of bounds, nothing was sent; `ERR_DID_VERSION_CONFLICT`, `ERR_DID_NOT_AUTHORIZED`,
 *   `ERR_DID_NOT_FOUND`, `ERR_DID_DEACTIVATED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function setRecovery(
  ledger: DidLedger,
  options: { did: Did; expectedVersion: number; account: Account; recovery: RecoveryTerms | null } & SponsorOptions,
): Promise<DidWrite> {
  const { did, expectedVersion, account, recovery, ...sponsor } = options
  const call = identifiers(ledger.network.contracts.identifiers.hash).setRecovery({
    identifier: accountOfDid(did),
    expectedVersion: BigInt(expectedVersion),
    ...recoveryArguments(recovery),
  })
  const idempotencyKey = idempotencyKeyOf('setRecovery', did, expectedVersion, recovery)
  return submitDidCall(ledger, did, call, { ...sponsor, account, idempotencyKey })
}
