import type { ClaimPath, JsonObject } from '@hufu/credentials'
import type { Statement } from '@hufu/proofs'

/** Credential formats that a query may ask for and an issuer may offer. */
export type CredentialFormat = 'dc+sd-jwt' | 'ldp_vc' | 'hufu_zk'

/** A value that a claim is compared with. */
export type AskedValue = string | number | boolean

/** One claim that is asked (OpenID4VP 1.0 §6.3). */
export interface ClaimQuery {
  readonly id: string | undefined
  readonly path: ClaimPath
  /** The claim's value must be one of these; undefined for any. */
  readonly values: readonly AskedValue[] | undefined
}

interface AnyQuery {
  readonly id: string
  /** True if several credentials may answer. */
  readonly multiple: boolean
  /** True if the holder must prove that the credential is theirs. */
  readonly holderBinding: boolean
  /** What is to be shown; undefined where nothing is named. */
  readonly claims: readonly ClaimQuery[] | undefined
  /** Sets of ids of claims, best first, of which one is to be shown; undefined where all claims are. */
  readonly claimSets: readonly (readonly string[])[] | undefined
}

/** An SD-JWT VC is asked for (OpenID4VP 1.0 §B.3). */
export interface SdJwtQuery extends AnyQuery {
  readonly format: 'dc+sd-jwt'
  /** The credential's `vct` must be one of these. */
  readonly credentialTypes: readonly string[]
}

/** A W3C credential with Data Integrity proof is asked for (OpenID4VP 1.0 §B.1). */
export interface W3cQuery extends AnyQuery {
  readonly format: 'ldp_vc'
  /** The credential must have all types of one of these sets. */
  readonly typeSets: readonly (readonly string[])[]
}

/** A zero-knowledge presentation is asked for; a format of ours. */
export interface ZkQuery extends AnyQuery {
  readonly format: 'hufu_zk'
  /** One. */
  readonly credentialTypes: readonly string[]
  /** What is to be proven and shown. */
  readonly statement: Statement
}

/** One entry of `credentials` (OpenID4VP 1.0 §6.1). */
export type CredentialQuery = SdJwtQuery | W3cQuery | ZkQuery

/** One entry of `credential_sets`: options, best first (OpenID4VP 1.0 §6.2). */
export interface CredentialSetQuery {
  /** Each a list of ids of credential queries, all of which are to be answered. */
  readonly options: readonly (readonly string[])[]
  readonly required: boolean
}

/** A query of the Digital Credentials Query Language (OpenID4VP 1.0 §6). */
export interface DcqlQuery {
  /** As it came. */
  readonly json: JsonObject
  readonly credentials: readonly CredentialQuery[]
  /** Undefined where every credential is to be presented. */
  readonly credentialSets: readonly CredentialSetQuery[] | undefined
}

/** `credential_sets`, or what their absence means: all of the credentials are required. */
export function credentialSetsOf(query: DcqlQuery): readonly CredentialSetQuery[] {
  return query.credentialSets ?? [{ options: [query.credentials.map(({ id }) => id)], required: true }]
}
