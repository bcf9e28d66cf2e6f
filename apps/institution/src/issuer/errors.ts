import { PlatformError } from '@hufu/primitives'

export type IssuerErrorCode =
  | 'ERR_ISSUER_TYPE'
  | 'ERR_ISSUER_CLAIMS'
  | 'ERR_ISSUER_UNKNOWN'
  | 'ERR_ISSUER_STATE'
  | 'ERR_ISSUER_SAME_PERSON'
  | 'ERR_ISSUER_REVOKED'
  | 'ERR_ISSUER_FILE'
  | 'ERR_ISSUER_GRANT'
  | 'ERR_ISSUER_TOKEN'
  | 'ERR_ISSUER_REQUEST'
  | 'ERR_ISSUER_CONFIGURATION'
  | 'ERR_ISSUER_NONCE'
  | 'ERR_ISSUER_DENIED'
  | 'ERR_ISSUER_TRANSACTION'
  | 'ERR_ISSUER_NOTIFICATION'

/** Something that this issuer does not do: for a member of the staff, or for a wallet. */
export class IssuerError extends PlatformError<IssuerErrorCode> {}
