import type { Json } from '@hufu/primitives'
import type { DidAssurance } from './did-assurance.ts'

/** A DID document of whatever method: all ids absolute. Its `@context` is the one it was published with, if it was published with one. */
export interface OtherDidDocument {
  readonly id: string
  readonly [member: string]: Json
}

/** What a driver found. */
export interface DriverAnswer {
  /** Null once deactivated. */
  readonly document: OtherDidDocument | null
  /** Whatever the method knows of the document: `created`, `updated`, `versionId`, `deactivated`, each as DID Resolution has it. */
  readonly metadata: OtherDocumentMetadata
  readonly assurance: DidAssurance
  /** Who was asked. */
  readonly origin: DidOrigin
}

/** Metadata of a document; times are in UTC with whole seconds. */
export interface OtherDocumentMetadata {
  readonly created?: string
  readonly updated?: string
  readonly deactivated?: true
  readonly versionId?: string
  /** Of `did:bsn`: the DID is the hash of the keys in the document. False: the key that signs was replaced, and the service alone says by which. */
  readonly identifierIsHashOfKeys?: boolean
}

/** Where a document came from; nothing for a DID that is its key. */
export interface DidOrigin {
  /** Host that was asked over HTTPS. */
  readonly host?: string
  /** Chain, as CAIP-2 writes it. */
  readonly network?: string
  /** Block as of which it was so. */
  readonly blockHeight?: number
}

/**
 * Resolves the DIDs of one method. Throws DidError `ERR_DID_SYNTAX`, `ERR_DID_NOT_FOUND`, `ERR_DID_FEATURE` (of a kind that is not supported),
 * `ERR_DID_DOCUMENT` (there is a document, and it is not the DID's or not of its form), `ERR_DID_UNREACHABLE`, `ERR_DID_ANSWER` (what was asked
 * does not speak the method's protocol, or contradicts itself).
 */
export interface DidDriver {
  readonly method: string
  /** Changes whenever the same source could give another document. */
  readonly version: number
  /** Nobody is asked: answers need no cache. */
  readonly isLocal?: true
  /** @param did - of this method, its syntax by DID Core checked */
  resolve(did: string): Promise<DriverAnswer>
}
