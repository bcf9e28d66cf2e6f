import type { JsonObject } from '@hufu/credentials'
import type { Json } from '@hufu/primitives'
import { ExchangeError } from '../errors.ts'
import { readAddress } from '../http/address.ts'
import { fetchJson } from '../http/fetch-json.ts'
import type { Fetch } from '../http/send.ts'
import { memberOf, type Place, readList, readText, refusal } from '../json/read-json.ts'
import { wellKnownAddress } from './well-known-address.ts'

/** An authorization server, as its metadata describe it (RFC 8414 §2). */
export interface AuthorizationServer {
  readonly issuer: string
  readonly tokenEndpoint: URL
  readonly authorizationEndpoint: URL | undefined
  readonly pushedAuthorizationRequestEndpoint: URL | undefined
  /** True if proofs by ES256 bind its tokens to a key (RFC 9449 §5.1). */
  readonly supportsDpop: boolean
  /** True if its answers name it (RFC 9207), which they must then. */
  readonly namesItself: boolean
  /** True if a wallet that it does not know may redeem a pre-authorized code (OpenID4VCI 1.0 §12.3). */
  readonly acceptsAnonymous: boolean
}

const place: Place = { path: 'authorization server', code: 'ERR_EXCHANGE_METADATA' }
const maxBytes = 262_144

/**
 * Fetches the metadata of an authorization server: where RFC 8414 §3 has them, or else where OpenID Connect Discovery does.
 *
 * @throws ExchangeError `ERR_EXCHANGE_METADATA`: of another server, or incomplete; `ERR_EXCHANGE_ADDRESS`, and as `fetchJson`
 */
export async function fetchAuthorizationServerMetadata(issuer: string, options: { readonly fetch: Fetch }): Promise<AuthorizationServer> {
  const url = readAddress(issuer, memberOf(place, 'issuer'))
  const get = (address: URL) => fetchJson({ url: address, method: 'GET', maxBytes, fetch: options.fetch })
  try {
    return parseAuthorizationServer((await get(wellKnownAddress(url, 'oauth-authorization-server'))).json, issuer)
  } catch (error) {
    // Nothing there, then; but wrong metadata are no reason to look for better ones.
    const isAbsent = error instanceof ExchangeError && ['ERR_EXCHANGE_ANSWER', 'ERR_EXCHANGE_REFUSED'].includes(error.code)
    if (!isAbsent) throw error
    const discovery = new URL(`${url.href.replace(/\/$/, '')}/.well-known/openid-configuration`)
    return parseAuthorizationServer((await get(discovery)).json, issuer)
  }
}

/** Parses metadata of the server that was asked. @throws ExchangeError `ERR_EXCHANGE_METADATA`, `ERR_EXCHANGE_ADDRESS` */
export function parseAuthorizationServer(json: JsonObject, issuer: string): AuthorizationServer {
  if (json.issuer !== issuer) throw refusal(memberOf(place, 'issuer'), 'the server that was asked (RFC 8414 §3.3)')
  const address = (name: string) => (json[name] === undefined ? undefined : readAddress(json[name], memberOf(place, name)))
  const lists = (name: string, value: string) => textsOf(json[name], memberOf(place, name)).includes(value)
  const authorizationEndpoint = address('authorization_endpoint')
  if (authorizationEndpoint !== undefined && !lists('code_challenge_methods_supported', 'S256'))
    throw refusal(memberOf(place, 'code_challenge_methods_supported'), 'S256 among them')
  return {
    issuer,
    tokenEndpoint: readAddress(json.token_endpoint, memberOf(place, 'token_endpoint')),
    authorizationEndpoint,
    pushedAuthorizationRequestEndpoint: address('pushed_authorization_request_endpoint'),
    supportsDpop: lists('dpop_signing_alg_values_supported', 'ES256'),
    namesItself: json.authorization_response_iss_parameter_supported === true,
    acceptsAnonymous: json['pre-authorized_grant_anonymous_access_supported'] === true,
  }
}

function textsOf(json: Json | undefined, at: Place): readonly string[] {
  return json === undefined ? [] : readList(json, at, 0, 64).map(text => readText(text, at, 1, 256))
}
