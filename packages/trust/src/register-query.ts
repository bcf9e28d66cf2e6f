import { trust } from '@hufu/bindings'
import type { ScriptHash, Write } from '@hufu/ledger'
import { canonicalJsonBytes } from '@hufu/primitives'
import { parseQueryContent } from './query-content.ts'
import { type SigningAccounts, submitTrustCall, type TrustLedger } from './submit-trust-call.ts'
import { checkTrustName } from './trust-name.ts'

/**
 * Gives an institution the right to ask a query, or replaces what the query asks. The council signs; the authority may suspend and revoke the right.
 *
 * @param options.version - the version that this content becomes, from 1: it tells a repeated request from a return to earlier content
 * @throws TrustError `ERR_TRUST_ARGUMENT`, `ERR_TRUST_SCHEMA`: nothing was sent; `ERR_TRUST_STANDING`, `ERR_TRUST_STATUS`, `ERR_TRUST_NOT_AUTHORIZED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function registerQuery(
  ledger: TrustLedger,
  options: { authority: ScriptHash; institution: ScriptHash; queryId: string; version: number; content: unknown } & SigningAccounts,
): Promise<Write> {
  const { authority, institution, queryId, version, content: json } = options
  checkTrustName(queryId, 'queryId')
  const content = parseQueryContent(json)
  const args = { authority, institution, queryId, content: canonicalJsonBytes(content) }
  const call = trust(ledger.network.contracts.trust.hash).registerQuery(args)
  return submitTrustCall(ledger, call, options, [authority, institution, queryId, version, content])
}
