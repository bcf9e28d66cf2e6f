import type { JsonObject } from '@hufu/credentials'
import type { DcqlQuery } from '../dcql/dcql-query.ts'
import type { TransactionData } from './transaction-data.ts'

/** `typ` of a signed request (RFC 9101 §10.8). */
export const requestType = 'oauth-authz-req+jwt'

/** Media type of a signed request. */
export const requestMediaType = 'application/oauth-authz-req+jwt'

/** `aud` of a request to any wallet (OpenID4VP 1.0 §5.8). */
export const anyWallet = 'https://self-issued.me/v2'

/** The encryptions of an answer, the one that is preferred first. */
export const responseEncryptions = ['A256GCM', 'A128GCM'] as const

export type ResponseEncryption = (typeof responseEncryptions)[number]

/** A query on the ledger that a verifier may ask. */
export interface RegisteredQuery {
  readonly id: string
  readonly version: number
}

/** A verifier's request, verified. Whether the verifier may ask is for the registry to say. */
export interface PresentationRequest {
  /** DID whose key signed. */
  readonly verifier: string
  readonly clientId: string
  readonly kid: string
  readonly responseUri: string
  readonly nonce: string
  readonly state: string | undefined
  readonly query: DcqlQuery
  /** What the verifier says its query is registered as; compare `query.json` with what stands there. */
  readonly registeredQuery: RegisteredQuery | undefined
  readonly transactionData: readonly TransactionData[]
  /** JWK to which the answer is encrypted. */
  readonly responseKey: JsonObject
  readonly encryption: ResponseEncryption
  readonly issuedAtMs: number
  readonly expiresAtMs: number
}

/** Most presentations to one credential query. */
export const maxPresentations = 16

/** Size limit of a presentation that is text, in characters. */
export const maxPresentationLength = 262_144
