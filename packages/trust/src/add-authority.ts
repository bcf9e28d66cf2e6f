import { trust } from '@hufu/bindings'
import type { ScriptHash, Write } from '@hufu/ledger'
import { endOfTimeMs } from './grant.ts'
import { type SigningAccounts, submitTrustCall, type TrustLedger } from './submit-trust-call.ts'
import { checkTrustName } from './trust-name.ts'

/**
 * Makes an identifier an authority of a region. The council signs.
 *
 * @param options.validUntilMs - by default without end
 * @throws TrustError `ERR_TRUST_ARGUMENT`: nothing was sent; `ERR_TRUST_EXISTS`, `ERR_TRUST_IDENTIFIER`, `ERR_TRUST_VALIDITY`, `ERR_TRUST_NOT_AUTHORIZED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function addAuthority(
  ledger: TrustLedger,
  options: { authority: ScriptHash; region: string; validUntilMs?: number } & SigningAccounts,
): Promise<Write> {
  const { authority, region, validUntilMs = endOfTimeMs } = options
  checkTrustName(region, 'region')
  const call = trust(ledger.network.contracts.trust.hash).addAuthority({ authority, region, validUntilMs: BigInt(validUntilMs) })
  return submitTrustCall(ledger, call, options, [authority, region, validUntilMs])
}
