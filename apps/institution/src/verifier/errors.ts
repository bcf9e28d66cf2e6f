import { PlatformError } from '@hufu/primitives'

export type VerifierErrorCode =
  | 'ERR_VERIFIER_QUERY'
  | 'ERR_VERIFIER_UNKNOWN'
  | 'ERR_VERIFIER_STATE'
  | 'ERR_VERIFIER_EXPIRED'
  | 'ERR_VERIFIER_BROWSER'
  | 'ERR_VERIFIER_REQUEST'
  | 'ERR_VERIFIER_REFUSED'

/** A presentation that cannot begin, be answered or be finished. */
export class VerifierError extends PlatformError<VerifierErrorCode> {}
