import type { ClaimPath, JsonObject } from '@hufu/credentials'
import type { Json } from '@hufu/primitives'
import { readAddress } from '../http/address.ts'
import { fetchJson } from '../http/fetch-json.ts'
import type { Fetch } from '../http/send.ts'
import { memberOf, type Place, readInteger, readList, readObject, readOptionalText, readText, refusal } from '../json/read-json.ts'
import { wellKnownAddress } from '../oauth/well-known-address.ts'

/** A name in one language. Pictures are not read: fetching one would tell somebody that a wallet is looking. */
export interface Display {
  readonly name: string
  /** BCP 47; undefined for any. */
  readonly locale: string | undefined
  readonly description?: string
  /** `#rrggbb`. */
  readonly backgroundColor?: string
  readonly textColor?: string
}

/** What a claim is called. */
export interface ClaimDescription {
  readonly path: ClaimPath
  readonly display: readonly Display[]
}

/** Something that an issuer offers in one format. */
export interface CredentialConfiguration {
  readonly id: string
  readonly format: 'dc+sd-jwt' | 'ldp_vc' | 'hufu_zk'
  /** `vct` of an SD-JWT VC, type of a W3C credential beside `VerifiableCredential`, or type of a zero-knowledge credential. */
  readonly credentialType: string
  readonly scope?: string
  readonly display: readonly Display[]
  readonly claims: readonly ClaimDescription[]
}

/** An issuer, as its metadata describe it (OpenID4VCI 1.0 §12.2). */
export interface IssuerMetadata {
  /** Address that names the issuer; `aud` of key proofs. */
  readonly issuer: string
  /** Identifiers; the issuer itself where it names none. */
  readonly authorizationServers: readonly string[]
  readonly credentialEndpoint: string
  readonly nonceEndpoint?: string
  readonly deferredCredentialEndpoint?: string
  readonly notificationEndpoint?: string
  /** Most credentials in one request; 1 where batches are not offered. */
  readonly batchSize: number
  readonly display: readonly Display[]
  /** Those in formats that are known here. */
  readonly configurations: readonly CredentialConfiguration[]
}

const place: Place = { path: 'issuer metadata', code: 'ERR_EXCHANGE_METADATA' }
const maxBytes = 524_288
const proofAlgorithms = ['ES256', 'EdDSA']

/**
 * Fetches an issuer's metadata.
 *
 * @param issuer - its identifier, as an offer has it
 * @throws ExchangeError `ERR_EXCHANGE_METADATA`: of another issuer, or incomplete; `ERR_EXCHANGE_ADDRESS`, and as `fetchJson`
 */
export async function fetchIssuerMetadata(issuer: string, options: { readonly fetch: Fetch }): Promise<IssuerMetadata> {
  const url = wellKnownAddress(readAddress(issuer, memberOf(place, 'credential_issuer')), 'openid-credential-issuer')
  const { json } = await fetchJson({ url, method: 'GET', maxBytes, fetch: options.fetch })
  return parseIssuerMetadata(json, issuer)
}

/** Parses metadata of the issuer that was asked. @throws ExchangeError `ERR_EXCHANGE_METADATA`, `ERR_EXCHANGE_ADDRESS` */
export function parseIssuerMetadata(json: JsonObject, issuer: string): IssuerMetadata {
  if (json.credential_issuer !== issuer) throw refusal(memberOf(place, 'credential_issuer'), 'the issuer that was asked')
  const servers = memberOf(place, 'authorization_servers')
  const endpoint = <Name extends string>(member: Name, name: string) =>
    (json[name] === undefined ? {} : { [member]: readAddress(json[name], memberOf(place, name)).href }) as { readonly [_ in Name]?: string }
  return {
    issuer,
    authorizationServers:
      json.authorization_servers === undefined
        ? [issuer]
        : readList(json.authorization_servers, servers, 1, 16).map(server => readText(server, servers)),
    credentialEndpoint: readAddress(json.credential_endpoint, memberOf(place, 'credential_endpoint')).href,
    ...endpoint('nonceEndpoint', 'nonce_endpoint'),
    ...endpoint('deferredCredentialEndpoint', 'deferred_credential_endpoint'),
    ...endpoint('notificationEndpoint', 'notification_endpoint'),
    batchSize: json.batch_credential_issuance === undefined ? 1 : readBatchSize(json.batch_credential_issuance),
    display: readDisplay(json.display, memberOf(place, 'display')),
    configurations: readConfigurations(json.credential_configurations_supported),
  }
}

function readBatchSize(json: Json): number {
  const at = memberOf(place, 'batch_credential_issuance')
  return readInteger(readObject(json, at).batch_size, memberOf(at, 'batch_size'), 2, 1024)
}

function readConfigurations(json: Json | undefined): readonly CredentialConfiguration[] {
  const at = memberOf(place, 'credential_configurations_supported')
  const entries = Object.entries(readObject(json, at))
  if (entries.length > 128) throw refusal(at, 'at most 128')
  return entries.flatMap(([id, entry]) => readConfiguration(id, readObject(entry, at), memberOf(at, id)) ?? [])
}

function readConfiguration(id: string, json: JsonObject, at: Place): CredentialConfiguration | undefined {
  const { format } = json
  if (format !== 'dc+sd-jwt' && format !== 'ldp_vc' && format !== 'hufu_zk') return undefined
  const scope = readOptionalText(json.scope, memberOf(at, 'scope'), 1, 256)
  // Where the last drafts had display and claims beside the format, 1.0 has them in credential_metadata.
  const metadata = json.credential_metadata === undefined ? json : readObject(json.credential_metadata, memberOf(at, 'credential_metadata'))
  return {
    id,
    format,
    credentialType: readType(format, json, at),
    ...(scope === undefined ? {} : { scope }),
    display: readDisplay(metadata.display, memberOf(at, 'display')),
    claims: metadata.claims === undefined ? [] : readClaims(metadata.claims, memberOf(at, 'claims')),
  }
}

function readType(format: CredentialConfiguration['format'], json: JsonObject, at: Place): string {
  if (format === 'dc+sd-jwt') return readText(json.vct, memberOf(at, 'vct'), 1, 512)
  if (format === 'hufu_zk') return readText(json.credential_type, memberOf(at, 'credential_type'), 1, 512)
  const definition = memberOf(at, 'credential_definition')
  const types = readList(readObject(json.credential_definition, definition).type, memberOf(definition, 'type'), 1, 16)
  return readText(
    types.find(type => type !== 'VerifiableCredential'),
    memberOf(definition, 'type'),
    1,
    512,
  )
}

function readClaims(json: Json, at: Place): readonly ClaimDescription[] {
  return readList(json, at, 0, 128).map(entry => {
    const { path, display } = readObject(entry, at)
    const steps = readList(path, memberOf(at, 'path'), 1, 8)
    if (!steps.every(step => step === null || typeof step === 'string' || typeof step === 'number')) throw refusal(at, 'paths of claims')
    return { path: steps as ClaimPath, display: readDisplay(display, memberOf(at, 'display')) }
  })
}

function readDisplay(json: Json | undefined, at: Place): readonly Display[] {
  if (json === undefined) return []
  return readList(json, at, 0, 32).flatMap(entry => {
    const { name, locale, description, background_color: background, text_color: text } = readObject(entry, at)
    if (name === undefined) return []
    const isColor = (value: Json | undefined): value is string => typeof value === 'string' && /^#[0-9A-Fa-f]{6}$/.test(value)
    return {
      name: readText(name, memberOf(at, 'name'), 1, 256),
      locale: readOptionalText(locale, memberOf(at, 'locale'), 1, 35),
      ...(description === undefined ? {} : { description: readText(description, memberOf(at, 'description'), 0, 1024) }),
      ...(isColor(background) ? { backgroundColor: background } : {}),
      ...(isColor(text) ? { textColor: text } : {}),
    }
  })
}

/** The JSON of an issuer's metadata; the counterpart of {@link parseIssuerMetadata}. */
export function writeIssuerMetadata(metadata: IssuerMetadata): JsonObject {
  return defined({
    credential_issuer: metadata.issuer,
    authorization_servers: metadata.authorizationServers,
    credential_endpoint: metadata.credentialEndpoint,
    nonce_endpoint: metadata.nonceEndpoint,
    deferred_credential_endpoint: metadata.deferredCredentialEndpoint,
    notification_endpoint: metadata.notificationEndpoint,
    batch_credential_issuance: metadata.batchSize < 2 ? undefined : { batch_size: metadata.batchSize },
    display: metadata.display.map(writeDisplay),
    credential_configurations_supported: Object.fromEntries(metadata.configurations.map(one => [one.id, writeConfiguration(one)])),
  })
}

function writeConfiguration({ format, credentialType, scope, display, claims }: CredentialConfiguration): JsonObject {
  return defined({
    format,
    scope,
    ...typeMembers(format, credentialType),
    cryptographic_binding_methods_supported: ['jwk'],
    proof_types_supported: { jwt: { proof_signing_alg_values_supported: proofAlgorithms } },
    credential_metadata: {
      display: display.map(writeDisplay),
      claims: claims.map(claim => ({ path: claim.path, display: claim.display.map(writeDisplay) })),
    },
  })
}

function typeMembers(format: CredentialConfiguration['format'], credentialType: string): JsonObject {
  switch (format) {
    case 'dc+sd-jwt':
      return { vct: credentialType, credential_signing_alg_values_supported: ['ES256'] }
    case 'ldp_vc':
      return {
        credential_definition: { '@context': ['https://www.w3.org/ns/credentials/v2'], type: ['VerifiableCredential', credentialType] },
        credential_signing_alg_values_supported: ['ecdsa-rdfc-2019'],
      }
    case 'hufu_zk':
      return { credential_type: credentialType }
  }
}

function writeDisplay({ name, locale, description, backgroundColor, textColor }: Display): JsonObject {
  return defined({ name, locale, description, background_color: backgroundColor, text_color: textColor })
}

function defined(members: { readonly [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined))
}
