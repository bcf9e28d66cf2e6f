export { type ReattestBsnCredentialOptions, reattestBsnCredential } from './bsn/reattest-bsn-credential.ts'
export {
  type AcceptedBsnIssuer,
  type VerifiedBsnCredential,
  type VerifyBsnCredentialOptions,
  verifyBsnCredential,
} from './bsn/verify-bsn-credential.ts'
export type { IssuerPolicy } from './check-issuer.ts'
export { CredentialError, type CredentialErrorCode } from './errors.ts'
export type { IntentRecord, IssuanceJournal, IssuanceRecord, IssuedRecord, StatusRecord } from './issuer/issuance-record.ts'
export {
  type IssuedCredential,
  type IssueRequest,
  type IssueResult,
  IssuerDesk,
  type IssuerDeskOptions,
  type PublishedList,
} from './issuer/issuer-desk.ts'
export { didOfKid } from './jose/did-of-kid.ts'
export { type ParsedJwt, parseJwt } from './jose/parse-jwt.ts'
export type { AcceptedAlgorithms, AnyIssuerKey, PartnerSuite } from './jose/partner-suite.ts'
export { signJwt } from './jose/sign-jwt.ts'
export { verifyJwt } from './jose/verify-jwt.ts'
export type { JsonObject } from './json-object.ts'
export type { FetchStatusList, FindStatusAnchor, IssuerKey, MayIssue, ResolveIssuerKey, ValidateClaims } from './lookups.ts'
export type { Evidence, Receipt, RuleResult } from './receipt.ts'
export { type RuleId, rules } from './rules.ts'
export type { KeyBindingPolicy } from './sd-jwt/check-key-binding.ts'
export type { ClaimPath } from './sd-jwt/claim-path.ts'
export { type IssueSdJwtVcOptions, issueSdJwtVc } from './sd-jwt/issue-sd-jwt-vc.ts'
export { type KeyBinding, presentSdJwt } from './sd-jwt/present-sd-jwt.ts'
export { readUnverifiedTerms } from './sd-jwt/read-unverified-terms.ts'
export { type VerifiedSdJwtVc, type VerifySdJwtVcOptions, verifySdJwtVc } from './sd-jwt/verify-sd-jwt-vc.ts'
export { anchorStatusList, ledgerStatusAnchors } from './status/ledger-status-anchors.ts'
export { parseStatusAnchor, type StatusAnchor, statusAnchorKey } from './status/status-anchor.ts'
export { credentialStatus, StatusList } from './status/status-list.ts'
export { statusListId } from './status/status-list-id.ts'
export type { StatusReference } from './status/status-reference.ts'
export { signTokenStatusList } from './status/token-status-list.ts'
export { TokenStatusLists, type TokenStatusListsOptions } from './status/token-status-lists.ts'
export {
  type BitstringStatusEntry,
  bitstringStatusEntryType,
  bitstringStatusOf,
  readBitstringStatusEntry,
  type StatusPurpose,
} from './w3c/bitstring-status-entry.ts'
export { minBitstringEntries, signBitstringStatusList } from './w3c/bitstring-status-list.ts'
export { type BitstringStatus, BitstringStatusLists, type BitstringStatusListsOptions } from './w3c/bitstring-status-lists.ts'
export { type ContextLoader, contextLoader, credentialsV2Url } from './w3c/context-loader.ts'
export { type CredentialForm, checkCredentialForm } from './w3c/credential-form.ts'
export type { SigningKey } from './w3c/data-integrity.ts'
export { type IssueW3cCredentialOptions, issueW3cCredential } from './w3c/issue-w3c-credential.ts'
export { issuerKeyOfDocument } from './w3c/issuer-key-of-document.ts'
export type { VcJwtPolicy } from './w3c/open-vc-jwt.ts'
export { type PresentW3cCredentialsOptions, presentW3cCredentials } from './w3c/present-w3c-credentials.ts'
export { type ResolveVerificationMethod, resolveByMethod, resolveDidKey } from './w3c/verification-method.ts'
export { type VerifiedVcJwt, type VerifyVcJwtOptions, verifyVcJwt } from './w3c/verify-vc-jwt.ts'
export { type VerifiedW3cCredential, type VerifyW3cCredentialOptions, verifyW3cCredential } from './w3c/verify-w3c-credential.ts'
export { type VerifiedW3cPresentation, type VerifyW3cPresentationOptions, verifyW3cPresentation } from './w3c/verify-w3c-presentation.ts'
