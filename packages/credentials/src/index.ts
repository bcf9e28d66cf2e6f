export { CredentialError, type CredentialErrorCode } from './errors.ts'
export type { FetchStatusList, FindStatusAnchor, IssuerKey, MayIssue, ResolveIssuerKey, ValidateClaims } from './lookups.ts'
export type { Evidence, Receipt, RuleResult } from './receipt.ts'
export { type RuleId, rules } from './rules.ts'
