// Registered, so that two copies of this package know each other's errors; `instanceof` would not.
const ours = Symbol.for('hufu.error')

/** Base of every error thrown on purpose. `code` is stable and documented (docs/errors.md); `message` is for people and may change. */
export class PlatformError<Code extends string = string> extends Error {
  readonly code: Code
  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
  get [ours](): true {
    return true
  }
}

/** Codes of {@link EncodingError}: outside bytes or text that are not of the form they claim. */
export type EncodingErrorCode =
  | 'ERR_ENCODING_HEX'
  | 'ERR_ENCODING_BASE64'
  | 'ERR_ENCODING_BASE58'
  | 'ERR_ENCODING_JSON'
  | 'ERR_ENCODING_BINARY'
  | 'ERR_ENCODING_TIME'

/** Input that is not in the encoding it should be in. The message names the expectation, never the value. */
export class EncodingError extends PlatformError<EncodingErrorCode> {}

/** Codes of {@link IdentifierCodeError}: what is wrong with a resident number, an organisation code or a division code. */
export type IdentifierCodeErrorCode =
  | 'ERR_CODE_FORM'
  | 'ERR_CODE_CHECK_DIGIT'
  | 'ERR_CODE_BIRTH_DATE'
  | 'ERR_CODE_BIRTH_DATE_FUTURE'
  | 'ERR_CODE_DIVISION'

/** A national identifier code that breaks its standard. The message names the expectation, never the value. */
export class IdentifierCodeError extends PlatformError<IdentifierCodeErrorCode> {}

/** The `code` of any of our errors, or undefined for a foreign one, also when that has a `code` of its own, as those of Node do. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && ours in error ? (error as PlatformError).code : undefined
}
