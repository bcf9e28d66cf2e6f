import type { JsonObject } from '@hufu/credentials'
import { canonicalJsonBytes } from '@hufu/primitives'
import { CompactEncrypt, importJWK } from 'jose'
import { credentialSetsOf } from '../dcql/dcql-query.ts'
import { ExchangeError } from '../errors.ts'
import { writeForm } from '../http/form.ts'
import { maxPresentationLength, maxPresentations, type PresentationRequest } from './presentation-request.ts'

/**
 * Creates the answer to a request: the presentations, encrypted to the verifier (OpenID4VP 1.0 §8.1, §8.3).
 *
 * @param presentations - by id of the credential query: text for `dc+sd-jwt` and `hufu_zk`, an object for `ldp_vc`; bound as `bindingOf` says
 * @returns the form to be sent
 * @throws ExchangeError `ERR_EXCHANGE_PRESENTATION`: not what the query asks for
 */
export async function createPresentationResponse(
  request: PresentationRequest,
  presentations: Readonly<Record<string, readonly (string | JsonObject)[]>>,
): Promise<string> {
  checkPresentations(request, presentations)
  const { responseKey, encryption, state } = request
  const { kty, crv, x, y } = responseKey as { [name: string]: string }
  const header = { alg: 'ECDH-ES', enc: encryption, ...(responseKey.kid === undefined ? {} : { kid: responseKey.kid as string }) }
  const jwe = await new CompactEncrypt(canonicalJsonBytes({ vp_token: presentations, state }))
    .setProtectedHeader(header)
    .encrypt(await importJWK({ kty: kty!, crv: crv!, x: x!, y: y! }, 'ECDH-ES'))
  return writeForm({ response: jwe })
}

/** What a wallet may answer instead (OpenID4VP 1.0 §8.5). */
export type PresentationRefusal =
  | 'access_denied'
  | 'invalid_request'
  | 'invalid_client'
  | 'vp_formats_not_supported'
  | 'invalid_transaction_data'
  | 'wallet_unavailable'

/**
 * Creates an answer that says no. It is not encrypted: there is nothing about the person in it, and no text.
 *
 * @returns the form to be sent
 */
export function createErrorResponse({ state }: Pick<PresentationRequest, 'state'>, error: PresentationRefusal): string {
  return writeForm({ error, state })
}

function checkPresentations(
  { query }: PresentationRequest,
  presentations: Readonly<Record<string, readonly (string | JsonObject)[]>>,
): void {
  for (const [id, list] of Object.entries(presentations)) {
    const asked = query.credentials.find(credential => credential.id === id)
    const most = asked?.multiple === true ? maxPresentations : 1
    const fits = (one: string | JsonObject) =>
      typeof one === 'object' ? asked?.format === 'ldp_vc' : asked?.format !== 'ldp_vc' && one.length <= maxPresentationLength
    if (asked === undefined || list.length < 1 || list.length > most || !list.every(fits))
      throw new ExchangeError('ERR_EXCHANGE_PRESENTATION', `vp_token.${id}: expected what the query asks for`)
  }
  for (const { required, options } of credentialSetsOf(query))
    if (required && !options.some(ids => ids.every(id => Object.hasOwn(presentations, id))))
      throw new ExchangeError('ERR_EXCHANGE_PRESENTATION', 'vp_token: expected all that the query requires')
}
