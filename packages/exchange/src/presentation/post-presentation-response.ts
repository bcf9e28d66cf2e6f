import { ExchangeError } from '../errors.ts'
import { readAddressAt } from '../http/address.ts'
import { formType } from '../http/form.ts'
import { refusedBy } from '../http/refused-by.ts'
import { type Fetch, send } from '../http/send.ts'
import { type Place, readJsonBytes, readObject } from '../json/read-json.ts'
import type { PresentationRequest } from './presentation-request.ts'

const place: Place = { path: 'answer', code: 'ERR_EXCHANGE_ANSWER' }
const maxAnswerBytes = 16_384

/**
 * Sends an answer to the verifier (OpenID4VP 1.0 §8.2).
 *
 * @param body - of `createPresentationResponse` or `createErrorResponse`
 * @returns where the person's browser goes next, if anywhere: an address of the verifier's own origin
 * @throws ExchangeError `ERR_EXCHANGE_UNREACHABLE`, `ERR_EXCHANGE_ANSWER`; `ERR_EXCHANGE_ADDRESS`: `redirect_uri` leads elsewhere
 * @throws RefusedError the verifier did not take it
 */
export async function postPresentationResponse(
  { responseUri }: Pick<PresentationRequest, 'responseUri'>,
  body: string,
  options: { readonly fetch: Fetch },
): Promise<{ readonly redirectUri: string | undefined }> {
  const url = new URL(responseUri)
  const answer = await send({
    url,
    method: 'POST',
    headers: { 'content-type': formType },
    body,
    accept: ['application/json'],
    maxBytes: maxAnswerBytes,
    fetch: options.fetch,
  })
  if (answer.status !== 200) throw refusedBy(url, answer)
  if (answer.contentType !== 'application/json') throw new ExchangeError('ERR_EXCHANGE_ANSWER', `${url.host}: expected application/json`)
  const { redirect_uri: redirectUri } = readObject(readJsonBytes(answer.bytes, place, maxAnswerBytes), place)
  if (redirectUri === undefined) return { redirectUri: undefined }
  return { redirectUri: readAddressAt(url.origin, redirectUri, { ...place, path: 'redirect_uri' }).href }
}
