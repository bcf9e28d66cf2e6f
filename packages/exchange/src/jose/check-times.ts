import type { JsonObject } from '@hufu/credentials'
import { ExchangeError } from '../errors.ts'
import { memberOf, type Place, readTimeMs } from '../json/read-json.ts'

/** How far the other side's clock may be ahead of ours. */
export const clockSkewMs = 60_000

/**
 * Reads `iat` and `exp` of a message and checks them, and `nbf` if it is there (RFC 7519 §4.1). At `exp` it has expired: no grace.
 *
 * @param options.longestMs - how long it may be valid for
 * @throws ExchangeError `ERR_EXCHANGE_EXPIRED`, `ERR_EXCHANGE_NOT_YET_VALID`, or the place's code
 */
export function checkTimes(
  payload: JsonObject,
  place: Place,
  { nowMs, longestMs }: { readonly nowMs: number; readonly longestMs: number },
): { readonly issuedAtMs: number; readonly expiresAtMs: number } {
  const issuedAtMs = readTimeMs(payload.iat, memberOf(place, 'iat'))
  const expiresAtMs = readTimeMs(payload.exp, memberOf(place, 'exp'))
  const notBeforeMs = payload.nbf === undefined ? issuedAtMs : readTimeMs(payload.nbf, memberOf(place, 'nbf'))
  if (nowMs >= expiresAtMs) throw new ExchangeError('ERR_EXCHANGE_EXPIRED', `${place.path}.exp: expected a time to come`)
  if (expiresAtMs - issuedAtMs > longestMs)
    throw new ExchangeError(place.code, `${place.path}.exp: expected at most ${longestMs / 1000} seconds after iat`)
  checkNotAhead(Math.max(issuedAtMs, notBeforeMs), place, nowMs)
  return { issuedAtMs, expiresAtMs }
}

/** Reads `iat` of a proof that has no `exp`, and checks its age. @throws ExchangeError as {@link checkTimes} */
export function checkAge(
  payload: JsonObject,
  place: Place,
  { nowMs, maxAgeMs }: { readonly nowMs: number; readonly maxAgeMs: number },
): { readonly issuedAtMs: number } {
  const issuedAtMs = readTimeMs(payload.iat, memberOf(place, 'iat'))
  if (nowMs - issuedAtMs > maxAgeMs)
    throw new ExchangeError('ERR_EXCHANGE_EXPIRED', `${place.path}.iat: expected at most ${maxAgeMs / 1000} seconds ago`)
  checkNotAhead(issuedAtMs, place, nowMs)
  return { issuedAtMs }
}

function checkNotAhead(timeMs: number, { path }: Place, nowMs: number): void {
  if (timeMs > nowMs + clockSkewMs) throw new ExchangeError('ERR_EXCHANGE_NOT_YET_VALID', `${path}.iat: expected a time that has come`)
}
