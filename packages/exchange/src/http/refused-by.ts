import type { JsonObject } from '@hufu/credentials'
import { ExchangeError, RefusedError } from '../errors.ts'
import { readJsonBytes } from '../json/read-json.ts'
import type { Answer } from './send.ts'

const maxErrorBytes = 65_536

/**
 * The error that an answer other than a success stands for: `error` of the protocol (RFC 6749 §5.2) or, of a problem document (RFC 9457), `code`; else that the
 * answer is not understood. `error_description` is not passed on: it is the other side's text, for its own developers.
 */
export function refusedBy(url: URL, { status, contentType, headers, bytes }: Answer): ExchangeError {
  if (/^application\/([a-z0-9.-]+\+)?json$/.test(contentType) && bytes.length <= maxErrorBytes) {
    const { code, error = status < 500 ? code : undefined, interval } = membersOf(bytes)
    if (typeof error === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(error)) {
      const isInterval = typeof interval === 'number' && interval > 0 && interval <= 86_400
      return new RefusedError(error, status, isInterval ? { intervalSeconds: interval } : {})
    }
  }
  // A protected resource says it in a header (RFC 6750 §3, RFC 9449 §7.1).
  const challenged = /\berror="([A-Za-z0-9_-]{1,64})"/.exec(headers.get('www-authenticate') ?? '')?.[1]
  if (challenged !== undefined) return new RefusedError(challenged, status)
  if (status >= 500) return new ExchangeError('ERR_EXCHANGE_UNREACHABLE', `${url.host}: expected an answer, not status ${status}`)
  return new ExchangeError('ERR_EXCHANGE_ANSWER', `${url.host}: expected a success or an error of the protocol, not status ${status}`)
}

function membersOf(bytes: Uint8Array): {
  readonly code?: unknown
  readonly error?: unknown
  readonly interval?: unknown
} {
  try {
    const json = readJsonBytes(bytes, { path: 'answer', code: 'ERR_EXCHANGE_ANSWER' }, maxErrorBytes)
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as JsonObject) : {}
  } catch (error) {
    if (error instanceof ExchangeError) return {}
    throw error
  }
}
