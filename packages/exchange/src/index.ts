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
export type { Fetch } from './http/send.ts'
export { kindOfLink } from './link/wallet-link.ts'
export { clientIdOfDid, didOfClientId } from './presentation/client-id.ts'
export { type CreatePresentationRequestOptions, createPresentationRequest } from './presentation/create-presentation-request.ts'
export {
  createErrorResponse,
  createPresentationResponse,
  type PresentationRefusal,
} from './presentation/create-presentation-response.ts'
export { fetchPresentationRequest, parseRequestFetch } from './presentation/fetch-presentation-request.ts'
export { postPresentationResponse } from './presentation/post-presentation-response.ts'
export { type PresentationLink, parsePresentationLink, presentationLink } from './presentation/presentation-link.ts'
export {
  type PresentationRequest,
  type RegisteredQuery,
  type ResponseEncryption,
  requestMediaType,
} from './presentation/presentation-request.ts'
export {
  decryptPresentationResponse,
  maxResponseLength,
  type PresentationForm,
  parsePresentationForm,
  parseVpToken,
  type VpPresentation,
} from './presentation/read-presentation-response.ts'
export { generateResponseKey, type ResponseKey } from './presentation/response-key.ts'
export {
  bindingOf,
  encodeTransactionData,
  type PresentationBinding,
  parseTransactionData,
  type TransactionData,
} from './presentation/transaction-data.ts'
export {
  type ResolveRequestKey,
  type VerifyPresentationRequestOptions,
  verifyPresentationRequest,
} from './presentation/verify-presentation-request.ts'
