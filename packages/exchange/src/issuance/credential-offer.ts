import type { JsonObject } from '@hufu/credentials'
import { canonicalJson, type Json } from '@hufu/primitives'
import { readAddress } from '../http/address.ts'
import { fetchJson } from '../http/fetch-json.ts'
import { readForm } from '../http/form.ts'
import type { Fetch } from '../http/send.ts'
import {
  memberOf,
  type Place,
  readInteger,
  readJsonText,
  readList,
  readObject,
  readOptionalText,
  readText,
  refusal,
} from '../json/read-json.ts'
import { linkParameters } from '../link/wallet-link.ts'
import { preAuthorizedGrant } from '../oauth/request-token.ts'

/** What the person must enter, which came to them another way than the offer (OpenID4VCI 1.0 §4.1.1). */
export interface TransactionCode {
  readonly inputMode: 'numeric' | 'text'
  readonly length: number | undefined
  /** At most 300 characters; the issuer's text, to be shown as such. */
  readonly description: string | undefined
}

/** An issuer's offer of credentials (OpenID4VCI 1.0 §4.1). */
export interface CredentialOffer {
  /** Address that names the issuer. */
  readonly issuer: string
  readonly configurationIds: readonly string[]
  readonly preAuthorized?: {
    readonly code: string
    readonly txCode?: TransactionCode
    readonly authorizationServer?: string
  }
  readonly authorizationCode?: { readonly issuerState?: string; readonly authorizationServer?: string }
}

const place: Place = { path: 'credential_offer', code: 'ERR_EXCHANGE_MALFORMED' }
const linkPlace: Place = { path: 'link', code: 'ERR_EXCHANGE_LINK' }
const maxOfferLength = 8192
const schemes = ['openid-credential-offer:']

/** Parses an offer. @throws ExchangeError `ERR_EXCHANGE_MALFORMED`, `ERR_EXCHANGE_ADDRESS` */
export function parseCredentialOffer(json: Json): CredentialOffer {
  const offer = readObject(json, place)
  const issuer = readText(offer.credential_issuer, memberOf(place, 'credential_issuer'))
  checkIssuer(issuer)
  const at = memberOf(place, 'credential_configuration_ids')
  const configurationIds = readList(offer.credential_configuration_ids, at, 1, 32).map(id => readText(id, at, 1, 256))
  if (new Set(configurationIds).size !== configurationIds.length) throw refusal(at, 'each id once')
  const grants = offer.grants === undefined ? {} : readObject(offer.grants, memberOf(place, 'grants'))
  return {
    issuer,
    configurationIds,
    ...(grants[preAuthorizedGrant] === undefined ? {} : { preAuthorized: readPreAuthorized(grants[preAuthorizedGrant]) }),
    ...(grants.authorization_code === undefined ? {} : { authorizationCode: readAuthorizationCode(grants.authorization_code) }),
  }
}

/** An issuer's identifier is an address without query (OpenID4VCI 1.0 §12.2.1). */
function checkIssuer(issuer: string): void {
  if (readAddress(issuer, memberOf(place, 'credential_issuer')).search !== '' || issuer.includes('?'))
    throw refusal(memberOf(place, 'credential_issuer'), 'no query')
}

function readPreAuthorized(json: Json): CredentialOffer['preAuthorized'] & object {
  const at = memberOf(place, 'grants.pre-authorized_code')
  const grant = readObject(json, at)
  return {
    code: readText(grant['pre-authorized_code'], memberOf(at, 'pre-authorized_code'), 1, 4096),
    ...(grant.tx_code === undefined ? {} : { txCode: readTransactionCode(grant.tx_code) }),
    ...readServer(grant),
  }
}

function readTransactionCode(json: Json): TransactionCode {
  const at = memberOf(place, 'grants.pre-authorized_code.tx_code')
  const { input_mode: inputMode = 'numeric', length, description } = readObject(json, at)
  if (inputMode !== 'numeric' && inputMode !== 'text') throw refusal(memberOf(at, 'input_mode'), 'numeric or text')
  return {
    inputMode,
    length: length === undefined ? undefined : readInteger(length, memberOf(at, 'length'), 1, 64),
    description: readOptionalText(description, memberOf(at, 'description'), 0, 300),
  }
}

function readAuthorizationCode(json: Json): CredentialOffer['authorizationCode'] & object {
  const at = memberOf(place, 'grants.authorization_code')
  const grant = readObject(json, at)
  const issuerState = readOptionalText(grant.issuer_state, memberOf(at, 'issuer_state'), 1, 4096)
  return { ...(issuerState === undefined ? {} : { issuerState }), ...readServer(grant) }
}

function readServer({ authorization_server: server }: JsonObject): { readonly authorizationServer?: string } {
  if (server === undefined) return {}
  return { authorizationServer: readText(server, memberOf(place, 'authorization_server')) }
}

/** The JSON of an offer; the counterpart of {@link parseCredentialOffer}. */
export function writeCredentialOffer({ issuer, configurationIds, preAuthorized, authorizationCode }: CredentialOffer): JsonObject {
  const grants: { [name: string]: Json } = {}
  if (authorizationCode !== undefined)
    grants.authorization_code = without({
      issuer_state: authorizationCode.issuerState,
      authorization_server: authorizationCode.authorizationServer,
    })
  if (preAuthorized !== undefined) {
    const { code, txCode, authorizationServer } = preAuthorized
    grants[preAuthorizedGrant] = without({
      'pre-authorized_code': code,
      tx_code: txCode && without({ input_mode: txCode.inputMode, length: txCode.length, description: txCode.description }),
      authorization_server: authorizationServer,
    })
  }
  return { credential_issuer: issuer, credential_configuration_ids: configurationIds, grants }
}

function without(members: { readonly [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

/** The link of an offer, with the offer in it or its address; with `walletUrl` one that opens that wallet, without one for any wallet. */
export function credentialOfferLink(
  content: { readonly offer: CredentialOffer } | { readonly offerUri: string },
  { walletUrl }: { readonly walletUrl?: string } = {},
): string {
  const parameters = new URLSearchParams(
    'offer' in content
      ? { credential_offer: canonicalJson(writeCredentialOffer(content.offer)) }
      : { credential_offer_uri: content.offerUri },
  )
  return `${walletUrl === undefined ? 'openid-credential-offer://' : `${walletUrl.replace(/\/$/, '')}/#/open`}?${parameters}`
}

/**
 * Parses a link to an offer.
 *
 * @param link - `openid-credential-offer://?…`, or the https address of a wallet with the parameters in its query or behind `#/open?`
 * @throws ExchangeError `ERR_EXCHANGE_LINK`, `ERR_EXCHANGE_ADDRESS`, `ERR_EXCHANGE_MALFORMED`, `ERR_EXCHANGE_TOO_LARGE`
 */
export function parseCredentialOfferLink(link: string): { readonly offer: CredentialOffer } | { readonly offerUri: string } {
  const { credential_offer: offer, credential_offer_uri: offerUri, ...rest } = readForm(linkParameters(link, schemes), linkPlace, 16_384)
  if (Object.keys(rest).length > 0 || (offer === undefined) === (offerUri === undefined))
    throw refusal(linkPlace, 'one of credential_offer and credential_offer_uri')
  if (offer !== undefined) return { offer: parseCredentialOffer(readJsonText(offer, place, maxOfferLength)) }
  return { offerUri: readAddress(offerUri, { ...linkPlace, path: 'credential_offer_uri' }).href }
}

/**
 * The offer of a link, fetched if it is by reference (OpenID4VCI 1.0 §4.1.3).
 *
 * @throws ExchangeError as {@link parseCredentialOfferLink} and `fetchJson`
 */
export async function fetchCredentialOffer(link: string, options: { readonly fetch: Fetch }): Promise<CredentialOffer> {
  const parsed = parseCredentialOfferLink(link)
  if ('offer' in parsed) return parsed.offer
  const url = new URL(parsed.offerUri)
  const { json } = await fetchJson({ url, method: 'GET', maxBytes: maxOfferLength, fetch: options.fetch })
  return parseCredentialOffer(json)
}
