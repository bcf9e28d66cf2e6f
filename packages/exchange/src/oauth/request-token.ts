import type { JsonObject } from '@hufu/credentials'
import type { Signer } from '@hufu/keys'
import type { Json } from '@hufu/primitives'
import { ExchangeError } from '../errors.ts'
import { readJsonAnswer } from '../http/fetch-json.ts'
import { formType, writeForm } from '../http/form.ts'
import type { Fetch, Message } from '../http/send.ts'
import { memberOf, type Place, readInteger, readList, readObject, readOptionalText, readText } from '../json/read-json.ts'
import type { AuthorizationServer } from './authorization-server.ts'
import { sendWithDpop } from './send-with-dpop.ts'

/** Name of the grant of an offer's code (OpenID4VCI 1.0 §4.1.1). */
export const preAuthorizedGrant = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'

/** What a token is asked for. */
export type TokenGrant =
  | { readonly preAuthorizedCode: string; readonly txCode?: string }
  | { readonly code: string; readonly codeVerifier: string; readonly redirectUri: string }
  | { readonly refreshToken: string }

/** An access token. */
export interface TokenResponse {
  readonly accessToken: string
  /** True if it counts only with proofs of the key with which it was asked for. */
  readonly dpopBound: boolean
  readonly expiresAtMs: number | undefined
  readonly refreshToken: string | undefined
  /** For configurations whose credentials have names of their own (OpenID4VCI 1.0 §6.2): ask with these. */
  readonly credentialIdentifiers: Readonly<Record<string, readonly string[]>>
}

export interface RequestTokenOptions {
  readonly grant: TokenGrant
  readonly clientId?: string
  /** Binds the token to its key, where the server can. */
  readonly dpop?: Signer
  readonly fetch: Fetch
  readonly nowMs: number
}

const place: Place = { path: 'token', code: 'ERR_EXCHANGE_ANSWER' }

/**
 * Asks for an access token (OpenID4VCI 1.0 §6).
 *
 * @throws RefusedError `invalid_grant`: the code was used, or the transaction code is wrong; `invalid_request`, `invalid_client`, …
 * @throws ExchangeError `ERR_EXCHANGE_ANSWER`: also where a server that binds tokens did not; and as `send`
 */
export async function requestToken(server: AuthorizationServer, options: RequestTokenOptions): Promise<TokenResponse> {
  const { grant, clientId, fetch, nowMs } = options
  const dpop = server.supportsDpop ? options.dpop : undefined
  const message: Message = {
    url: server.tokenEndpoint,
    method: 'POST',
    headers: { 'content-type': formType },
    body: writeForm({ ...formOf(grant), client_id: clientId }),
    accept: ['application/json'],
    maxBytes: 65_536,
    fetch,
  }
  const answer = await sendWithDpop(message, { nowMs, ...(dpop === undefined ? {} : { dpop }) })
  return parseTokenResponse(readJsonAnswer(message, answer, [200]).json, { nowMs, isProven: dpop !== undefined })
}

function formOf(grant: TokenGrant): Readonly<Record<string, string | undefined>> {
  if ('preAuthorizedCode' in grant)
    return { grant_type: preAuthorizedGrant, 'pre-authorized_code': grant.preAuthorizedCode, tx_code: grant.txCode }
  if ('refreshToken' in grant) return { grant_type: 'refresh_token', refresh_token: grant.refreshToken }
  return { grant_type: 'authorization_code', code: grant.code, code_verifier: grant.codeVerifier, redirect_uri: grant.redirectUri }
}

function parseTokenResponse(json: JsonObject, { nowMs, isProven }: { nowMs: number; isProven: boolean }): TokenResponse {
  const type = readText(json.token_type, memberOf(place, 'token_type'), 1, 64).toLowerCase()
  if (type !== 'dpop' && type !== 'bearer') throw new ExchangeError('ERR_EXCHANGE_ANSWER', 'token.token_type: expected DPoP or Bearer')
  const dpopBound = type === 'dpop'
  // A bound token that is answered as a bearer's would be anybody's who sees it.
  if (dpopBound !== isProven) throw new ExchangeError('ERR_EXCHANGE_ANSWER', 'token.token_type: expected a token bound as it was asked')
  return {
    accessToken: readText(json.access_token, memberOf(place, 'access_token'), 1, 16_384),
    dpopBound,
    expiresAtMs:
      json.expires_in === undefined ? undefined : nowMs + 1000 * readInteger(json.expires_in, memberOf(place, 'expires_in'), 0, 2 ** 31),
    refreshToken: readOptionalText(json.refresh_token, memberOf(place, 'refresh_token'), 1, 16_384),
    credentialIdentifiers: json.authorization_details === undefined ? {} : readIdentifiers(json.authorization_details),
  }
}

function readIdentifiers(json: Json): Readonly<Record<string, readonly string[]>> {
  const at = memberOf(place, 'authorization_details')
  const entries = readList(json, at, 0, 64).flatMap(entry => {
    const { type, credential_configuration_id: id, credential_identifiers: identifiers } = readObject(entry, at)
    if (type !== 'openid_credential' || identifiers === undefined) return []
    return [[readText(id, at, 1, 256), readList(identifiers, at, 1, 64).map(name => readText(name, at, 1, 256))] as const]
  })
  return Object.fromEntries(entries)
}
