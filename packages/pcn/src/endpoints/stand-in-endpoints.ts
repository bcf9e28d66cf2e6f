import { record } from '../shape/shape.ts'
import { endpoint } from './endpoint.ts'
import { fabricEndpoints } from './fabric-endpoints.ts'
import { base64, hash } from './forms.ts'

/**
 * No part of BSN: of our stand-in for a city node only. A proposal alone, which is all that `node/trans` carries, cannot be committed by a stock Fabric:
 * the transaction needs its maker's signature, too. With these two its maker sees it and signs it.
 */
export const standInEndpoints = {
  /** What there is to sign: `common.Payload`. */
  getPrepared: endpoint('/ext/fabric/v1/prepared', record({ txId: hash }), record({ txId: hash, payload: base64 }), isSame),
  /** Sends it with the signature, in DER. */
  submit: endpoint(
    '/ext/fabric/v1/submit',
    record({ txId: hash, signature: base64 }),
    fabricEndpoints.sendTransaction.answer,
    (request, answer) => answer.blockInfo.txId === request.txId,
  ),
} as const

function isSame(request: { readonly txId: string }, answer: { readonly txId: string }): boolean {
  return answer.txId === request.txId
}
