import type { JsonObject } from '@hufu/credentials'
import { createPresentationRequest, type ResponseKey } from '@hufu/exchange'
import { crashPoint } from '../parts/crash-point.ts'
import { VerifierError } from './errors.ts'
import { findPresentation, markOpened } from './presentation-store.ts'
import { lifetimeMs, refetchMs, requireQuery, type VerifierContext } from './verifier-context.ts'

/**
 * Signs the request that a wallet fetches. It can be fetched again for a minute, as after a lost connection, and then no more.
 *
 * @param options.device - `this`: the wallet is to send the browser back; which it is stands in the request's `state`
 * @param options.walletNonce - comes back in the request (OpenID4VP §5.10)
 * @returns the JWT
 * @throws VerifierError `ERR_VERIFIER_UNKNOWN`, `ERR_VERIFIER_EXPIRED`; `ERR_VERIFIER_STATE`: fetched long ago, or answered; `ERR_VERIFIER_QUERY`
 */
export async function sendRequest(
  context: VerifierContext,
  id: string,
  options: { readonly device: 'this' | 'other'; readonly walletNonce?: string | undefined },
): Promise<string> {
  const { database, vault, clock, self, publicUrl } = context.institution
  const nowMs = clock.nowMs()
  const stored = await findPresentation(database, id)
  const state = options.device === 'this' ? stored?.stateHere : stored?.stateElsewhere
  if (stored === undefined || state === undefined) throw new VerifierError('ERR_VERIFIER_UNKNOWN', 'there is no such request')
  if (nowMs >= stored.expiresAtMs) throw new VerifierError('ERR_VERIFIER_EXPIRED', 'the request has expired; begin again')
  const { status, openedAtMs = nowMs } = stored
  if ((status !== 'waiting' && status !== 'opened') || nowMs - openedAtMs > refetchMs)
    throw new VerifierError('ERR_VERIFIER_STATE', 'the request was fetched or answered before; begin again')
  const query = await requireQuery(context, stored.queryId, stored.queryVersion)
  const responseKey = (await vault.open(stored.responseKey, `response key ${id}`)) as unknown as ResponseKey
  const jwt = await createPresentationRequest({
    key: self.keys[0],
    responseUri: `${publicUrl}/vp/responses/${id}`,
    dcql: query.content.dcql,
    responseKey: responseKey.publicJwk,
    nonce: stored.nonce,
    state,
    issuedAtMs: stored.expiresAtMs - lifetimeMs,
    expiresAtMs: stored.expiresAtMs,
    registeredQuery: { id: query.id, version: query.version },
    ...(stored.transactionData === undefined ? {} : { transactionData: JSON.parse(stored.transactionData) as JsonObject[] }),
    ...(options.walletNonce === undefined ? {} : { walletNonce: options.walletNonce }),
  })
  if (status === 'waiting') {
    await markOpened(database, id, nowMs)
    crashPoint('verifier opened')
  }
  return jwt
}
