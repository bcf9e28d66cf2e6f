import { bytesToBase64url, type Json, randomBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { ExchangeError, RefusedError } from '../errors.ts'
import { fetchJson } from '../http/fetch-json.ts'
import { formType, readForm, writeForm } from '../http/form.ts'
import type { Fetch } from '../http/send.ts'
import { type Place, readText } from '../json/read-json.ts'
import type { AuthorizationServer } from './authorization-server.ts'

export interface BeginAuthorizationOptions {
  readonly clientId: string
  /** Where the browser comes back to: the wallet's own address. */
  readonly redirectUri: string
  /** From the offer. */
  readonly issuerState?: string
  readonly scope?: string
  /** Which credentials are wanted; instead of a scope. */
  readonly configurationIds?: readonly string[]
  readonly fetch: Fetch
}

/** An authorization that has begun. */
export interface BegunAuthorization {
  /** Where the person's browser goes. */
  readonly url: string
  /** To be kept until it comes back. */
  readonly state: string
  /** Likewise; it is not shown to anybody before. */
  readonly codeVerifier: string
}

const place: Place = { path: 'authorization', code: 'ERR_EXCHANGE_ANSWER' }

/**
 * Begins the authorization code flow with PKCE (RFC 7636, S256 only); the request is pushed (RFC 9126) where the server takes that.
 *
 * @throws ExchangeError `ERR_EXCHANGE_METADATA`: the server has no such flow; and as `fetchJson`
 * @throws RefusedError
 */
export async function beginAuthorization(server: AuthorizationServer, options: BeginAuthorizationOptions): Promise<BegunAuthorization> {
  const { clientId, redirectUri, issuerState, scope, configurationIds, fetch } = options
  const { authorizationEndpoint, pushedAuthorizationRequestEndpoint } = server
  if (authorizationEndpoint === undefined)
    throw new ExchangeError('ERR_EXCHANGE_METADATA', 'authorization server: expected authorization_endpoint')
  const state = bytesToBase64url(randomBytes(16))
  const codeVerifier = bytesToBase64url(randomBytes(32))
  const form = writeForm({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
    code_challenge: codeChallengeOf(codeVerifier),
    code_challenge_method: 'S256',
    scope,
    issuer_state: issuerState,
    authorization_details: configurationIds === undefined ? undefined : JSON.stringify(configurationIds.map(detailOf)),
  })
  const url = new URL(authorizationEndpoint)
  if (pushedAuthorizationRequestEndpoint === undefined) {
    for (const [name, value] of new URLSearchParams(form)) url.searchParams.set(name, value)
    return { url: url.href, state, codeVerifier }
  }
  const message = {
    url: pushedAuthorizationRequestEndpoint,
    method: 'POST',
    headers: { 'content-type': formType },
    body: form,
    fetch,
  } as const
  const { json } = await fetchJson(message, [200, 201])
  url.searchParams.set('client_id', clientId)
  url.searchParams.set('request_uri', readText(json.request_uri, place))
  return { url: url.href, state, codeVerifier }
}

/** `code_challenge` of a verifier (RFC 7636 §4.2). */
export function codeChallengeOf(codeVerifier: string): string {
  return bytesToBase64url(sha256(utf8ToBytes(codeVerifier)))
}

/**
 * Reads with what the browser came back.
 *
 * @param url - the whole address
 * @throws ExchangeError `ERR_EXCHANGE_CLIENT`: of another flow, or by another server (RFC 9207); `ERR_EXCHANGE_ANSWER`
 * @throws RefusedError the server or the person said no
 */
export function finishAuthorization(
  url: string,
  expected: { readonly state: string; readonly server: Pick<AuthorizationServer, 'issuer' | 'namesItself'> },
): { readonly code: string } {
  const { state, server } = expected
  const parameters = readForm(new URL(url).search.slice(1), place, 8192)
  if (parameters.state !== state) throw new ExchangeError('ERR_EXCHANGE_CLIENT', 'authorization.state: expected the one of this flow')
  if (parameters.iss === undefined ? server.namesItself : parameters.iss !== server.issuer)
    throw new ExchangeError('ERR_EXCHANGE_CLIENT', 'authorization.iss: expected the server of this flow')
  const { error, code } = parameters
  if (error !== undefined) throw new RefusedError(/^[a-z0-9_]{1,64}$/.test(error) ? error : 'server_error', 400)
  return { code: readText(code, place) }
}

function detailOf(configurationId: string): Json {
  return { type: 'openid_credential', credential_configuration_id: configurationId }
}
