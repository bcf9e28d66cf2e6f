import { didOfKid, type JsonObject, type SigningKey, signJwt } from '@hufu/credentials'
import { secondsOfMs } from '@hufu/primitives'
import { parseDcqlQuery } from '../dcql/parse-dcql-query.ts'
import { clientIdOfDid } from './client-id.ts'
import { anyWallet, type RegisteredQuery, requestType, responseEncryptions } from './presentation-request.ts'
import { encodeTransactionData, parseTransactionData } from './transaction-data.ts'

export interface CreatePresentationRequestOptions {
  /** Listed under `authentication` by the verifier's DID. */
  readonly key: SigningKey
  /** Where the answer goes: of the same origin as the address of the request. */
  readonly responseUri: string
  readonly dcql: JsonObject
  /** JWK to which the answer is to be encrypted; a new one for each request. */
  readonly responseKey: JsonObject
  /** Fresh: 16 to 128 characters of base64url. */
  readonly nonce: string
  readonly state?: string
  readonly issuedAtMs: number
  /** At most an hour later. */
  readonly expiresAtMs: number
  /** Where the query stands on the ledger. */
  readonly registeredQuery?: RegisteredQuery
  /** Each with `type` and `credential_ids`. */
  readonly transactionData?: readonly JsonObject[]
  /** What the wallet sent when it fetched the request. */
  readonly walletNonce?: string
}

const algorithms = ['ES256', 'EdDSA']

/** Formats that we verify, with their algorithms (OpenID4VP 1.0 §11.1, annex B). */
export const verifiableFormats: JsonObject = {
  'dc+sd-jwt': { 'sd-jwt_alg_values': algorithms, 'kb-jwt_alg_values': algorithms },
  ldp_vc: { proof_type_values: ['DataIntegrityProof'], cryptosuite_values: ['ecdsa-rdfc-2019', 'eddsa-rdfc-2022'] },
  hufu_zk: {},
}

/**
 * Creates a signed request for a presentation (OpenID4VP 1.0 §5, RFC 9101).
 *
 * @returns a JWT; its media type is `application/oauth-authz-req+jwt`
 * @throws ExchangeError `ERR_EXCHANGE_QUERY`, `ERR_EXCHANGE_TRANSACTION_DATA`, `ERR_EXCHANGE_TOO_LARGE`: wallets would refuse it
 */
export async function createPresentationRequest(options: CreatePresentationRequestOptions): Promise<string> {
  const { key, responseUri, dcql, responseKey, nonce, state, issuedAtMs, expiresAtMs, registeredQuery, walletNonce } = options
  const verifier = didOfKid(key.id)
  if (verifier === undefined) throw new TypeError('key.id: expected a DID URL')
  const transactionData = options.transactionData?.length ? encodeTransactionData(options.transactionData) : undefined
  parseTransactionData(transactionData, parseDcqlQuery(dcql))
  const payload = {
    client_id: clientIdOfDid(verifier),
    aud: anyWallet,
    response_type: 'vp_token',
    response_mode: 'direct_post.jwt',
    response_uri: responseUri,
    nonce,
    state,
    iat: secondsOfMs(issuedAtMs),
    exp: secondsOfMs(expiresAtMs),
    dcql_query: dcql,
    client_metadata: {
      jwks: { keys: [responseKey] },
      encrypted_response_enc_values_supported: responseEncryptions,
      vp_formats_supported: verifiableFormats,
    },
    transaction_data: transactionData,
    wallet_nonce: walletNonce,
    hufu_query: registeredQuery,
  }
  return signJwt({ type: requestType, kid: key.id, payload }, key.signer)
}
