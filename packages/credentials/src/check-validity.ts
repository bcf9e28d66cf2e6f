import type { RuleLog } from './rule-log.ts'

/** When a credential was issued, and from when to when it is valid. */
export interface Period {
  readonly issuedAtMs: number
  readonly notBeforeMs: number | undefined
  readonly expiresAtMs: number | undefined
}

/**
 * Checks that a credential is valid at a moment: from `notBeforeMs` on, and before `expiresAtMs`. Rule `validity`.
 *
 * @param clockSkewMs - how far the issuer's clock may be ahead of ours when it says when it issued; the period itself is exact
 * @throws CredentialError `ERR_CREDENTIAL_NOT_YET_VALID`, `ERR_CREDENTIAL_EXPIRED`
 */
export function checkValidity(log: RuleLog, { issuedAtMs, notBeforeMs, expiresAtMs }: Period, nowMs: number, clockSkewMs: number): void {
  const evidence = {
    issuedAtMs,
    ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  }
  if (issuedAtMs > nowMs + clockSkewMs)
    log.fail('validity', 'ERR_CREDENTIAL_NOT_YET_VALID', 'credential was issued in the future', evidence)
  if (notBeforeMs !== undefined && nowMs < notBeforeMs)
    log.fail('validity', 'ERR_CREDENTIAL_NOT_YET_VALID', 'credential is not valid yet', evidence)
  if (expiresAtMs !== undefined && nowMs >= expiresAtMs) log.fail('validity', 'ERR_CREDENTIAL_EXPIRED', 'credential has expired', evidence)
  log.pass('validity', evidence)
}
