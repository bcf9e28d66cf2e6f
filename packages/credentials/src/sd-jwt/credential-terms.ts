import { type PublicKey, publicKeyFromJwk } from '@hufu/keys'
import { errorCode, type Json } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { jwtTime, requiredJwtTime } from '../jose/jwt-time.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import type { StatusReference } from '../status/status-reference.ts'

/** What the issuer says about the credential itself, not about its subject. Always signed in the open, never disclosed piecemeal. */
export interface CredentialTerms {
  readonly issuer: string
  readonly credentialType: string
  readonly issuedAtMs: number
  readonly notBeforeMs: number | undefined
  readonly expiresAtMs: number | undefined
  readonly holderKey: PublicKey | undefined
  readonly status: StatusReference | undefined
}

/** Claims that must not be selectively disclosed, whole or in part (SD-JWT VC §2.2.2.3); `iat` too, for the issuer's standing is looked up at that time. */
export const openClaims = ['iss', 'iat', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status']

/**
 * Reads the terms out of an SD-JWT VC's payload.
 *
 * @throws CredentialError `ERR_CREDENTIAL_MALFORMED`: a claim is missing or not of its form
 */
export function readTerms(payload: JsonObject): CredentialTerms {
  return {
    issuer: textOf(payload, 'iss'),
    credentialType: textOf(payload, 'vct'),
    issuedAtMs: requiredJwtTime(payload, 'iat'),
    notBeforeMs: jwtTime(payload, 'nbf'),
    expiresAtMs: jwtTime(payload, 'exp'),
    holderKey: holderKeyOf(payload.cnf),
    status: statusOf(payload.status),
  }
}

function textOf(payload: JsonObject, name: string): string {
  const text = payload[name]
  if (typeof text !== 'string' || text === '') throw malformed(name)
  return text
}

function holderKeyOf(confirmation: Json | undefined): PublicKey | undefined {
  if (confirmation === undefined) return undefined
  if (!isJsonObject(confirmation)) throw malformed('cnf')
  if (confirmation.jwk === undefined) return undefined
  try {
    return publicKeyFromJwk(confirmation.jwk)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw malformed('cnf.jwk', cause)
  }
}

function statusOf(status: Json | undefined): StatusReference | undefined {
  if (status === undefined) return undefined
  const list = isJsonObject(status) ? status.status_list : undefined
  if (
    !isJsonObject(list) ||
    typeof list.uri !== 'string' ||
    typeof list.idx !== 'number' ||
    !Number.isSafeInteger(list.idx) ||
    list.idx < 0
  )
    throw malformed('status')
  return { uri: list.uri, index: list.idx }
}

function malformed(claim: string, cause?: unknown): CredentialError {
  return new CredentialError('ERR_CREDENTIAL_MALFORMED', `claim ${claim} is missing or malformed`, { cause })
}
