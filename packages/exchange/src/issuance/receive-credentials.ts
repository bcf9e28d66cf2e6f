import type { Signer } from '@hufu/keys'
import type { Scalar } from '@hufu/proofs'
import { ExchangeError, RefusedError } from '../errors.ts'
import type { Fetch } from '../http/send.ts'
import { type AuthorizationServer, fetchAuthorizationServerMetadata } from '../oauth/authorization-server.ts'
import { requestToken, type TokenResponse } from '../oauth/request-token.ts'
import type { CredentialResponse } from './credential-messages.ts'
import { type CredentialOffer, fetchCredentialOffer } from './credential-offer.ts'
import { type CredentialConfiguration, fetchIssuerMetadata, type IssuerMetadata } from './issuer-metadata.ts'
import { createKeyProof } from './key-proof.ts'
import { type CallOptions, requestCredential, requestNonce } from './request-credential.ts'

/** An offer with all that is needed to show it and to take it up. */
export interface OpenedOffer {
  readonly offer: CredentialOffer
  readonly metadata: IssuerMetadata
  readonly server: AuthorizationServer
  /** What is offered, in the offer's order. */
  readonly configurations: readonly CredentialConfiguration[]
}

/**
 * Opens the link of an offer: fetches the offer, the issuer's metadata and its authorization server's.
 *
 * @throws ExchangeError as `fetchCredentialOffer`, `fetchIssuerMetadata`, `fetchAuthorizationServer`; `ERR_EXCHANGE_METADATA`: the issuer does not have what is
 *   offered, or only in formats that are not known here
 */
export async function openOffer(link: string, options: { readonly fetch: Fetch }): Promise<OpenedOffer> {
  const offer = await fetchCredentialOffer(link, options)
  const metadata = await fetchIssuerMetadata(offer.issuer, options)
  const configurations = offer.configurationIds.flatMap(id => metadata.configurations.find(configuration => configuration.id === id) ?? [])
  if (configurations.length === 0)
    throw new ExchangeError('ERR_EXCHANGE_METADATA', 'issuer metadata: expected the offered credentials, in a format that is known')
  const wanted = offer.preAuthorized?.authorizationServer ?? offer.authorizationCode?.authorizationServer
  return {
    offer,
    metadata,
    server: await fetchAuthorizationServer(metadata, { ...options, ...(wanted === undefined ? {} : { wanted }) }),
    configurations,
  }
}

/**
 * Fetches the metadata of the issuer's authorization server.
 *
 * @param options.wanted - the one that an offer names; it must be one of the issuer's (OpenID4VCI 1.0 §4.1.1)
 * @throws ExchangeError `ERR_EXCHANGE_METADATA`, and as `fetchAuthorizationServerMetadata`
 */
export async function fetchAuthorizationServer(
  { authorizationServers }: Pick<IssuerMetadata, 'authorizationServers'>,
  { fetch, wanted = authorizationServers[0]! }: { readonly fetch: Fetch; readonly wanted?: string },
): Promise<AuthorizationServer> {
  if (!authorizationServers.includes(wanted))
    throw new ExchangeError('ERR_EXCHANGE_METADATA', "authorization_server: expected one of the issuer's")
  return fetchAuthorizationServerMetadata(wanted, { fetch })
}

export interface RedeemOfferOptions {
  /** What the person entered, where the offer asks for it. */
  readonly txCode?: string
  readonly clientId?: string
  /** Binds the token to its key, where the server can. */
  readonly dpop?: Signer
  readonly fetch: Fetch
  readonly nowMs: number
}

/**
 * Redeems the code of an offer.
 *
 * @throws RefusedError `invalid_grant`: the transaction code is wrong, or the offer was used or has expired
 * @throws ExchangeError `ERR_EXCHANGE_METADATA`: the offer has no code; and as `requestToken`
 */
export async function redeemOffer({ offer, server }: OpenedOffer, options: RedeemOfferOptions): Promise<TokenResponse> {
  const { txCode, ...rest } = options
  if (offer.preAuthorized === undefined)
    throw new ExchangeError('ERR_EXCHANGE_METADATA', 'credential_offer: expected a pre-authorized code')
  const { code } = offer.preAuthorized
  return requestToken(server, { ...rest, grant: { preAuthorizedCode: code, ...(txCode === undefined ? {} : { txCode }) } })
}

export interface CollectOptions extends CallOptions {
  readonly token: TokenResponse
  /** A key for each copy, at most the issuer's batch size. */
  readonly keys: readonly Signer[]
  readonly clientId?: string
  /** For `hufu_zk`, one copy. */
  readonly holderCommitment?: Scalar
}

/**
 * Collects one configuration's credentials: gets a nonce, proves the keys, and asks; once more if the nonce was too old by then.
 *
 * @returns the credentials, one for each key in their order, or when to ask again with `requestDeferredCredential`
 * @throws RefusedError and ExchangeError as `requestCredential`
 */
export async function collectCredentials(
  metadata: IssuerMetadata,
  configurationId: string,
  options: CollectOptions,
): Promise<CredentialResponse> {
  const { keys, token } = options
  if (keys.length < 1 || keys.length > metadata.batchSize) throw new TypeError('keys: expected 1 to the batch size of the issuer')
  const [credentialIdentifier] = token.credentialIdentifiers[configurationId] ?? []
  const attempt = async () => {
    const proofs = await proveKeys(metadata, options)
    return requestCredential(
      metadata,
      { ...(credentialIdentifier === undefined ? { configurationId } : { credentialIdentifier }), proofs },
      options,
    )
  }
  let response: CredentialResponse
  try {
    response = await attempt()
  } catch (error) {
    if (!(error instanceof RefusedError) || error.error !== 'invalid_nonce') throw error
    response = await attempt()
  }
  if ('credentials' in response && response.credentials.length !== keys.length)
    throw new ExchangeError('ERR_EXCHANGE_ANSWER', 'response.credentials: expected one for each key')
  return response
}

async function proveKeys(metadata: IssuerMetadata, options: CollectOptions): Promise<readonly string[]> {
  const { keys, clientId, holderCommitment, fetch, nowMs } = options
  const nonce = await requestNonce(metadata, { fetch })
  const shared = {
    audience: metadata.issuer,
    nonce,
    nowMs,
    ...(clientId === undefined ? {} : { clientId }),
    ...(holderCommitment === undefined ? {} : { holderCommitment }),
  }
  return Promise.all(keys.map(signer => createKeyProof({ ...shared, signer })))
}
