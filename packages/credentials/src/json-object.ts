import { base64urlToBytes, bytesToUtf8, errorCode, type Json, parseJson } from '@hufu/primitives'
import { CredentialError } from './errors.ts'

/** A JSON object. */
export type JsonObject = { readonly [name: string]: Json }

/** True for a JSON object, false for an array, a text, a number, a boolean and null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The JSON that canonical base64url text holds. @throws CredentialError `ERR_CREDENTIAL_MALFORMED`; `what` names the part for people */
export function decodeJson(text: string, what: string): Json {
  try {
    return parseJson(bytesToUtf8(base64urlToBytes(text)))
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new CredentialError('ERR_CREDENTIAL_MALFORMED', `${what} is not base64url of JSON with unique names`, { cause })
  }
}

/** As {@link decodeJson}, for a JSON object. @throws CredentialError `ERR_CREDENTIAL_MALFORMED` */
export function decodeJsonObject(text: string, what: string): JsonObject {
  const value = decodeJson(text, what)
  if (!isJsonObject(value)) throw new CredentialError('ERR_CREDENTIAL_MALFORMED', `${what} is not a JSON object`)
  return value
}
