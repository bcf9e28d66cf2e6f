import { trust } from '@hufu/bindings'
import type { ScriptHash, Write } from '@hufu/ledger'
import { endOfTimeMs } from './grant.ts'
import { type SigningAccounts, submitTrustCall, type TrustLedger } from './submit-trust-call.ts'
import { checkTrustName } from './trust-name.ts'

/**
 * Gives an institution the right to issue a credential type. The controller of its authority signs.
 *
 * @param options.validFromMs - the right starts then, or now if that is later; default now
 * @param options.validUntilMs - by default without end
 * @throws TrustError `ERR_TRUST_ARGUMENT`: nothing was sent; `ERR_TRUST_EXISTS`, `ERR_TRUST_TYPE_UNKNOWN`, `ERR_TRUST_STANDING`,
 *   `ERR_TRUST_VALIDITY`, `ERR_TRUST_NOT_AUTHORIZED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function accreditIssuer(
  ledger: TrustLedger,
  options: {
    authority: ScriptHash
    institution: ScriptHash
    typeId: string
    validFromMs?: number
    validUntilMs?: number
  } & SigningAccounts,
): Promise<Write> {
  const { authority, institution, typeId, validFromMs = 0, validUntilMs = endOfTimeMs } = options
  checkTrustName(typeId, 'typeId')
  const args = { authority, institution, typeId, validFromMs: BigInt(validFromMs), validUntilMs: BigInt(validUntilMs) }
  const call = trust(ledger.network.contracts.trust.hash).accreditIssuer(args)
  return submitTrustCall(ledger, call, options, [authority, institution, typeId, validFromMs, validUntilMs])
}
