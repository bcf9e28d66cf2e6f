import { PlatformError } from '@hufu/primitives'

export type DidErrorCode =
  | 'ERR_DID_SYNTAX'
  | 'ERR_DID_URL_SYNTAX'
  | 'ERR_DID_METHOD'
  | 'ERR_DID_OPTIONS'
  | 'ERR_DID_FEATURE'
  | 'ERR_DID_REPRESENTATION'
  | 'ERR_DID_NOT_FOUND'
  | 'ERR_DID_DOCUMENT'
  | 'ERR_DID_DOCUMENT_SIZE'
  | 'ERR_DID_KEY'
  | 'ERR_DID_KEY_PURPOSE'
  | 'ERR_DID_EXISTS'
  | 'ERR_DID_DEACTIVATED'
  | 'ERR_DID_VERSION_CONFLICT'
  | 'ERR_DID_NOT_AUTHORIZED'
  | 'ERR_DID_RECOVERY'
  | 'ERR_DID_RECOVERY_EARLY'
  | 'ERR_DID_UNREACHABLE'
  | 'ERR_DID_ANSWER'
  | 'ERR_DID_ASSURANCE'

/** An identifier, a document or a request about one that was refused. What the ledger could not answer at all is a `LedgerError`; what the source of
 * another method's DID could not is `ERR_DID_UNREACHABLE` or `ERR_DID_ANSWER`. */
export class DidError extends PlatformError<DidErrorCode> {}
