import type { PublicKey } from '@hufu/keys'
import type { Evidence } from './receipt.ts'

/** The key that a DID URL names, as its DID listed it. */
export interface IssuerKey<Key = PublicKey> {
  /** The DID whose document lists the key; compared with the credential's issuer. */
  readonly controller: string
  readonly publicKey: Key
  readonly evidence: Evidence
}

/**
 * Finds the key `kid` in the issuer's DID document as it stood at `atMs`.
 * Answers null if no such DID, version or key was listed for that purpose then; throws only if it could not find out.
 */
export type ResolveIssuerKey<Key = PublicKey> = (query: {
  issuer: string
  kid: string
  purpose: 'assertionMethod'
  atMs: number
}) => Promise<IssuerKey<Key> | null>

/** Tells whether an issuer was accredited for a credential type at `atMs`; throws only if it could not find out. */
export type MayIssue = (query: {
  issuer: string
  credentialType: string
  atMs: number
}) => Promise<{ readonly allowed: boolean; readonly evidence: Evidence }>

/** Gets the published status list of a URI, as text; throws if it cannot be had. */
export type FetchStatusList = (uri: string) => Promise<string>

/**
 * Finds the ledger's record of a status list by its SHA-256; null if that list was never anchored by the issuer. Throws only if it could not find out.
 * `supersededAtMs` is when the issuer anchored the next one, null while this is the newest.
 */
export type FindStatusAnchor = (query: {
  issuer: string
  uri: string
  sha256: Uint8Array
}) => Promise<{ readonly supersededAtMs: number | null; readonly evidence: Evidence } | null>

/**
 * Checks claims about a subject (without issuer, times and the like) against their type's JSON Schema. `partial` is true where a holder may have
 * kept claims back: required ones may then be missing. Throws only if it could not find out.
 */
export type ValidateClaims = (query: {
  credentialType: string
  claims: Readonly<Record<string, unknown>>
  partial: boolean
}) => Promise<{ readonly valid: boolean; readonly evidence: Evidence }>
