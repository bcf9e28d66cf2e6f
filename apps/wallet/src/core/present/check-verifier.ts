import type { PresentationRequest as SignedRequest } from '@hufu/exchange'
import { bytesToUtf8, canonicalJson, parseJson } from '@hufu/primitives'
import { mayAsk, parseQueryContent, type QueryContent, type Right, type Standing } from '@hufu/trust'
import { WalletError } from '../errors.ts'
import { accountOf, type LedgerMoment } from '../network/ledger-view.ts'

/** A query that its verifier may ask, as it is registered. */
export interface AllowedQuery {
  readonly id: string
  readonly version: number
  readonly content: QueryContent
  readonly right: Right
}

const over: readonly Standing[] = ['suspended', 'revoked', 'expired', 'notYet']

/**
 * Finds out whether a verifier may ask what it asks: the ledger, proven, must say that it may ask the query now, and what it asks must be, byte for byte, what
 * is registered.
 *
 * @throws WalletError `ERR_WALLET_VERIFIER_UNKNOWN`, `ERR_WALLET_VERIFIER_SUSPENDED`, `ERR_WALLET_QUERY_UNREGISTERED`, `ERR_WALLET_QUERY_EXCESSIVE`,
 *   `ERR_WALLET_OFFLINE`
 */
export async function checkVerifier(
  { trust }: LedgerMoment,
  { verifier, registeredQuery, query }: Pick<SignedRequest, 'verifier' | 'registeredQuery' | 'query'>,
  { network, nowMs }: { readonly network: string; readonly nowMs: number },
): Promise<AllowedQuery> {
  const account = accountOf(verifier, network)
  if (account === undefined) throw new WalletError('ERR_WALLET_VERIFIER_UNKNOWN', 'verifier: expected a DID of this network')
  if (registeredQuery === undefined) throw new WalletError('ERR_WALLET_QUERY_UNREGISTERED', 'request: expected a registered query')
  const right = await mayAsk(trust, account, registeredQuery.id, nowMs)
  if (right.institution.standing === 'none')
    throw new WalletError('ERR_WALLET_VERIFIER_UNKNOWN', 'verifier: expected a registered institution')
  if ([right.right, right.institution, right.authority].some(evidence => evidence !== undefined && over.includes(evidence.standing)))
    throw new WalletError('ERR_WALLET_VERIFIER_SUSPENDED', 'verifier: its right to ask does not count now')
  const registered = right.allowed ? await trust.findQuery(account, registeredQuery.id, 'latest') : null
  if (registered === null) throw new WalletError('ERR_WALLET_QUERY_UNREGISTERED', 'request: expected a query that the verifier may ask')
  const content = parseQueryContent(parseJson(bytesToUtf8(registered.content)))
  const isSame = registered.version === registeredQuery.version && canonicalJson(content.dcql) === canonicalJson(query.json)
  if (!isSame) throw new WalletError('ERR_WALLET_QUERY_EXCESSIVE', 'request: expected what is registered, in its latest version')
  return { id: registeredQuery.id, version: registered.version, content, right }
}
