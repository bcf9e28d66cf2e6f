import { PlatformError } from '@hufu/primitives'

export type ExchangeErrorCode =
  | 'ERR_EXCHANGE_ADDRESS'
  | 'ERR_EXCHANGE_ALGORITHM'
  | 'ERR_EXCHANGE_ANSWER'
  | 'ERR_EXCHANGE_AUDIENCE'
  | 'ERR_EXCHANGE_CLIENT'
  | 'ERR_EXCHANGE_DECRYPTION'
  | 'ERR_EXCHANGE_EXPIRED'
  | 'ERR_EXCHANGE_HEADER_KEY'
  | 'ERR_EXCHANGE_KEY'
  | 'ERR_EXCHANGE_LINK'
  | 'ERR_EXCHANGE_MALFORMED'
  | 'ERR_EXCHANGE_METADATA'
  | 'ERR_EXCHANGE_NONCE'
  | 'ERR_EXCHANGE_NOT_YET_VALID'
  | 'ERR_EXCHANGE_PRESENTATION'
  | 'ERR_EXCHANGE_PROOF'
  | 'ERR_EXCHANGE_QUERY'
  | 'ERR_EXCHANGE_REFUSED'
  | 'ERR_EXCHANGE_RESPONSE_MODE'
  | 'ERR_EXCHANGE_SIGNATURE'
  | 'ERR_EXCHANGE_TOO_LARGE'
  | 'ERR_EXCHANGE_TRANSACTION_DATA'
  | 'ERR_EXCHANGE_TYPE'
  | 'ERR_EXCHANGE_UNREACHABLE'

/** A message between wallet, issuer and verifier that was refused, or that could not be exchanged. */
export class ExchangeError extends PlatformError<ExchangeErrorCode> {}

/** The other side answered with an error of its protocol (RFC 6749 §5.2 and those after it), such as `invalid_grant` or `invalid_proof`. */
export class RefusedError extends ExchangeError {
  /** The protocol's own code, or that of a problem document (`ERR_…`), as the other side sent it; at most 64 characters of `[A-Za-z0-9_-]`. */
  readonly error: string
  /** HTTP status of the answer. */
  readonly status: number
  /** Seconds after which to ask again, where the answer says so (`issuance_pending`, `slow_down`). */
  readonly intervalSeconds: number | undefined

  constructor(error: string, status: number, options: { intervalSeconds?: number } = {}) {
    super('ERR_EXCHANGE_REFUSED', `the other side answered ${error}`)
    this.error = error
    this.status = status
    this.intervalSeconds = options.intervalSeconds
  }
}

/** Errors that an issuer answers to wallets (OpenID4VCI 1.0 §8.3.1, §9.3, §11.3). */
export type IssuanceErrorName =
  | 'invalid_credential_request'
  | 'unknown_credential_configuration'
  | 'unknown_credential_identifier'
  | 'invalid_proof'
  | 'invalid_nonce'
  | 'invalid_encryption_parameters'
  | 'credential_request_denied'
  | 'invalid_transaction_id'
  | 'invalid_notification_id'
  | 'invalid_notification_request'

/** A wallet's message to an issuer that was refused, with the error that is answered. */
export class IssuanceError extends ExchangeError {
  readonly error: IssuanceErrorName

  constructor(code: ExchangeErrorCode, error: IssuanceErrorName, message: string, options: { cause?: unknown } = {}) {
    super(code, message, options)
    this.error = error
  }
}
