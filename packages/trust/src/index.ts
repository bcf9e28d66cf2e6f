export { accreditIssuer } from './accredit-issuer.ts'
export { addAuthority } from './add-authority.ts'
export { addInstitution } from './add-institution.ts'
export { type GrantChange, type ReasonedChange, reinstateGrant, renewGrant, revokeGrant, suspendGrant } from './change-grant.ts'
export { type CredentialSchema, checkCredentialSchema, compileCredentialSchema } from './credential-schema.ts'
export { ClaimsError, type ClaimsFailure, TrustError, type TrustErrorCode } from './errors.ts'
export { exportTrustEvidence, type TrustEvidence } from './export-trust-evidence.ts'
export { findRegisteredQuery, type RegisteredQuery } from './find-registered-query.ts'
export { type GrantEvidence, type InstitutionStanding, institutionStanding, mayAsk, mayIssue, type Right } from './find-right.ts'
export {
  endOfTimeMs,
  type GrantEntry,
  type GrantKey,
  type GrantKind,
  type GrantStatus,
  grantReasons,
  type Standing,
  standingOf,
} from './grant.ts'
export { grantKinds, grantStatuses } from './grant-codes.ts'
export { decodeCredentialType, decodeQuery, ledgerTrustSource } from './ledger-trust-source.ts'
export { provenTrustSource } from './proven-trust-source.ts'
export { parseQueryContent, type QueryContent, type Texts } from './query-content.ts'
export { registerCredentialType } from './register-credential-type.ts'
export { registerQuery } from './register-query.ts'
export type { SigningAccounts, TrustLedger } from './submit-trust-call.ts'
export type { CredentialTypeVersion, QueryVersion, TrustSource } from './trust-source.ts'
export { validateClaims } from './validate-claims.ts'
