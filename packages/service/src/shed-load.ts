import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { Admission } from './admission.ts'
import { addressOf, clientOf, networkMatcher } from './client-of.ts'
import { ServiceError } from './errors.ts'
import { problemMediaType, problemOf } from './problem.ts'

export interface LoadOptions {
  /** Requests under way from which on there is too much to do; default 64. */
  readonly maxInFlight?: number
  /** How late the event loop may be, in milliseconds, while an eighth of the requests above is under way; default 20. */
  readonly maxLagMs?: number
  /** What else tells that there is too much to do, such as requests that wait for a connection to the database. */
  readonly isBusy?: () => boolean
  /** Paths that are always answered; default `/health/…` and `/metrics`. */
  readonly isExempt?: (path: string) => boolean
  /** Proxies whose `X-Forwarded-For` is believed; default none. */
  readonly trustedProxies?: readonly string[]
  /** Told of each refusal. */
  readonly onRefusal?: () => void
}

const lookEveryMs = 10
const retryAfterSeconds = 5
const largestDiscardedBytes = 65_536

/**
 * Answers 503 with `Retry-After` at once where there is too much to do, before anything is read or looked up: what was taken on stays fast. Clients that were
 * there before are served, of new ones as many as there is room for ({@link Admission}). It looks at what comes over connections, before the framework does, for a
 * refusal must cost little.
 */
export function shedLoad(server: FastifyInstance, options: LoadOptions = {}): void {
  const { maxInFlight = 64, maxLagMs = 20, isBusy = () => false, isExempt = isAlwaysAnswered, onRefusal = () => undefined } = options
  const isTrusted = networkMatcher(options.trustedProxies ?? [])
  const admission = new Admission()
  let inFlight = 0
  watchLag(server, (lagMs, nowMs) => {
    // A loop that is late with next to nothing to do was held up once, by a long calculation or a busy machine: that is over when it is noticed.
    const isQueue = inFlight >= maxInFlight / 8
    admission.look(Math.max(inFlight / maxInFlight, isQueue ? lagMs / maxLagMs : 0, isBusy() ? 1 : 0), nowMs)
  })
  const handlers = server.server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
  server.server.removeAllListeners('request')
  server.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!isExempt(request.url ?? '')) {
      if (!admission.takes(clientOf(addressOf(request, isTrusted)), inFlight / maxInFlight, performance.now())) {
        onRefusal()
        refuse(request, response)
        return
      }
      inFlight++
      response.once('close', () => inFlight--)
    }
    for (const handle of handlers) handle(request, response)
  })
}

const refusal = problemOf(new ServiceError('ERR_SERVICE_OVERLOADED', 'the server has too much to do: try again later'))
const refusalBody = Buffer.from(JSON.stringify(refusal))

function refuse(request: IncomingMessage, response: ServerResponse): void {
  // A small body is here already and is thrown away, so that whoever tries again need not connect anew: the kernel drops connections that come faster than
  // they are taken. A large one, or one without an end in sight, would have to be read before the next request.
  const isBodySmall =
    Number(request.headers['content-length'] ?? (request.headers['transfer-encoding'] === undefined ? 0 : Infinity)) <=
    largestDiscardedBytes
  if (!isBodySmall) response.setHeader('connection', 'close')
  response.writeHead(refusal.status, {
    'content-type': problemMediaType,
    'content-length': refusalBody.length,
    'retry-after': String(retryAfterSeconds),
    'cache-control': 'no-store',
    // It says the same to everybody: a wallet's page may read it.
    'access-control-allow-origin': '*',
  })
  response.end(request.method === 'HEAD' ? undefined : refusalBody)
}

function isAlwaysAnswered(path: string): boolean {
  return path.startsWith('/health/') || path === '/metrics'
}

/** Tells regularly how late the event loop is: the highest of the last few looks, for one look between two long tasks would hide them. */
function watchLag(server: FastifyInstance, onLook: (lagMs: number, nowMs: number) => void): void {
  let expectedMs = performance.now() + lookEveryMs
  let lagMs = 0
  const timer = setInterval(() => {
    const nowMs = performance.now()
    lagMs = Math.max(nowMs - expectedMs, lagMs * 0.8)
    expectedMs = nowMs + lookEveryMs
    onLook(lagMs, nowMs)
  }, lookEveryMs)
  timer.unref()
  server.addHook('onClose', async () => clearInterval(timer))
}
