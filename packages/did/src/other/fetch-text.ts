import { bytesToUtf8, errorCode } from '@hufu/primitives'
import { DidError } from '../errors.ts'

/** How a server is asked that somebody else named. Servers give `outsideFetch` of packages/service, which goes to public addresses only and follows no redirect. */
export type FetchPort = typeof globalThis.fetch

/** Settings of {@link fetchText}. */
export interface FetchTextOptions {
  readonly fetch: FetchPort
  readonly init?: { readonly method: 'POST'; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  readonly accept: string
  readonly maxBytes: number
  readonly timeoutMs: number
}

/**
 * The text that a server answers with, read no further than it may be long.
 *
 * @returns null if the server answered 404 or 410
 * @throws DidError `ERR_DID_UNREACHABLE`: no answer, an address that is not asked, a redirect, or another status; `ERR_DID_ANSWER`: too long, or not UTF-8
 */
export async function fetchText(url: string, options: FetchTextOptions): Promise<string | null> {
  const { fetch, init, accept, maxBytes, timeoutMs } = options
  const answer = await answerOf(() =>
    fetch(url, {
      ...init,
      headers: { accept, ...init?.headers },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }),
  )
  if (answer.status === 404 || answer.status === 410) return null
  if (answer.status !== 200 || answer.redirected) throw new DidError('ERR_DID_UNREACHABLE', 'expected the server to answer with status 200')
  const bytes = await readBody(answer, maxBytes)
  try {
    return bytesToUtf8(bytes)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new DidError('ERR_DID_ANSWER', 'expected an answer in UTF-8', { cause })
  }
}

async function answerOf(ask: () => Promise<Response>): Promise<Response> {
  try {
    return await ask()
  } catch (cause) {
    throw new DidError('ERR_DID_UNREACHABLE', 'the server that the DID stands with did not answer, or is not one that is asked', { cause })
  }
}

async function readBody(answer: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = answer.body?.getReader()
  for (;;) {
    const { done, value } = (await readNext(reader)) ?? { done: true, value: undefined }
    if (done) break
    length += value.length
    if (length > maxBytes) {
      await reader?.cancel()
      throw new DidError('ERR_DID_ANSWER', `expected an answer of at most ${maxBytes} bytes`)
    }
    chunks.push(value)
  }
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

async function readNext(reader: ReadableStreamDefaultReader<Uint8Array> | undefined) {
  try {
    return await reader?.read()
  } catch (cause) {
    throw new DidError('ERR_DID_UNREACHABLE', 'the server did not finish its answer', { cause })
  }
}
