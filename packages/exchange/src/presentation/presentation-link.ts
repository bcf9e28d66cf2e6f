import { readAddress } from '../http/address.ts'
import { readForm } from '../http/form.ts'
import type { Place } from '../json/read-json.ts'
import { refusal } from '../json/read-json.ts'
import { linkParameters } from '../link/wallet-link.ts'
import { didOfClientId } from './client-id.ts'

/** A link or QR code by which a verifier asks for a presentation. */
export interface PresentationLink {
  readonly clientId: string
  /** DID that `client_id` is: whose key must have signed the request. */
  readonly verifier: string
  readonly requestUri: string
  /** How the request is fetched (OpenID4VP 1.0 §5.10). */
  readonly method: 'get' | 'post'
}

const place: Place = { path: 'link', code: 'ERR_EXCHANGE_LINK' }
const maxLength = 4096

/** The link of a request; with `walletUrl` one that opens that wallet, without one for any wallet (`openid4vp://`). */
export function presentationLink(options: {
  readonly clientId: string
  readonly requestUri: string
  readonly method?: 'get' | 'post'
  readonly walletUrl?: string
}): string {
  const { clientId, requestUri, method = 'post', walletUrl } = options
  const parameters = new URLSearchParams({ client_id: clientId, request_uri: requestUri, request_uri_method: method })
  return `${walletUrl === undefined ? 'openid4vp://' : `${walletUrl.replace(/\/$/, '')}/#/open`}?${parameters}`
}

/**
 * Parses a link to a presentation request. Requests are by reference and signed: a link that has one in it is refused, for anybody can write it.
 *
 * @param link - `openid4vp://…?…`, or the https address of a wallet with the parameters in its query or behind `#/open?`
 * @throws ExchangeError `ERR_EXCHANGE_LINK`: not such a link; `ERR_EXCHANGE_CLIENT`: `client_id` is no DID; `ERR_EXCHANGE_ADDRESS`: `request_uri` is not https
 */
export function parsePresentationLink(link: string): PresentationLink {
  const parameters = readForm(linkParameters(link, ['openid4vp:']), place, maxLength)
  const { client_id: clientId, request_uri: requestUri, request_uri_method: method = 'get' } = parameters
  if (clientId === undefined || requestUri === undefined) throw refusal(place, 'client_id and request_uri')
  const known = ['client_id', 'request_uri', 'request_uri_method']
  if (!Object.keys(parameters).every(name => known.includes(name))) throw refusal(place, 'the request by its address alone')
  if (method !== 'get' && method !== 'post') throw refusal(place, 'get or post as request_uri_method')
  return {
    clientId,
    verifier: didOfClientId(clientId),
    requestUri: readAddress(requestUri, { ...place, path: 'request_uri' }).href,
    method,
  }
}
