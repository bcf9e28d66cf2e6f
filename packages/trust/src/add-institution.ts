import { trust } from '@hufu/bindings'
import type { ScriptHash, Write } from '@hufu/ledger'
import { endOfTimeMs } from './grant.ts'
import { type SigningAccounts, submitTrustCall, type TrustLedger } from './submit-trust-call.ts'
import { checkTrustName } from './trust-name.ts'

/**
 * Makes an identifier an institution under an authority, whose controller signs. An authority may be an institution under itself.
 *
 * @param options.kind - such as `bank` or `hospital`
 * @param options.validUntilMs - by default without end
 * @throws TrustError `ERR_TRUST_ARGUMENT`: nothing was sent; `ERR_TRUST_EXISTS`, `ERR_TRUST_IDENTIFIER`, `ERR_TRUST_STANDING`, `ERR_TRUST_VALIDITY`,
 *   `ERR_TRUST_NOT_AUTHORIZED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function addInstitution(
  ledger: TrustLedger,
  options: { authority: ScriptHash; institution: ScriptHash; kind: string; validUntilMs?: number } & SigningAccounts,
): Promise<Write> {
  const { authority, institution, kind, validUntilMs = endOfTimeMs } = options
  checkTrustName(kind, 'kind')
  const args = { authority, institution, kind, validUntilMs: BigInt(validUntilMs) }
  const call = trust(ledger.network.contracts.trust.hash).addInstitution(args)
  return submitTrustCall(ledger, call, options, [authority, institution, kind, validUntilMs])
}
