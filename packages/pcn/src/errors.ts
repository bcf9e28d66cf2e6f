import { PlatformError } from '@hufu/primitives'

/** Codes of {@link PcnError}. */
export type PcnErrorCode =
  | 'ERR_PCN_ANSWER'
  | 'ERR_PCN_CALLBACK'
  | 'ERR_PCN_KEY'
  | 'ERR_PCN_MAC'
  | 'ERR_PCN_OTHER_ANSWER'
  | 'ERR_PCN_PIN'
  | 'ERR_PCN_REFUSED'
  | 'ERR_PCN_REQUEST'
  | 'ERR_PCN_UNKNOWN'
  | 'ERR_PCN_UNREACHABLE'

/** What a city node's gateway did not do, or what in its name is not its own. */
export class PcnError extends PlatformError<PcnErrorCode> {
  /** What the gateway itself gave as the reason. Never shown to strangers: it comes from outside. */
  readonly reason: string | undefined

  constructor(code: PcnErrorCode, message: string, details: { readonly reason?: string | undefined; readonly cause?: unknown } = {}) {
    super(code, message, details.cause === undefined ? undefined : { cause: details.cause })
    this.reason = details.reason
  }
}
