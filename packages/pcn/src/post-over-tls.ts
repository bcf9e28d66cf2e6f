import { createHash, X509Certificate } from 'node:crypto'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { bytesToHex, bytesToUtf8, errorCode } from '@hufu/primitives'
import { PcnError } from './errors.ts'

/** Sends a request to a path of a gateway and gives the answer's text, whatever its status. */
export interface Post {
  (path: string, body: string): Promise<string>
  /** Ends the connections. */
  close(): void
}

/** Settings of {@link postOverTls}. */
export interface PostOptions {
  /** Such as `https://node.example:17502`. Plain HTTP only to this machine. */
  readonly gatewayUrl: string
  /** Certificates that vouch for the gateway's in place of the usual ones, PEM. */
  readonly tlsAuthority?: string
  /** SHA-256 of the SubjectPublicKeyInfo of the gateway's TLS key, 64 hexadecimal digits: no authority can vouch for another. */
  readonly tlsPin?: string
  /** From the first byte sent to the last one received; default 10,000. */
  readonly timeoutMs?: number
  /** Longest answer; default 16 MiB. */
  readonly maxBytes?: number
  /** Connections at one time; default 16. */
  readonly maxConnections?: number
}

const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Requests over kept connections, without redirects, cookies or compression.
 *
 * @throws PcnError by each request: `ERR_PCN_UNREACHABLE`: nothing was sent; `ERR_PCN_UNKNOWN`: sent, and not answered in time or whole; `ERR_PCN_PIN`:
 *   another TLS key; `ERR_PCN_ANSWER`: a redirect, or no text
 */
export function postOverTls(options: PostOptions): Post {
  const { gatewayUrl, tlsAuthority, tlsPin, timeoutMs = 10_000, maxBytes = 16_777_216, maxConnections = 16 } = options
  const base = new URL(gatewayUrl)
  const isTls = base.protocol === 'https:'
  if (!isTls && !(base.protocol === 'http:' && loopbackHost.test(base.hostname))) throw new TypeError('gatewayUrl: expected https')
  if (tlsPin !== undefined && !/^[0-9a-f]{64}$/.test(tlsPin)) throw new TypeError('tlsPin: expected 64 hexadecimal digits')
  const kept = { keepAlive: true, maxSockets: maxConnections } as const
  const tls = {
    ...(tlsAuthority === undefined ? {} : { ca: tlsAuthority }),
    ...(tlsPin === undefined ? {} : { checkServerIdentity: pinned(tlsPin) }),
  }
  // Each connection is checked: none goes on from an earlier one's session.
  const agent = isTls ? new HttpsAgent({ ...kept, ...tls, minVersion: 'TLSv1.2', maxCachedSessions: 0 }) : new HttpAgent(kept)
  const post = async (path: string, body: string): Promise<string> => {
    const signal = AbortSignal.timeout(timeoutMs)
    const answer = await send(new URL(path, base), body, agent, signal)
    return readText(answer, maxBytes)
  }
  return Object.assign(post, { close: () => agent.destroy() })
}

function send(url: URL, body: string, agent: HttpAgent, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), accept: 'application/json' }
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest
    let isSent = false
    const sending = request(url, { method: 'POST', agent, headers, signal }, resolve)
    // Before there is a connection nothing can have arrived.
    const sent = (): void => {
      isSent = true
    }
    sending.on('socket', socket => {
      if (sending.reusedSocket) sent()
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', sent)
    })
    sending.on('error', cause => reject(failureOf(cause, isSent))).end(body)
  })
}

async function readText(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const { statusCode = 0 } = answer
  try {
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > maxBytes) throw new PcnError('ERR_PCN_ANSWER', `answer: expected at most ${maxBytes} bytes`)
      chunks.push(chunk)
    }
    if (statusCode >= 300 && statusCode < 400) throw new PcnError('ERR_PCN_ANSWER', 'answer: expected no redirect')
    return bytesToUtf8(Buffer.concat(chunks))
  } catch (cause) {
    answer.destroy()
    if (cause instanceof PcnError) throw cause
    if (errorCode(cause)?.startsWith('ERR_ENCODING_') === true)
      throw new PcnError('ERR_PCN_ANSWER', 'answer: expected text in UTF-8', { cause })
    throw failureOf(cause, true)
  }
}

function failureOf(cause: unknown, isSent: boolean): PcnError {
  if (cause instanceof PcnError) return cause
  return isSent
    ? new PcnError('ERR_PCN_UNKNOWN', 'a request was sent, and the gateway’s answer did not come in time or not whole', { cause })
    : new PcnError('ERR_PCN_UNREACHABLE', 'the gateway was not reached', { cause })
}

/** As Node checks it, and the key besides. */
function pinned(pin: string): (host: string, certificate: PeerCertificate) => Error | undefined {
  return (host, certificate) => {
    const error = checkServerIdentity(host, certificate)
    if (error !== undefined) return error
    const spki = new X509Certificate(certificate.raw).publicKey.export({ type: 'spki', format: 'der' })
    const isSame = bytesToHex(createHash('sha256').update(spki).digest()) === pin
    return isSame ? undefined : new PcnError('ERR_PCN_PIN', 'the gateway’s TLS key is not the pinned one')
  }
}
