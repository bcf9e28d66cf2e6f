import { bytesToUtf8 } from '@hufu/primitives'
import { formType, readForm, writeForm } from '../http/form.ts'
import { expectContent, type Fetch, type Message, send } from '../http/send.ts'
import type { Place } from '../json/read-json.ts'
import { readText, refusal } from '../json/read-json.ts'
import type { PresentationLink } from './presentation-link.ts'
import { requestMediaType } from './presentation-request.ts'

/** Size limit of a request, in characters. */
export const maxRequestLength = 65_536

/**
 * Fetches the request of a link: by POST with a nonce of the wallet's where the link allows it, so that nobody can hand over a request made for others.
 *
 * @param options.walletNonce - fresh; sent where the method is post, and then to be expected in the request
 * @returns the JWT, not verified
 * @throws ExchangeError `ERR_EXCHANGE_UNREACHABLE`, `ERR_EXCHANGE_ANSWER`, `ERR_EXCHANGE_TOO_LARGE`
 */
export async function fetchPresentationRequest(
  link: PresentationLink,
  options: { readonly fetch: Fetch; readonly walletNonce?: string },
): Promise<string> {
  const { fetch, walletNonce } = options
  const isPost = link.method === 'post'
  const message: Message = {
    url: new URL(link.requestUri),
    method: isPost ? 'POST' : 'GET',
    accept: [requestMediaType],
    ...(isPost ? { headers: { 'content-type': formType }, body: writeForm({ wallet_nonce: walletNonce }) } : {}),
    maxBytes: maxRequestLength,
    fetch,
  }
  const answer = await send(message)
  expectContent(message, answer)
  return bytesToUtf8(answer.bytes)
}

const place: Place = { path: 'request_uri', code: 'ERR_EXCHANGE_MALFORMED' }

/** Reads what a wallet sends to fetch a request (OpenID4VP 1.0 §5.10); `wallet_metadata` is not looked at. @throws ExchangeError `ERR_EXCHANGE_MALFORMED` */
export function parseRequestFetch(form: string): { readonly walletNonce: string | undefined } {
  const { wallet_nonce: walletNonce } = readForm(form, place, 16_384)
  if (walletNonce === undefined) return { walletNonce }
  if (!/^[A-Za-z0-9._~-]+$/.test(walletNonce)) throw refusal(place, 'a wallet_nonce of URL-safe characters')
  return { walletNonce: readText(walletNonce, place, 1, 256) }
}
