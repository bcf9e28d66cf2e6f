import type { CredentialFormat } from './configurations.ts'
import type { ListKind } from './status-lists.ts'
import type { Status, StatusReason } from './status-reasons.ts'

/** A copy of a credential as the table has it: written before it is signed. */
export interface CredentialRow {
  /** UUID; the credential's `urn:uuid:` where the format has a place for it. */
  readonly id: string
  readonly issuance: string
  readonly application: string
  readonly type: string
  readonly format: CredentialFormat
  /** Thumbprint of the holder's key, or the wallet's commitment, base64url. */
  readonly holder: string
  readonly list_kind: ListKind | null
  readonly list: number | null
  readonly list_index: number | null
  /** 32 bytes in hexadecimal. */
  readonly leaf: string | null
  readonly leaf_salt: Uint8Array | null
  readonly leaf_index: number | null
  readonly schema_version: number
  readonly intent_at_ms: number
  readonly issued_at_ms: number | null
  readonly sha256: string | null
  readonly status: Status
  readonly reason: StatusReason | null
  readonly status_at_ms: number | null
}
