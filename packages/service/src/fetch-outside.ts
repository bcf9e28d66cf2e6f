import { lookup } from 'node:dns/promises'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { PlatformError } from '@hufu/primitives'
import { ServiceError } from './errors.ts'
import { checkOutside, hostOf, loopbackAddressesOf, type OutsidePolicy, parseOutsideUrl } from './outside-address.ts'
import type { OutsideAgents } from './outside-agents.ts'

export interface OutsideOptions extends OutsidePolicy {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Longest answer. */
  readonly maxBytes: number
  /** For all of it, from the question to DNS to the last byte; default 5,000 ms. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Keeps connections for the next question; default: one for each. */
  readonly agents?: OutsideAgents
  /** Certificates to trust in place of the usual ones, in PEM. */
  readonly ca?: string
  /** Addresses of a name; default: as the system resolves it. */
  readonly resolveName?: (host: string) => Promise<readonly string[]>
}

const maxHeaderBytes = 16_384

/**
 * Asks a server whose address somebody else named: the only way in which our servers do. It goes to public addresses only, however they are written; the address
 * that was looked at is the one that is connected to, so that a name cannot stand for another one in between. `https` only, no redirects, no cookies, nothing that
 * identifies us but what is given.
 *
 * @returns the answer, whole; whatever its status, unless that is a redirect
 * @throws ServiceError `ERR_SERVICE_ADDRESS`: an address that is not asked
 * @throws ServiceError `ERR_SERVICE_OUTSIDE`: no answer in time, a redirect, or a longer one
 */
export async function fetchOutside(address: string, options: OutsideOptions): Promise<Response> {
  const url = parseOutsideUrl(address, options)
  const deadline = AbortSignal.timeout(options.timeoutMs ?? 5_000)
  const signal = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal])
  try {
    const addresses = await before(signal, addressesOf(hostOf(url), options))
    const answer = await ask(url, addresses, options, signal)
    return await readAnswer(answer, options.maxBytes)
  } catch (cause) {
    if (cause instanceof PlatformError) throw cause
    throw new ServiceError('ERR_SERVICE_OUTSIDE', 'server named by others: no answer', { cause })
  }
}

/**
 * {@link fetchOutside} for code that takes a `fetch`, such as that of packages/exchange. What it throws is as above.
 *
 * @param policy - where servers may be; `maxBytes` by default 1,048,576
 */
export function outsideFetch(
  policy: OutsidePolicy & Partial<Pick<OutsideOptions, 'maxBytes' | 'timeoutMs' | 'agents' | 'ca' | 'resolveName'>>,
): typeof fetch {
  return async (input, init = {}) => {
    const { method = 'GET', headers, body, signal } = init
    if (method !== 'GET' && method !== 'POST') throw new TypeError('method: expected GET or POST')
    if (body !== undefined && body !== null && typeof body !== 'string' && !(body instanceof Uint8Array))
      throw new TypeError('body: expected text or bytes')
    return fetchOutside(input instanceof Request ? input.url : String(input), {
      maxBytes: 1_048_576,
      ...policy,
      method,
      headers: Object.fromEntries(new Headers(headers)),
      ...(body === undefined || body === null ? {} : { body }),
      ...(signal === undefined || signal === null ? {} : { signal }),
    })
  }
}

/** Every address of the host, each of which has been looked at. */
async function addressesOf(host: string, options: OutsideOptions): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  const { resolveName = resolveBySystem } = options
  const addresses = loopbackAddressesOf(host) ?? (await resolveName(host))
  if (addresses.length === 0) throw new ServiceError('ERR_SERVICE_OUTSIDE', 'server named by others: its name has no address')
  for (const address of addresses) checkOutside(address, options)
  return addresses
}

async function resolveBySystem(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

function ask(url: URL, addresses: readonly string[], options: OutsideOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const { method = 'GET', headers = {}, body, ca, agents } = options
  const found = addresses.map(address => ({ address, family: isIP(address) }))
  // Called with the name, and answered with what was looked at, whatever DNS would say by now.
  const lookUp: LookupFunction = (_host, { all }, done) =>
    all === true ? done(null, found) : done(null, found[0]!.address, found[0]!.family)
  const settings = {
    method,
    headers: {
      'accept-encoding': 'identity',
      ...headers,
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
    agent: agents === undefined ? false : url.protocol === 'https:' ? agents.https : agents.http,
    lookup: lookUp,
    maxHeaderSize: maxHeaderBytes,
    signal,
  } as const
  return new Promise((resolve, reject) => {
    const request: ClientRequest =
      url.protocol === 'https:' ? httpsRequest(url, { ...settings, ...(ca === undefined ? {} : { ca }) }) : httpRequest(url, settings)
    request.on('response', resolve).on('error', reject).end(body)
  })
}

async function readAnswer(answer: IncomingMessage, maxBytes: number): Promise<Response> {
  const { statusCode: status = 0, headers } = answer
  try {
    if (status < 200 || (status >= 300 && status < 400)) throw refused('expected no redirect')
    if (!['identity', undefined].includes(headers['content-encoding'])) throw refused('expected an answer that is not compressed')
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      length += chunk.length
      if (length > maxBytes) throw refused(`expected at most ${maxBytes} bytes`)
      chunks.push(chunk)
    }
    const hasBody = ![204, 205].includes(status)
    return new Response(hasBody ? Buffer.concat(chunks) : null, { status, headers: pairsOf(headers) })
  } finally {
    answer.destroy()
  }
}

function pairsOf(headers: IncomingMessage['headers']): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(', ')] as [string, string]],
  )
}

/** What `work` gives, unless the signal comes first. */
async function before<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  signal.throwIfAborted()
  let stop: () => void = () => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

function refused(what: string): ServiceError {
  return new ServiceError('ERR_SERVICE_OUTSIDE', `server named by others: ${what}`)
}
