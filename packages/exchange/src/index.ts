export { type AnsweredCredential, type CheckedAnswer, checkDcqlAnswer } from './dcql/check-dcql-answer.ts'
export type { FoundClaim } from './dcql/claim-values.ts'
export type {
  AskedValue,
  ClaimQuery,
  CredentialFormat,
  CredentialQuery,
  CredentialSetQuery,
  DcqlQuery,
  SdJwtQuery,
  W3cQuery,
  ZkQuery,
} from './dcql/dcql-query.ts'
export {
  type CredentialMatch,
  type CredentialOption,
  type DcqlMatch,
  type HeldCredential,
  type MissingReason,
  matchDcql,
} from './dcql/match-dcql.ts'
export { parseDcqlQuery } from './dcql/parse-dcql-query.ts'
export { ExchangeError, type ExchangeErrorCode, RefusedError } from './errors.ts'
