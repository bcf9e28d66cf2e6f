import type { PublicKey } from '@hufu/keys'
import type { Evidence } from './receipt.ts'

/** The key that a DID URL names, as its DID listed it. */
export interface IssuerKey {
  /** The DID whose document lists the key; compared with the credential's issuer. */
  readonly controller: string
  readonly publicKey: PublicKey
  readonly evidence: Evidence
}

/**
 * Finds the key `kid` in the issuer's DID document as it stood at `atMs`.
 * Answers null if no such DID, version or key was listed for that purpose then; throws only if it could not find out.
 */
export type ResolveIssuerKey = (query: {
  issuer: string
  kid: string
  purpose: 'assertionMethod'
  atMs: number
}) => Promise<IssuerKey | null>

/** Tells whether an issuer was accredited for a credential type at `atMs`; throws only if it could not find out. */
export type MayIssue = (query: {
  issuer: string
  credentialType: string
  atMs: number
}) => Promise<{ readonly allowed: boolean; readonly evidence: Evidence }>

/** Gets the published status list of a URI, as text; throws if it cannot be had. */
export type FetchStatusList = (uri: string) => Promise<string>

/** Finds what the ledger holds for a status list; null if nothing was anchored. Throws only if it could not find out. */
export type FindStatusAnchor = (query: {
  issuer: string
  uri: string
}) => Promise<{ readonly sha256: Uint8Array; readonly anchoredAtMs: number; readonly evidence: Evidence } | null>

/** Checks the claims of a type against its JSON Schema. @returns whether they follow it, and evidence such as the schema's version and hash */
export type ValidateClaims = (
  type: string,
  claims: Readonly<Record<string, unknown>>,
) => Promise<{ readonly valid: boolean; readonly evidence: Evidence }>
