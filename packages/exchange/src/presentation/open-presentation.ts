import { bytesToBase64url, randomBytes } from '@hufu/primitives'
import type { Fetch } from '../http/send.ts'
import { fetchPresentationRequest } from './fetch-presentation-request.ts'
import { parsePresentationLink } from './presentation-link.ts'
import type { PresentationRequest } from './presentation-request.ts'
import { type ResolveRequestKey, verifyPresentationRequest } from './verify-presentation-request.ts'

/**
 * Opens the link of a presentation request: fetches the request, with a nonce where the link allows it, and verifies it.
 *
 * @throws ExchangeError as `parsePresentationLink`, `fetchPresentationRequest` and `verifyPresentationRequest`
 */
export async function openPresentation(
  text: string,
  options: { readonly fetch: Fetch; readonly resolveKey: ResolveRequestKey; readonly nowMs: number },
): Promise<PresentationRequest> {
  const link = parsePresentationLink(text)
  const nonce = link.method === 'post' ? { walletNonce: bytesToBase64url(randomBytes(16)) } : {}
  const jwt = await fetchPresentationRequest(link, { fetch: options.fetch, ...nonce })
  return verifyPresentationRequest(jwt, { link, resolveKey: options.resolveKey, nowMs: options.nowMs, ...nonce })
}
