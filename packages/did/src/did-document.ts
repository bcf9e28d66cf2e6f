import type { PublicJwk } from '@hufu/keys'
import type { Did } from './parse-did.ts'

/** What a key may be used for. @see https://www.w3.org/TR/did-core/#verification-relationships */
export type VerificationPurpose = 'authentication' | 'assertionMethod' | 'keyAgreement' | 'capabilityInvocation' | 'capabilityDelegation'

/** All purposes, in the order of DID Core §5.3. */
export const verificationPurposes: readonly VerificationPurpose[] = [
  'authentication',
  'assertionMethod',
  'keyAgreement',
  'capabilityInvocation',
  'capabilityDelegation',
]

/** A public key in a document: a JSON Web Key or a Multikey. */
export type VerificationMethod =
  | { readonly id: string; readonly type: 'JsonWebKey'; readonly controller: Did; readonly publicKeyJwk: PublicJwk }
  | { readonly id: string; readonly type: 'Multikey'; readonly controller: Did; readonly publicKeyMultibase: string }

/** A service of an institution, reached over HTTPS. */
export interface Service {
  readonly id: string
  readonly type: string
  readonly serviceEndpoint: string
}

/** A document as the ledger keeps it: all ids absolute, purposes by reference, no `@context` and no `controller`. */
export interface DidDocument extends Readonly<Partial<Record<VerificationPurpose, readonly string[]>>> {
  readonly id: Did
  readonly alsoKnownAs?: readonly string[]
  readonly verificationMethod?: readonly VerificationMethod[]
  readonly service?: readonly Service[]
}

/** A document as resolved: the stored one, and who controls it, which is the ledger's word and never the document's own. */
export interface ResolvedDocument extends DidDocument {
  /** Absent while the DID controls itself. */
  readonly controller?: Did
}
