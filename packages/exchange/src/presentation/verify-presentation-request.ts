import { didOfKid, type JsonObject } from '@hufu/credentials'
import { type PublicKey, publicKeyFromJwk } from '@hufu/keys'
import { errorCode } from '@hufu/primitives'
import { parseDcqlQuery } from '../dcql/parse-dcql-query.ts'
import { ExchangeError } from '../errors.ts'
import { readAddressAt } from '../http/address.ts'
import { checkTimes } from '../jose/check-times.ts'
import { parseMessageJwt, verifyMessageJwt } from '../jose/message-jwt.ts'
import { memberOf, type Place, readInteger, readList, readObject, readOptionalText, readText, refusal } from '../json/read-json.ts'
import { maxRequestLength } from './fetch-presentation-request.ts'
import type { PresentationLink } from './presentation-link.ts'
import {
  anyWallet,
  type PresentationRequest,
  type RegisteredQuery,
  type ResponseEncryption,
  requestType,
  responseEncryptions,
} from './presentation-request.ts'
import { parseTransactionData } from './transaction-data.ts'

/**
 * Finds the key `kid` that a verifier's DID lists for signing requests; null if it lists none. Throws only if it could not find out.
 */
export type ResolveRequestKey = (query: {
  readonly did: string
  readonly kid: string
  readonly purpose: 'authentication'
  readonly atMs: number
}) => Promise<{ readonly controller: string; readonly publicKey: PublicKey } | null>

export interface VerifyPresentationRequestOptions {
  /** By which the request was fetched. */
  readonly link: Pick<PresentationLink, 'clientId' | 'verifier' | 'requestUri'>
  readonly resolveKey: ResolveRequestKey
  readonly nowMs: number
  /** What was sent when it was fetched; the request must have it, and without one must have none. */
  readonly walletNonce?: string
}

const place: Place = { path: 'request', code: 'ERR_EXCHANGE_MALFORMED' }
const longestMs = 3_600_000
/** Members that would ask something in another way than by `dcql_query`, or send the answer elsewhere than to `response_uri`. */
const refused = [
  'presentation_definition',
  'presentation_definition_uri',
  'scope',
  'request',
  'request_uri',
  'redirect_uri',
  'client_metadata_uri',
]

/**
 * Verifies a request: that the one whom the link names signed it, with a key of its DID, for now, and that the answer goes to it alone.
 *
 * @throws ExchangeError `ERR_EXCHANGE_CLIENT`: of another verifier than the link's; `ERR_EXCHANGE_KEY`, `ERR_EXCHANGE_SIGNATURE`, `ERR_EXCHANGE_ALGORITHM`,
 *   `ERR_EXCHANGE_HEADER_KEY`, `ERR_EXCHANGE_TYPE`; `ERR_EXCHANGE_AUDIENCE`, `ERR_EXCHANGE_EXPIRED`, `ERR_EXCHANGE_NOT_YET_VALID`; `ERR_EXCHANGE_NONCE`: not
 *   made for this wallet; `ERR_EXCHANGE_ADDRESS`: `response_uri` is of another origin; `ERR_EXCHANGE_RESPONSE_MODE`; `ERR_EXCHANGE_QUERY`,
 *   `ERR_EXCHANGE_TRANSACTION_DATA`, `ERR_EXCHANGE_MALFORMED`, `ERR_EXCHANGE_TOO_LARGE`
 * @see https://openid.net/specs/openid-4-verifiable-presentations-1_0.html#section-5
 */
export async function verifyPresentationRequest(jwt: string, options: VerifyPresentationRequestOptions): Promise<PresentationRequest> {
  const { link, resolveKey, nowMs, walletNonce } = options
  const { payload, kid } = await verifySignature(jwt, link.verifier, { resolveKey, nowMs })
  if (payload.client_id !== link.clientId) throw new ExchangeError('ERR_EXCHANGE_CLIENT', 'request.client_id: expected the one of the link')
  if (payload.aud !== anyWallet) throw new ExchangeError('ERR_EXCHANGE_AUDIENCE', `request.aud: expected ${anyWallet}`)
  if (payload.wallet_nonce !== walletNonce)
    throw new ExchangeError('ERR_EXCHANGE_NONCE', 'request.wallet_nonce: expected the one that was sent, if any')
  const times = checkTimes(payload, place, { nowMs, longestMs })
  const unexpected = refused.find(name => Object.hasOwn(payload, name))
  if (unexpected !== undefined) throw refusal(memberOf(place, unexpected), 'not to be there')
  if (payload.response_type !== 'vp_token') throw refusal(memberOf(place, 'response_type'), 'vp_token')
  if (payload.response_mode !== 'direct_post.jwt')
    throw new ExchangeError('ERR_EXCHANGE_RESPONSE_MODE', 'request.response_mode: expected direct_post.jwt')
  const query = parseDcqlQuery(payload.dcql_query)
  return {
    verifier: link.verifier,
    clientId: link.clientId,
    kid,
    responseUri: readAddressAt(new URL(link.requestUri).origin, payload.response_uri, memberOf(place, 'response_uri')).href,
    nonce: readNonce(payload),
    state: readOptionalText(payload.state, memberOf(place, 'state'), 1, 512),
    query,
    registeredQuery: payload.hufu_query === undefined ? undefined : readRegisteredQuery(payload.hufu_query),
    transactionData: parseTransactionData(payload.transaction_data, query),
    ...readEncryption(payload.client_metadata),
    ...times,
  }
}

async function verifySignature(
  text: string,
  verifier: string,
  { resolveKey, nowMs }: Pick<VerifyPresentationRequestOptions, 'resolveKey' | 'nowMs'>,
): Promise<{ payload: JsonObject; kid: string }> {
  const jwt = parseMessageJwt(text, { type: requestType, maxLength: maxRequestLength })
  const { kid } = jwt
  if (kid === undefined || didOfKid(kid) !== verifier)
    throw new ExchangeError('ERR_EXCHANGE_CLIENT', 'request.kid: expected a key of the DID that client_id is')
  const key = await resolveKey({ did: verifier, kid, purpose: 'authentication', atMs: nowMs })
  if (key === null || key.controller !== verifier)
    throw new ExchangeError('ERR_EXCHANGE_KEY', "request.kid: expected a key that the verifier's DID lists for authentication")
  await verifyMessageJwt(jwt, key.publicKey)
  return { payload: jwt.payload, kid }
}

function readNonce(payload: JsonObject): string {
  const nonce = readText(payload.nonce, memberOf(place, 'nonce'), 16, 128)
  if (!/^[A-Za-z0-9._~-]+$/.test(nonce)) throw refusal(memberOf(place, 'nonce'), 'URL-safe characters')
  return nonce
}

function readRegisteredQuery(json: unknown): RegisteredQuery {
  const at = memberOf(place, 'hufu_query')
  const { id, version } = readObject(json, at)
  return { id: readText(id, memberOf(at, 'id'), 1, 64), version: readInteger(version, memberOf(at, 'version'), 1, 2 ** 32 - 1) }
}

/** Finds the key and the way of encrypting to it (OpenID4VP 1.0 §8.3). */
function readEncryption(json: unknown): { responseKey: JsonObject; encryption: ResponseEncryption } {
  const at = memberOf(place, 'client_metadata')
  const metadata = readObject(json, at)
  const keys = readList(readObject(metadata.jwks, memberOf(at, 'jwks')).keys, memberOf(at, 'jwks.keys'), 1, 8)
  const responseKey = keys.map(key => readObject(key, memberOf(at, 'jwks.keys'))).find(isResponseKey)
  if (responseKey === undefined) throw refusal(memberOf(at, 'jwks.keys'), 'a P-256 key for ECDH-ES')
  // Without the member it is A128GCM (OpenID4VP 1.0 §5.1).
  const offered = metadata.encrypted_response_enc_values_supported ?? ['A128GCM']
  const offers = readList(offered, memberOf(at, 'encrypted_response_enc_values_supported'), 1, 8)
  const encryption = responseEncryptions.find(name => offers.includes(name))
  if (encryption === undefined) throw new ExchangeError('ERR_EXCHANGE_ALGORITHM', 'request.client_metadata: expected A128GCM or A256GCM')
  return { responseKey, encryption }
}

function isResponseKey(jwk: JsonObject): boolean {
  const { alg, use, kid, crv } = jwk
  if (alg !== 'ECDH-ES' || crv !== 'P-256' || (use !== undefined && use !== 'enc')) return false
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 256)) return false
  try {
    publicKeyFromJwk(jwk)
    return true
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    return false
  }
}
