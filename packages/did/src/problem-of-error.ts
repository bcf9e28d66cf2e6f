import type { DidErrorCode } from './errors.ts'

/** An error object of DID Resolution, in the form of RFC 9457. */
export interface DidProblem {
  readonly type: string
  readonly title: string
  readonly detail: string
}

const did = 'https://www.w3.org/ns/did#'
const security = 'https://w3id.org/security#'

const problems: Readonly<Partial<Record<DidErrorCode, readonly [type: string, title: string]>>> = {
  ERR_DID_SYNTAX: [`${did}INVALID_DID`, 'Invalid DID'],
  ERR_DID_URL_SYNTAX: [`${did}INVALID_DID_URL`, 'Invalid DID URL'],
  ERR_DID_METHOD: [`${did}METHOD_NOT_SUPPORTED`, 'DID method not supported'],
  ERR_DID_OPTIONS: [`${did}INVALID_OPTIONS`, 'Invalid options'],
  ERR_DID_FEATURE: [`${did}FEATURE_NOT_SUPPORTED`, 'Feature not supported'],
  ERR_DID_REPRESENTATION: [`${did}REPRESENTATION_NOT_SUPPORTED`, 'Representation not supported'],
  ERR_DID_NOT_FOUND: [`${did}NOT_FOUND`, 'Not found'],
  ERR_DID_DOCUMENT: [`${did}INVALID_DID_DOCUMENT`, 'Invalid DID document'],
  ERR_DID_DOCUMENT_SIZE: [`${did}INVALID_DID_DOCUMENT`, 'Invalid DID document'],
  ERR_DID_KEY: [`${security}INVALID_VERIFICATION_METHOD`, 'Invalid verification method'],
  ERR_DID_KEY_PURPOSE: [`${security}INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD`, 'Invalid relationship for verification method'],
}

/**
 * The error object for what resolving or dereferencing threw.
 *
 * @returns undefined for an error that is none of the caller's doing; the edge logs it and answers {@link internalProblem}
 * @see https://www.w3.org/TR/did-resolution/#errors
 */
export function problemOfError(error: unknown): DidProblem | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  const problem = problems[error.code as DidErrorCode]
  return problem === undefined ? undefined : { type: problem[0], title: problem[1], detail: error.message }
}

/** What is said of an error that the caller can do nothing about. */
export const internalProblem: DidProblem = {
  type: `${did}INTERNAL_ERROR`,
  title: 'Internal error',
  detail: 'the resolver could not find out; try again later',
}
