import type { JsonObject } from '@hufu/credentials'
import type { Json } from '@hufu/primitives'
import { ExchangeError, IssuanceError, type IssuanceErrorName } from '../errors.ts'
import { memberOf, type Place, readInteger, readList, readObject, readOptionalText, readText, refusal } from '../json/read-json.ts'

/** What a wallet asks for (OpenID4VCI 1.0 §8.2). */
export type CredentialRequest = (
  | { readonly configurationId: string }
  /** Of a token whose `authorization_details` gave credentials names of their own. */
  | { readonly credentialIdentifier: string }
) & {
  /** Key proofs, JWTs. */
  readonly proofs: readonly string[]
}

/** What an issuer answers (OpenID4VCI 1.0 §8.3, §9.2). */
export type CredentialResponse =
  | { readonly credentials: readonly (string | JsonObject)[]; readonly notificationId?: string }
  /** Not ready yet: to be asked for again after so many seconds. HTTP status 202. */
  | { readonly transactionId: string; readonly intervalSeconds: number }

const maxProofs = 64
const maxCredentials = 64
const requestPlace: Place = { path: 'request', code: 'ERR_EXCHANGE_MALFORMED' }
const responsePlace: Place = { path: 'response', code: 'ERR_EXCHANGE_ANSWER' }
const defaultIntervalSeconds = 5

/** The JSON of a request. */
export function writeCredentialRequest(request: CredentialRequest): JsonObject {
  const wanted =
    'configurationId' in request
      ? { credential_configuration_id: request.configurationId }
      : { credential_identifier: request.credentialIdentifier }
  return { ...wanted, proofs: { jwt: request.proofs } }
}

/**
 * Parses a credential request.
 *
 * @throws IssuanceError `invalid_credential_request`; `invalid_proof`: none, or of another kind; `invalid_encryption_parameters`: responses are not encrypted
 */
export function parseCredentialRequest(json: unknown): CredentialRequest {
  const request = answering('invalid_credential_request', () => readObject(json, requestPlace))
  if (request.credential_response_encryption !== undefined)
    throw new IssuanceError(
      'ERR_EXCHANGE_MALFORMED',
      'invalid_encryption_parameters',
      'request: expected no encryption beyond that of the connection',
    )
  const wanted = answering('invalid_credential_request', () => {
    const { credential_configuration_id: configurationId, credential_identifier: identifier } = request
    if ((configurationId === undefined) === (identifier === undefined))
      throw refusal(requestPlace, 'one of credential_configuration_id and credential_identifier')
    return identifier === undefined
      ? { configurationId: readText(configurationId, memberOf(requestPlace, 'credential_configuration_id'), 1, 256) }
      : { credentialIdentifier: readText(identifier, memberOf(requestPlace, 'credential_identifier'), 1, 256) }
  })
  const proofs = answering('invalid_proof', () => {
    const at = memberOf(requestPlace, 'proofs')
    const given = readObject(request.proofs, at)
    if (Object.keys(given).length !== 1) throw refusal(at, 'jwt alone')
    return readList(given.jwt, memberOf(at, 'jwt'), 1, maxProofs).map(proof => readText(proof, memberOf(at, 'jwt'), 1, 16_384))
  })
  return { ...wanted, proofs }
}

/** The JSON of an answer. Its status is 200, or 202 while the credentials are not ready. */
export function writeCredentialResponse(response: CredentialResponse): JsonObject {
  if ('transactionId' in response) return { transaction_id: response.transactionId, interval: response.intervalSeconds }
  const { credentials, notificationId } = response
  return {
    credentials: credentials.map(credential => ({ credential })),
    ...(notificationId === undefined ? {} : { notification_id: notificationId }),
  }
}

/** Parses an issuer's answer. @throws ExchangeError `ERR_EXCHANGE_ANSWER` */
export function parseCredentialResponse(json: JsonObject): CredentialResponse {
  if (json.transaction_id !== undefined) {
    const { transaction_id: transactionId, interval = defaultIntervalSeconds } = json
    return {
      transactionId: readText(transactionId, memberOf(responsePlace, 'transaction_id'), 1, 512),
      intervalSeconds: readInteger(interval, memberOf(responsePlace, 'interval'), 1, 86_400 * 31),
    }
  }
  const at = memberOf(responsePlace, 'credentials')
  const notificationId = readOptionalText(json.notification_id, memberOf(responsePlace, 'notification_id'), 1, 512)
  return {
    credentials: readList(json.credentials, at, 1, maxCredentials).map(entry => readCredential(readObject(entry, at).credential, at)),
    ...(notificationId === undefined ? {} : { notificationId }),
  }
}

function readCredential(json: Json | undefined, at: Place): string | JsonObject {
  return typeof json === 'string' ? readText(json, at, 1, 262_144) : readObject(json, at)
}

/** Parses a deferred credential request (OpenID4VCI 1.0 §9.1). @throws IssuanceError `invalid_credential_request` */
export function parseDeferredRequest(json: unknown): { readonly transactionId: string } {
  return answering('invalid_credential_request', () => {
    const { transaction_id: transactionId } = readObject(json, requestPlace)
    return { transactionId: readText(transactionId, memberOf(requestPlace, 'transaction_id'), 1, 512) }
  })
}

/** What became of credentials in the wallet (OpenID4VCI 1.0 §11.1). */
export interface CredentialNotification {
  readonly notificationId: string
  readonly event: 'credential_accepted' | 'credential_failure' | 'credential_deleted'
}

/** Parses a notification; `event_description` is not read, for it may hold anything. @throws IssuanceError `invalid_notification_request` */
export function parseNotification(json: unknown): CredentialNotification {
  return answering('invalid_notification_request', () => {
    const { notification_id: id, event } = readObject(json, requestPlace)
    if (event !== 'credential_accepted' && event !== 'credential_failure' && event !== 'credential_deleted')
      throw refusal(memberOf(requestPlace, 'event'), 'credential_accepted, credential_failure or credential_deleted')
    return { notificationId: readText(id, memberOf(requestPlace, 'notification_id'), 1, 512), event }
  })
}

/** The body and status that answer an {@link IssuanceError}; undefined for any other error. */
export function credentialErrorOf(
  error: unknown,
): { readonly status: number; readonly body: { readonly error: string; readonly error_description: string } } | undefined {
  // By its members and not its class, which is another in another copy of this package.
  if (!(error instanceof Error) || error.name !== 'IssuanceError') return undefined
  const { error: name, message } = error as IssuanceError
  // RFC 6749 §5.2 allows only these characters in a description.
  return { status: 400, body: { error: name, error_description: message.replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, ' ') } }
}

function answering<Value>(name: IssuanceErrorName, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    throw new IssuanceError(error.code, name, error.message, { cause: error })
  }
}
