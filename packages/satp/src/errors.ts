import { PlatformError } from '@hufu/primitives'
import type { ProtocolErrorCode } from './message/protocol-error.ts'

/** Codes of {@link SatpError}. */
export type SatpErrorCode =
  | 'ERR_SATP_COUNTERPART'
  | 'ERR_SATP_EXPIRED'
  | 'ERR_SATP_HASH'
  | 'ERR_SATP_LOG_CONFLICT'
  | 'ERR_SATP_LOG_DAMAGED'
  | 'ERR_SATP_MALFORMED'
  | 'ERR_SATP_PROOF'
  | 'ERR_SATP_SESSION'
  | 'ERR_SATP_SIGNATURE'
  | 'ERR_SATP_SIGNER'
  | 'ERR_SATP_STATE'
  | 'ERR_SATP_TERMS'
  | 'ERR_SATP_TOO_LATE'
  | 'ERR_SATP_UNANSWERED'
  | 'ERR_SATP_VERSION'
  | 'ERR_SATP_VIEW'
  | 'ERR_SATP_WAITING'

/** What is wrong with a message of another gateway, or with what was asked of a session. The message names field and expectation, never a value. */
export class SatpError extends PlatformError<SatpErrorCode> {
  /** The draft's code that a counterpart is answered with, where one fits better than the usual one. */
  readonly protocolCode: ProtocolErrorCode | undefined

  constructor(
    code: SatpErrorCode,
    message: string,
    details: { readonly protocolCode?: ProtocolErrorCode | undefined; readonly cause?: unknown } = {},
  ) {
    super(code, message, details.cause === undefined ? undefined : { cause: details.cause })
    this.protocolCode = details.protocolCode
  }
}
