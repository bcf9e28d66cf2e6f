import { identifiers } from '@hufu/bindings'
import type { Account, ScriptHash } from '@hufu/ledger'
import { accountOfDid, type Did } from './parse-did.ts'
import { type DidLedger, type DidWrite, idempotencyKeyOf, type SponsorOptions, submitDidCall } from './submit-did-call.ts'

/** What every step of a recovery needs. */
export interface RecoveryStep extends SponsorOptions {
  readonly did: Did
  /** Names this attempt, such as a case number, without personal data: steps make no version, so nothing else tells a repeated one from a new one. */
  readonly attempt: string
}

/**
 * Begins to hand a DID to a new controller, or begins anew. Its controller has the delay of its recovery terms to veto.
 *
 * @param options.recoveryAccount - the account that the terms name, often a multi-signature one
 * @throws DidError `ERR_DID_RECOVERY`: no terms are set; `ERR_DID_NOT_AUTHORIZED`, `ERR_DID_NOT_FOUND`, `ERR_DID_DEACTIVATED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function startRecovery(
  ledger: DidLedger,
  options: { recoveryAccount: Account; newController: ScriptHash } & RecoveryStep,
): Promise<DidWrite> {
  const { did, attempt, recoveryAccount, newController, ...sponsor } = options
  const call = contractOf(ledger).startRecovery({ identifier: accountOfDid(did), newController })
  const idempotencyKey = idempotencyKeyOf('startRecovery', did, 0, { attempt, newController })
  return submitDidCall(ledger, did, call, { ...sponsor, account: recoveryAccount, idempotencyKey })
}

/**
 * The controller's veto: drops the pending recovery.
 *
 * @throws DidError `ERR_DID_RECOVERY`: none is pending; `ERR_DID_NOT_AUTHORIZED`, `ERR_DID_NOT_FOUND`, `ERR_DID_DEACTIVATED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function vetoRecovery(ledger: DidLedger, options: { account: Account } & RecoveryStep): Promise<DidWrite> {
  const { did, attempt, account, ...sponsor } = options
  const call = contractOf(ledger).cancelRecovery({ identifier: accountOfDid(did) })
  return submitDidCall(ledger, did, call, { ...sponsor, account, idempotencyKey: idempotencyKeyOf('vetoRecovery', did, 0, attempt) })
}

/**
 * Hands the DID over once the delay has passed. The recovery account and the new controller sign.
 *
 * @throws DidError `ERR_DID_RECOVERY_EARLY`: the delay is not over; `ERR_DID_RECOVERY`: none is pending; `ERR_DID_NOT_AUTHORIZED`,
 *   `ERR_DID_NOT_FOUND`, `ERR_DID_DEACTIVATED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function finishRecovery(
  ledger: DidLedger,
  options: { recoveryAccount: Account; newAccount: Account } & RecoveryStep,
): Promise<DidWrite> {
  const { did, attempt, recoveryAccount, newAccount, ...sponsor } = options
  const call = contractOf(ledger).finishRecovery({ identifier: accountOfDid(did) })
  const idempotencyKey = idempotencyKeyOf('finishRecovery', did, 0, attempt)
  return submitDidCall(ledger, did, call, { ...sponsor, account: [recoveryAccount, newAccount], idempotencyKey })
}

function contractOf(ledger: DidLedger): ReturnType<typeof identifiers> {
  return identifiers(ledger.network.contracts.identifiers.hash)
}
