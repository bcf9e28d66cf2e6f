import type { Problem } from '@hufu/service'

/** A problem in the words of the W3C specifications (VC Data Model 2.0 §7.2, VC Data Integrity §4.7, Bitstring Status List §3.5). */
export interface W3cProblem {
  readonly type: string
  readonly title: string
  readonly detail?: string
}

const dataModel = 'https://www.w3.org/TR/vc-data-model#'
const security = 'https://w3id.org/security#'
const statusList = 'https://www.w3.org/ns/credentials/status-list#'

/** Our codes in W3C's words, which has none for what is well formed and signed but not accepted, such as an expired credential. */
const typeOf: Readonly<Record<string, string>> = {
  ERR_ENCODING_JSON: `${dataModel}PARSING_ERROR`,
  ERR_SERVICE_REQUEST: `${dataModel}MALFORMED_VALUE_ERROR`,
  ERR_CREDENTIAL_MALFORMED: `${dataModel}MALFORMED_VALUE_ERROR`,
  ERR_CREDENTIAL_TOO_LARGE: `${dataModel}PARSING_ERROR`,
  ERR_CREDENTIAL_CONTEXT: `${dataModel}PARSING_ERROR`,
  ERR_CREDENTIAL_UNDEFINED_TERM: `${security}PROOF_TRANSFORMATION_ERROR`,
  ERR_CREDENTIAL_SIGNATURE: `${dataModel}CRYPTOGRAPHIC_SECURITY_ERROR`,
  ERR_CREDENTIAL_RESOURCE: `${dataModel}CRYPTOGRAPHIC_SECURITY_ERROR`,
  ERR_CREDENTIAL_ALGORITHM: `${security}PROOF_VERIFICATION_ERROR`,
  ERR_CREDENTIAL_PROOF_PURPOSE: `${security}PROOF_VERIFICATION_ERROR`,
  ERR_CREDENTIAL_ISSUER_MISMATCH: `${security}PROOF_VERIFICATION_ERROR`,
  ERR_CREDENTIAL_ISSUER_KEY: `${security}PROOF_VERIFICATION_ERROR`,
  ERR_CREDENTIAL_KEY_BINDING: `${security}PROOF_VERIFICATION_ERROR`,
  ERR_CREDENTIAL_KEY_BINDING_MISSING: `${security}PROOF_VERIFICATION_ERROR`,
  ERR_CREDENTIAL_AUDIENCE: `${security}INVALID_DOMAIN_ERROR`,
  ERR_CREDENTIAL_NONCE: `${security}INVALID_CHALLENGE_ERROR`,
  ERR_CREDENTIAL_STATUS_UNAVAILABLE: `${statusList}STATUS_RETRIEVAL_ERROR`,
  ERR_CREDENTIAL_STATUS_INVALID: `${statusList}STATUS_VERIFICATION_ERROR`,
  ERR_CREDENTIAL_STATUS_STALE: `${statusList}STATUS_VERIFICATION_ERROR`,
  ERR_CREDENTIAL_STATUS_NOT_ANCHORED: `${statusList}STATUS_VERIFICATION_ERROR`,
}

/** A problem of ours in W3C's words. */
export function w3cProblemOf({ code, detail }: Problem): W3cProblem {
  const known = Object.hasOwn(typeOf, code) ? typeOf[code] : undefined
  const title = known === undefined ? code : known.slice(known.indexOf('#') + 1)
  return { type: known ?? 'about:blank', title, ...(detail === undefined ? {} : { detail }) }
}
