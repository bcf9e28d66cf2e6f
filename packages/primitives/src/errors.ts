/** Base of every error thrown on purpose. `code` is stable and documented (docs/errors.md); `message` is for people and may change. */
export class PlatformError<Code extends string = string> extends Error {
  readonly code: Code
  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = new.target.name
    this.code = code
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

/** The `code` of any of our errors, or undefined for a foreign one. `instanceof` breaks over two copies of a package; this does not. */
export function errorCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return undefined
}
