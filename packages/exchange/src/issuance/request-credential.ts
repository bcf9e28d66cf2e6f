import type { JsonObject } from '@hufu/credentials'
import type { Signer } from '@hufu/keys'
import { canonicalJson } from '@hufu/primitives'
import { ExchangeError, RefusedError } from '../errors.ts'
import { fetchJson, readJsonAnswer } from '../http/fetch-json.ts'
import { refusedBy } from '../http/refused-by.ts'
import type { Answer, Fetch, Message } from '../http/send.ts'
import { memberOf, type Place, readText } from '../json/read-json.ts'
import type { TokenResponse } from '../oauth/request-token.ts'
import { sendWithDpop } from '../oauth/send-with-dpop.ts'
import {
  type CredentialNotification,
  type CredentialRequest,
  type CredentialResponse,
  parseCredentialResponse,
  writeCredentialRequest,
} from './credential-messages.ts'
import type { IssuerMetadata } from './issuer-metadata.ts'

/** How a wallet calls an issuer. */
export interface CallOptions {
  readonly token: Pick<TokenResponse, 'accessToken' | 'dpopBound'>
  /** The key to which the token is bound, if it is. */
  readonly dpop?: Signer
  readonly fetch: Fetch
  readonly nowMs: number
}

const maxBytes = 4_194_304
const defaultIntervalSeconds = 5

/** Gets a nonce for key proofs (OpenID4VCI 1.0 §7). @throws ExchangeError `ERR_EXCHANGE_METADATA`: the issuer gives out none; and as `fetchJson` */
export async function requestNonce(metadata: Pick<IssuerMetadata, 'nonceEndpoint'>, options: { readonly fetch: Fetch }): Promise<string> {
  const url = endpointOf(metadata.nonceEndpoint, 'nonce_endpoint')
  const { json } = await fetchJson({ url, method: 'POST', fetch: options.fetch })
  const place: Place = { path: 'nonce', code: 'ERR_EXCHANGE_ANSWER' }
  return readText(json.c_nonce, memberOf(place, 'c_nonce'), 1, 512)
}

/**
 * Asks for credentials.
 *
 * @throws RefusedError `invalid_nonce`: get a new one and make the proofs again; `invalid_proof`, `invalid_token`, `credential_request_denied`, …
 * @throws ExchangeError as `send`, `ERR_EXCHANGE_ANSWER`
 */
export async function requestCredential(
  metadata: Pick<IssuerMetadata, 'credentialEndpoint'>,
  request: CredentialRequest,
  options: CallOptions,
): Promise<CredentialResponse> {
  const message = messageTo(endpointOf(metadata.credentialEndpoint, 'credential_endpoint'), writeCredentialRequest(request), options)
  const answer = await call(message, options)
  return parseCredentialResponse(readJsonAnswer(message, answer, [200, 202]).json)
}

/**
 * Asks for credentials that were not ready. While they are still not, the answer is as before: the same `transactionId`, and when to ask again.
 *
 * @throws RefusedError `invalid_transaction_id`: collected already, or unknown; `credential_request_denied`
 */
export async function requestDeferredCredential(
  metadata: Pick<IssuerMetadata, 'deferredCredentialEndpoint'>,
  transactionId: string,
  options: CallOptions,
): Promise<CredentialResponse> {
  const url = endpointOf(metadata.deferredCredentialEndpoint, 'deferred_credential_endpoint')
  const message = messageTo(url, { transaction_id: transactionId }, options)
  const answer = await call(message, options)
  const pending = answer.status === 400 ? refusedBy(url, answer) : undefined
  // The last drafts had an error for it.
  if (pending instanceof RefusedError && pending.error === 'issuance_pending')
    return { transactionId, intervalSeconds: pending.intervalSeconds ?? defaultIntervalSeconds }
  return parseCredentialResponse(readJsonAnswer(message, answer, [200, 202]).json)
}

/** Tells the issuer what became of its credentials; does nothing where the issuer does not want to know. @throws RefusedError, ExchangeError */
export async function sendNotification(
  metadata: Pick<IssuerMetadata, 'notificationEndpoint'>,
  { notificationId, event }: CredentialNotification,
  options: CallOptions,
): Promise<void> {
  if (metadata.notificationEndpoint === undefined) return
  const url = endpointOf(metadata.notificationEndpoint, 'notification_endpoint')
  const answer = await call(messageTo(url, { notification_id: notificationId, event }, options), options)
  if (answer.status < 200 || answer.status > 299) throw refusedBy(url, answer)
}

function endpointOf(address: string | undefined, name: string): URL {
  if (address === undefined) throw new ExchangeError('ERR_EXCHANGE_METADATA', `issuer metadata: expected ${name}`)
  return new URL(address)
}

function messageTo(url: URL, json: JsonObject, { token, fetch }: CallOptions): Message {
  const authorization = `${token.dpopBound ? 'DPoP' : 'Bearer'} ${token.accessToken}`
  return {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: canonicalJson(json),
    accept: ['application/json'],
    maxBytes,
    fetch,
  }
}

function call(message: Message, { token, dpop, nowMs }: CallOptions): Promise<Answer> {
  if (token.dpopBound && dpop === undefined) throw new TypeError('dpop: expected the key of the token')
  return sendWithDpop(message, token.dpopBound && dpop !== undefined ? { dpop, nowMs } : { nowMs }, token.accessToken)
}
