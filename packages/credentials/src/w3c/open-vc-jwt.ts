import { findIssuerKey, type IssuerPolicy } from '../check-issuer.ts'
import { CredentialError } from '../errors.ts'
import { jwtTime } from '../jose/jwt-time.ts'
import { type JwtAlgorithm, type ParsedJwt, type PartnerAlgorithm, parseJwt } from '../jose/parse-jwt.ts'
import { type AcceptedAlgorithms, type AnyIssuerKey, namesOf, verifyPartnerJwt } from '../jose/partner-suite.ts'
import type { RuleLog } from '../rule-log.ts'
import { type CredentialForm, checkCredentialForm } from './credential-form.ts'
import { malformed } from './form.ts'

/** Whose signatures count, and with which algorithms. */
export interface VcJwtPolicy extends Pick<IssuerPolicy<AnyIssuerKey>, 'resolveIssuerKey' | 'keyListedNow'> {
  /** Accepted algorithms, in no order; at least one. Those of partners are named by their suite. */
  readonly algorithms: AcceptedAlgorithms
}

/** A W3C document out of its JWT, signed by its issuer. */
export interface OpenedVcJwt {
  readonly form: CredentialForm
  readonly kid: string
  readonly algorithm: JwtAlgorithm | PartnerAlgorithm
  readonly issuedAtMs: number | undefined
  /** The narrower of what the credential and the JWT say. */
  readonly notBeforeMs: number | undefined
  readonly expiresAtMs: number | undefined
}

/** The `typ` of a credential that a JWT secures (VC-JOSE-COSE §3.1.1). */
export const vcJwtType = 'vc+jwt'

/**
 * Opens a W3C credential that a JWT in compact form secures: form, issuer, key and signature. Rules `form`, `issuer`, `issuer-key`, `issuer-signature`.
 *
 * @throws CredentialError with `receipt`
 */
export async function openVcJwt(log: RuleLog, text: string, policy: VcJwtPolicy, nowMs: number): Promise<OpenedVcJwt> {
  if (policy.algorithms.length === 0) throw new TypeError('algorithms: expected at least one')
  const { jwt, form, times } = await log.during('form', () => readForm(text, policy))
  log.pass('form', { model: form.model, algorithm: jwt.algorithm })
  const { kid } = jwt
  const key = await findIssuerKey(log, { issuer: form.issuer, kid, issuedAtMs: times.issuedAtMs ?? nowMs }, policy, nowMs)
  await log.during('issuer-signature', () => verifyPartnerJwt(jwt, key, policy.algorithms))
  log.pass('issuer-signature', { algorithm: jwt.algorithm })
  return { form, kid: kid!, algorithm: jwt.algorithm, ...times }
}

function readForm(text: string, { algorithms }: VcJwtPolicy) {
  const jwt = parseJwt(text, { type: vcJwtType, algorithms: namesOf(algorithms) })
  const form = checkCredentialForm(jwt.payload)
  if (form.model !== '2.0') malformed('@context', 'version 2 of the data model')
  // Inline contexts can give a signed value another name than the one it is read by.
  if (form.hasInlineContext) throw new CredentialError('ERR_CREDENTIAL_CONTEXT', '@context: expected the URLs of known contexts alone')
  checkClaims(jwt, form)
  return { jwt, form, times: timesOf(jwt, form) }
}

/** VC-JOSE-COSE §3.1.3: claims of the JWT must not contradict the credential, and a credential inside a claim or with a second proof is none of this form. */
function checkClaims({ payload }: ParsedJwt<JwtAlgorithm | PartnerAlgorithm>, { document, issuer, subjects }: CredentialForm): void {
  for (const member of ['vc', 'vp', 'proof', 'cnf', '_sd', '_sd_alg'])
    if (Object.hasOwn(payload, member)) malformed(member, 'no such claim')
  if (payload.iss !== undefined && payload.iss !== issuer) malformed('iss', "the credential's issuer")
  if (payload.jti !== undefined && payload.jti !== document.id) malformed('jti', "the credential's id")
  if (payload.sub !== undefined && (subjects.length !== 1 || payload.sub !== subjects[0]!.id)) malformed('sub', "the credential's subject")
}

function timesOf({ payload }: ParsedJwt<JwtAlgorithm | PartnerAlgorithm>, { validFromMs, validUntilMs }: CredentialForm) {
  return {
    issuedAtMs: jwtTime(payload, 'iat'),
    notBeforeMs: narrower(Math.max, validFromMs, jwtTime(payload, 'nbf')),
    expiresAtMs: narrower(Math.min, validUntilMs, jwtTime(payload, 'exp')),
  }
}

function narrower(pick: (...times: number[]) => number, ...times: readonly (number | undefined)[]): number | undefined {
  const given = times.filter(time => time !== undefined)
  return given.length === 0 ? undefined : pick(...given)
}
