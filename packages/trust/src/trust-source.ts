import type { ScriptHash } from '@hufu/ledger'
import type { GrantEntry, GrantKey } from './grant.ts'

/** A version of a credential type. */
export interface CredentialTypeVersion {
  readonly version: number
  /** JSON Schema 2020-12 as stored, UTF-8; its hash has been checked. */
  readonly schema: Uint8Array
  /** SHA-256 of `schema`, as the ledger computed it. */
  readonly schemaHash: Uint8Array
  readonly timeMs: number
  readonly blockIndex: number
}

/** A version of what an institution may ask. */
export interface QueryVersion {
  readonly version: number
  /** JSON as stored, UTF-8; its hash has been checked. */
  readonly content: Uint8Array
  /** SHA-256 of `content`, as the ledger computed it. */
  readonly contentHash: Uint8Array
  readonly timeMs: number
  readonly blockIndex: number
}

/** Where the registry is read from: a node's word, or a follower's tables. They are interchangeable. */
export interface TrustSource {
  /** A grant as it was at a time; null if there was none yet. */
  findGrant(key: GrantKey, atMs: number): Promise<GrantEntry | null>
  /** Null if there is no such version. */
  findCredentialType(typeId: string, version: number | 'latest'): Promise<CredentialTypeVersion | null>
  /** Null if there is no such version. */
  findQuery(institution: ScriptHash, queryId: string, version: number | 'latest'): Promise<QueryVersion | null>
}
