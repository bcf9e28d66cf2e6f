import { ExchangeError } from '../errors.ts'

/** The platform's `fetch`, or one for tests. */
export type Fetch = typeof globalThis.fetch

/** A request to another party. */
export interface Message {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** What the answer may be, first the one that is asked for; any other content type is refused. Empty where the content does not matter. */
  readonly accept: readonly string[]
  readonly maxBytes: number
  readonly fetch: Fetch
  /** Default 20,000. */
  readonly timeoutMs?: number
}

/** What came back. */
export interface Answer {
  readonly status: number
  /** Without parameters, in lower case. */
  readonly contentType: string
  readonly headers: Headers
  readonly bytes: Uint8Array
}

const defaultTimeoutMs = 20_000

/**
 * Sends a request without cookies and referrer. Redirects are not followed: who is asked is who was named.
 *
 * @throws ExchangeError `ERR_EXCHANGE_UNREACHABLE`; `ERR_EXCHANGE_ANSWER`: a redirect; `ERR_EXCHANGE_TOO_LARGE`
 */
export async function send(message: Message): Promise<Answer> {
  const { url, method, headers = {}, body, accept, maxBytes, fetch, timeoutMs = defaultTimeoutMs } = message
  let response: Response
  try {
    response = await fetch(url.href, {
      method,
      headers: { ...(accept.length === 0 ? {} : { accept: accept.join(', ') }), ...headers },
      ...(body === undefined ? {} : { body }),
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    })
  } catch (cause) {
    throw unreachable(url, cause)
  }
  if (response.redirected || (response.status >= 300 && response.status < 400))
    throw new ExchangeError('ERR_EXCHANGE_ANSWER', `${url.host}: expected no redirect`)
  const contentType = (response.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
  return { status: response.status, contentType, headers: response.headers, bytes: await readBody(response, url, maxBytes) }
}

/** Checks that an answer is a success of one of the content types. @throws ExchangeError `ERR_EXCHANGE_ANSWER` */
export function expectContent({ url, accept }: Message, answer: Answer): void {
  if (answer.status !== 200) throw new ExchangeError('ERR_EXCHANGE_ANSWER', `${url.host}: expected status 200`)
  if (!accept.includes(answer.contentType)) throw new ExchangeError('ERR_EXCHANGE_ANSWER', `${url.host}: expected ${accept.join(' or ')}`)
}

async function readBody(response: Response, url: URL, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    // Not every browser can iterate over a stream.
    const reader = response.body?.getReader()
    for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
      length += part.value.length
      if (length > maxBytes) {
        await reader?.cancel()
        break
      }
      chunks.push(part.value)
    }
  } catch (cause) {
    throw unreachable(url, cause)
  }
  if (length > maxBytes) throw new ExchangeError('ERR_EXCHANGE_TOO_LARGE', `${url.host}: expected at most ${maxBytes} bytes`)
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

function unreachable(url: URL, cause: unknown): ExchangeError {
  return new ExchangeError('ERR_EXCHANGE_UNREACHABLE', `${url.host}: expected an answer`, { cause })
}
