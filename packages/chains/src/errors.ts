import { PlatformError } from '@hufu/primitives'

/** Codes of {@link ChainError}. */
export type ChainErrorCode =
  | 'ERR_CHAIN_ABSENT'
  | 'ERR_CHAIN_ANSWER'
  | 'ERR_CHAIN_ASSURANCE'
  | 'ERR_CHAIN_CURSOR'
  | 'ERR_CHAIN_IDEMPOTENCY'
  | 'ERR_CHAIN_NETWORK'
  | 'ERR_CHAIN_PROOF'
  | 'ERR_CHAIN_REFUSED'
  | 'ERR_CHAIN_ROLLBACK'
  | 'ERR_CHAIN_STALE'
  | 'ERR_CHAIN_UNKNOWN'
  | 'ERR_CHAIN_UNREACHABLE'
  | 'ERR_CHAIN_UNSUPPORTED'

/** What another chain, or whoever speaks for it, did not do or did not prove. */
export class ChainError extends PlatformError<ChainErrorCode> {
  /** What the chain itself gave as the reason. Never shown to strangers: it comes from outside. */
  readonly reason: string | undefined

  constructor(code: ChainErrorCode, message: string, details: { readonly reason?: string | undefined; readonly cause?: unknown } = {}) {
    super(code, message, details.cause === undefined ? undefined : { cause: details.cause })
    this.reason = details.reason
  }
}
