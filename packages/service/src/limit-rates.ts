import type { FastifyInstance, FastifyRequest } from 'fastify'
import { clientOf } from './client-of.ts'
import { ServiceError } from './errors.ts'
import { type Rate, TokenBuckets } from './token-buckets.ts'

export interface RateOptions<Class extends string> {
  /** For each class of routes. */
  readonly rates: Readonly<Record<Class, Rate>>
  /** The class of a route; undefined: no limit. */
  readonly classOf: (request: FastifyRequest) => Class | undefined
  /** Default: a clock that only goes forward. */
  readonly nowMs?: () => number
}

/**
 * Refuses clients that ask too often with 429 and `Retry-After`. Clients are told apart by address (of IPv6 by /64), classes of routes count by themselves, and
 * each process counts for itself: what must not be tried often by anybody, such as a transaction code, has its own limit in the database.
 */
export function limitRates<Class extends string>(server: FastifyInstance, options: RateOptions<Class>): void {
  const { rates, classOf, nowMs = () => performance.now() } = options
  const buckets = new Map(Object.entries<Rate>(rates).map(([name, rate]) => [name, new TokenBuckets(rate)]))
  server.addHook('onRequest', async (request, reply) => {
    const waitMs = buckets.get(classOf(request) ?? '')?.take(clientOf(request.ip), nowMs()) ?? 0
    if (waitMs === 0) return
    reply.header('retry-after', Math.ceil(waitMs / 1000))
    throw new ServiceError('ERR_SERVICE_RATE', 'too many requests: try again later')
  })
}
