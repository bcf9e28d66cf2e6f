import { PlatformError } from '@hufu/primitives'
import type { Receipt } from './receipt.ts'

export type CredentialErrorCode =
  | 'ERR_CREDENTIAL_MALFORMED'
  | 'ERR_CREDENTIAL_TOO_LARGE'
  | 'ERR_CREDENTIAL_ALGORITHM'
  | 'ERR_CREDENTIAL_HEADER_KEY'
  | 'ERR_CREDENTIAL_TYPE'
  | 'ERR_CREDENTIAL_SIGNATURE'
  | 'ERR_CREDENTIAL_ISSUER_MISMATCH'
  | 'ERR_CREDENTIAL_ISSUER_KEY'
  | 'ERR_CREDENTIAL_ISSUER_NOT_TRUSTED'
  | 'ERR_CREDENTIAL_LOOKUP'
  | 'ERR_CREDENTIAL_EXPIRED'
  | 'ERR_CREDENTIAL_NOT_YET_VALID'
  | 'ERR_CREDENTIAL_DISCLOSURE'
  | 'ERR_CREDENTIAL_SCHEMA'
  | 'ERR_CREDENTIAL_REVOKED'
  | 'ERR_CREDENTIAL_SUSPENDED'
  | 'ERR_CREDENTIAL_STATUS_MISSING'
  | 'ERR_CREDENTIAL_STATUS_UNAVAILABLE'
  | 'ERR_CREDENTIAL_STATUS_INVALID'
  | 'ERR_CREDENTIAL_STATUS_STALE'
  | 'ERR_CREDENTIAL_STATUS_NOT_ANCHORED'
  | 'ERR_CREDENTIAL_KEY_BINDING_MISSING'
  | 'ERR_CREDENTIAL_KEY_BINDING'
  | 'ERR_CREDENTIAL_AUDIENCE'
  | 'ERR_CREDENTIAL_NONCE'
  | 'ERR_CREDENTIAL_CONTEXT'
  | 'ERR_CREDENTIAL_UNDEFINED_TERM'
  | 'ERR_CREDENTIAL_RESOURCE'
  | 'ERR_CREDENTIAL_PROOF_PURPOSE'
  | 'ERR_CREDENTIAL_CONFLICT'
  | 'ERR_CREDENTIAL_UNKNOWN'

/** A credential or status list that was refused or could not be made. From `verify…`, `receipt` says which rules held and which did not. */
export class CredentialError extends PlatformError<CredentialErrorCode> {
  readonly receipt: Receipt | undefined

  constructor(code: CredentialErrorCode, message: string, options: { cause?: unknown; receipt?: Receipt } = {}) {
    super(code, message, options)
    this.receipt = options.receipt
  }
}
