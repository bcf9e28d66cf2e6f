import { type Clock, systemClock } from '@hufu/primitives'
import type { IssuerPolicy } from '../check-issuer.ts'
import { checkValidity } from '../check-validity.ts'
import type { JwtAlgorithm, PartnerAlgorithm } from '../jose/parse-jwt.ts'
import type { JsonObject } from '../json-object.ts'
import type { ValidateClaims } from '../lookups.ts'
import type { Receipt } from '../receipt.ts'
import { RuleLog } from '../rule-log.ts'
import type { BitstringStatus } from './bitstring-status-lists.ts'
import { checkSchemas, checkStatuses, checkTrust, type StatusPolicy } from './check-standing.ts'
import { openVcJwt, type VcJwtPolicy } from './open-vc-jwt.ts'
import { defaultClockSkewMs } from './verify-w3c-credential.ts'

export interface VerifyVcJwtOptions extends VcJwtPolicy, Pick<IssuerPolicy, 'mayIssue' | 'trustedNow'> {
  /** How the status is checked; `unchecked` says aloud that revocation is not looked at. */
  readonly status: StatusPolicy
  readonly validateClaims?: ValidateClaims
  readonly clock?: Clock
  /** How far clocks of issuers may be ahead of ours; default 60,000. */
  readonly clockSkewMs?: number
}

/** A verified credential of a partner. */
export interface VerifiedVcJwt {
  readonly credential: JsonObject
  readonly issuer: string
  /** DID URL of the key that signed. */
  readonly kid: string
  readonly algorithm: JwtAlgorithm | PartnerAlgorithm
  /** Without `VerifiableCredential`. */
  readonly types: readonly string[]
  readonly subjects: readonly JsonObject[]
  readonly expiresAtMs: number | undefined
  readonly statuses: readonly BitstringStatus[]
  readonly receipt: Receipt
}

/**
 * Verifies a W3C credential that a JWT secures (`vc+jwt`), as partners send them: we issue none. It says that the issuer issued it, not who shows it.
 *
 * @param text - compact form
 * @returns what was verified, with a receipt of every rule
 * @throws CredentialError with `receipt`: the rules that held, then the one that did not. `ERR_CREDENTIAL_ALGORITHM`: an algorithm that the policy does not
 *   name, or that is not the key's. `ERR_CREDENTIAL_LOOKUP` and `ERR_CREDENTIAL_STATUS_UNAVAILABLE` say that it could not be found out
 * @see https://www.w3.org/TR/vc-jose-cose/#secure-with-jose
 */
export async function verifyVcJwt(text: string, options: VerifyVcJwtOptions): Promise<VerifiedVcJwt> {
  const { clock = systemClock, clockSkewMs = defaultClockSkewMs } = options
  const nowMs = clock.nowMs()
  const log = new RuleLog(nowMs)
  const { form, kid, algorithm, issuedAtMs = nowMs, notBeforeMs, expiresAtMs } = await openVcJwt(log, text, options, nowMs)
  checkValidity(log, { issuedAtMs, notBeforeMs, expiresAtMs }, nowMs, clockSkewMs)
  await checkTrust(log, form, issuedAtMs, options, nowMs)
  const statuses = await checkStatuses(log, form, options.status)
  await checkSchemas(log, form, options.validateClaims)
  const { document, issuer, types, subjects } = form
  return { credential: document, issuer, kid, algorithm, types, subjects, expiresAtMs, statuses, receipt: log.accepted() }
}
