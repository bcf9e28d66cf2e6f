import { STATUS_CODES } from 'node:http'
import { PlatformError } from '@hufu/primitives'
import { httpStatusOf } from './http-status.ts'

/** An answer that says what went wrong (RFC 9457), served as `application/problem+json`. `code` is one of docs/errors.md. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly code: string
}

export const problemMediaType = 'application/problem+json'

/**
 * What an error becomes at the edge. One of ours that {@link httpStatusOf} knows keeps its code and message, which hold no values; a request that
 * the framework refused keeps its status; anything else is told to the log alone.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof PlatformError && Object.hasOwn(httpStatusOf, error.code))
    return problem(httpStatusOf[error.code]!, error.code, error.message)
  const status = (error as { statusCode?: unknown } | null)?.statusCode
  if (typeof status === 'number' && status >= 400 && status < 500) return problem(status, 'ERR_SERVICE_REQUEST')
  return problem(500, 'ERR_SERVICE_INTERNAL')
}

function problem(status: number, code: string, detail?: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code, ...(detail === undefined ? {} : { detail }) }
}
