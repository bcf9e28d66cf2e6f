import type { FastifyInstance, FastifyRequest } from 'fastify'
import { clientOf } from './client-of.ts'
import { ServiceError } from './errors.ts'

export interface LoadOptions {
  /** Requests under way from which on new clients are refused; default 64. */
  readonly maxInFlight?: number
  /** How late the event loop may be, in milliseconds, before new clients are refused, while an eighth of the requests above is under way; default 40. */
  readonly maxLagMs?: number
  /** What else tells that there is too much to do, such as requests that wait for a connection to the database. */
  readonly isBusy?: () => boolean
  /** Requests that are always taken: by default those to `/health/…` and `/metrics`, and what did not come over a connection (a test's, within one turn of the event loop). */
  readonly isExempt?: (request: FastifyRequest) => boolean
  /** Told of each refusal. */
  readonly onRefusal?: () => void
}

const lookEveryMs = 10
const retryAfterSeconds = 5

/** How long a client that was taken counts as known after its last request, and how many are remembered. */
const knownForMs = 60_000
const maxKnown = 20_000

/** Known clients are refused as well when there is this many times too much. */
const lastResort = 4

/**
 * Answers 503 with `Retry-After` at once where there is too much to do, before anything is read or looked up: what was taken on stays fast. Clients that were
 * served within the last minute go on being served; new ones are sent away first. So whoever is in the middle of something can finish it. Call it before other
 * hooks.
 */
export function shedLoad(server: FastifyInstance, options: LoadOptions = {}): void {
  const { maxInFlight = 64, maxLagMs = 40, isBusy = () => false, isExempt = isAlwaysTaken, onRefusal = () => undefined } = options
  const known = new KnownClients()
  const lag = watchLag(server)
  let inFlight = 0
  server.addHook('onRequest', async (request, reply) => {
    if (isExempt(request)) return
    // A loop that is late with next to nothing to do was held up once, by a long calculation or a busy machine: that is over when the request is looked at.
    const isQueue = inFlight >= maxInFlight / 8
    const pressure = Math.max(inFlight / maxInFlight, isQueue ? lag() / maxLagMs : 0)
    const client = clientOf(request.ip)
    const nowMs = performance.now()
    if (pressure >= lastResort || ((pressure >= 1 || isBusy()) && !known.has(client, nowMs))) {
      onRefusal()
      reply.header('retry-after', retryAfterSeconds)
      throw new ServiceError('ERR_SERVICE_OVERLOADED', 'the server has too much to do: try again later')
    }
    known.add(client, nowMs)
    inFlight++
    reply.raw.once('close', () => inFlight--)
  })
}

function isAlwaysTaken({ routeOptions: { url = '' }, socket }: FastifyRequest): boolean {
  return url.startsWith('/health/') || url === '/metrics' || socket.remotePort === undefined
}

/** How late the event loop is: at its last look, or by how much that look is overdue. */
function watchLag(server: FastifyInstance): () => number {
  let expectedMs = performance.now() + lookEveryMs
  let lagMs = 0
  const timer = setInterval(() => {
    const nowMs = performance.now()
    // The highest of the last few looks: one look between two long tasks would hide them.
    lagMs = Math.max(nowMs - expectedMs, lagMs * 0.8)
    expectedMs = nowMs + lookEveryMs
  }, lookEveryMs)
  timer.unref()
  server.addHook('onClose', async () => clearInterval(timer))
  return () => Math.max(lagMs, performance.now() - expectedMs)
}

class KnownClients {
  readonly #lastMs = new Map<string, number>()

  has(client: string, nowMs: number): boolean {
    return nowMs - (this.#lastMs.get(client) ?? Number.NEGATIVE_INFINITY) < knownForMs
  }

  add(client: string, nowMs: number): void {
    this.#lastMs.delete(client)
    this.#lastMs.set(client, nowMs)
    const [oldest] = this.#lastMs.size > maxKnown ? this.#lastMs.keys() : []
    if (oldest !== undefined) this.#lastMs.delete(oldest)
  }
}
