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
export { ExchangeError, type ExchangeErrorCode, IssuanceError, type IssuanceErrorName, RefusedError } from './errors.ts'
export type { Fetch } from './http/send.ts'
export {
  type CredentialNotification,
  type CredentialRequest,
  type CredentialResponse,
  credentialErrorOf,
  parseCredentialRequest,
  parseDeferredRequest,
  parseNotification,
  writeCredentialResponse,
} from './issuance/credential-messages.ts'
export {
  type CredentialOffer,
  credentialOfferLink,
  fetchCredentialOffer,
  parseCredentialOfferLink,
  type TransactionCode,
  writeCredentialOffer,
} from './issuance/credential-offer.ts'
export {
  type ClaimDescription,
  type CredentialConfiguration,
  type Display,
  fetchIssuerMetadata,
  type IssuerMetadata,
  writeIssuerMetadata,
} from './issuance/issuer-metadata.ts'
export {
  type CreateKeyProofOptions,
  createKeyProof,
  type ProvenKey,
  type ProvenKeys,
  type VerifyKeyProofsOptions,
  verifyKeyProofs,
} from './issuance/key-proof.ts'
export {
  type CollectOptions,
  collectCredentials,
  fetchAuthorizationServer,
  type OpenedOffer,
  openOffer,
  type RedeemOfferOptions,
  redeemOffer,
} from './issuance/receive-credentials.ts'
export {
  type CallOptions,
  requestCredential,
  requestDeferredCredential,
  requestNonce,
  sendNotification,
} from './issuance/request-credential.ts'
export { readZkDelivery, writeZkDelivery } from './issuance/zk-delivery.ts'
export { kindOfLink } from './link/wallet-link.ts'
export type { AuthorizationServer } from './oauth/authorization-server.ts'
export { type BeginAuthorizationOptions, type BegunAuthorization, beginAuthorization, finishAuthorization } from './oauth/authorize.ts'
export { createDpopProof, type DpopProof, type DpopRequest, type VerifyDpopOptions, verifyDpopProof } from './oauth/dpop.ts'
export { preAuthorizedGrant, type RequestTokenOptions, requestToken, type TokenGrant, type TokenResponse } from './oauth/request-token.ts'
export { clientIdOfDid, didOfClientId } from './presentation/client-id.ts'
export { type CreatePresentationRequestOptions, createPresentationRequest } from './presentation/create-presentation-request.ts'
export {
  createErrorResponse,
  createPresentationResponse,
  type PresentationRefusal,
} from './presentation/create-presentation-response.ts'
export { fetchPresentationRequest, parseRequestFetch } from './presentation/fetch-presentation-request.ts'
export { openPresentation } from './presentation/open-presentation.ts'
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
