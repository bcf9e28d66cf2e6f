import { CredentialError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'

/** Milliseconds of a claim that is a time or a span in whole seconds (RFC 7519 §2); undefined if absent. @throws CredentialError `ERR_CREDENTIAL_MALFORMED` */
export function jwtTime(payload: JsonObject, name: string): number | undefined {
  const seconds = payload[name]
  if (seconds === undefined) return undefined
  const isTime = typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 0 && Number.isSafeInteger(seconds * 1000)
  if (!isTime) throw new CredentialError('ERR_CREDENTIAL_MALFORMED', `claim ${name} is not a time in whole seconds`)
  return seconds * 1000
}

/** As {@link jwtTime}, for a claim that must be there. @throws CredentialError `ERR_CREDENTIAL_MALFORMED` */
export function requiredJwtTime(payload: JsonObject, name: string): number {
  const timeMs = jwtTime(payload, name)
  if (timeMs === undefined) throw new CredentialError('ERR_CREDENTIAL_MALFORMED', `claim ${name} is missing`)
  return timeMs
}
