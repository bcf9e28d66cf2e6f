import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { DatabaseFailures } from './database-failures.ts'
import { ServiceError } from './errors.ts'
import type { JobCounts } from './job-table.ts'
import type { PoolCounts } from './open-postgres-database.ts'

/** In seconds. */
const durations = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]

/** What is measured: the process, event loop and memory from the start. No label ever holds what identifies a person; add such as name routes and kinds. */
export function createMetrics(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Measures how long requests take, by route and status. Routes stand as they were written, never as they were called. */
export function measureRequests(server: FastifyInstance, registry: Registry): void {
  const seconds = new Histogram({
    name: 'hufu_http_request_duration_seconds',
    help: 'How long requests took, by method, route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: durations,
    registers: [registry],
  })
  const inFlight = new Gauge({ name: 'hufu_http_requests_in_flight', help: 'Requests under way', registers: [registry] })
  server.addHook('onRequest', async (_request, reply) => {
    inFlight.inc()
    reply.raw.once('close', () => inFlight.dec())
  })
  server.addHook('onResponse', async (request, reply) => {
    const { method, is404, routeOptions } = request
    seconds.observe({ method, route: is404 ? 'none' : (routeOptions.url ?? 'none'), status: reply.statusCode }, reply.elapsedTime / 1000)
  })
}

/** Counts requests that were refused because of too much load. @returns what to call at each */
export function countShedRequests(registry: Registry): () => void {
  const counter = new Counter({
    name: 'hufu_http_requests_shed_total',
    help: 'Requests answered 503 at once because of too much load',
    registers: [registry],
  })
  return () => counter.inc()
}

/** Counts background work. @param counts - asked when the metrics are */
export function measureJobs(registry: Registry, counts: () => Promise<JobCounts>): void {
  new Gauge({
    name: 'hufu_jobs',
    help: 'Background work that waits, is under way, or keeps failing and waits for another try',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      // Where the database fails, the other measurements are what tells of it.
      const found = await counts().catch(() => ({}))
      this.reset()
      for (const [state, count] of Object.entries(found)) this.set({ state }, count)
    },
  })
}

/** Counts failures of the database. */
export function measureDatabaseFailures(registry: Registry, failures: DatabaseFailures): void {
  new Gauge({
    name: 'hufu_database_failures_total',
    help: 'Statements that failed because the database did not answer, had no room, or could not read or write its files',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      for (const [kind, count] of Object.entries(failures.counts)) this.set({ kind }, count)
    },
  })
}

/** Counts connections to the database. */
export function measurePool(registry: Registry, counts: () => PoolCounts): void {
  new Gauge({
    name: 'hufu_database_pool',
    help: 'Connections to the database, those that are idle, and requests that wait for one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const [state, count] of Object.entries(counts())) this.set({ state }, count)
    },
  })
}

/**
 * `GET /metrics` in Prometheus' text format, for whoever has the token; without a token for this machine only, and not through a proxy, which would make everybody
 * local.
 *
 * @param options.token - bearer token, from a file
 */
export function addMetricsRoute(
  server: FastifyInstance,
  registry: Registry,
  { token }: { readonly token?: string | undefined } = {},
): void {
  const config: FastifyContextConfig & { readonly access: 'public' } = { access: 'public' }
  const schema = { summary: 'Measurements, for Prometheus: by bearer token, or from this machine', tags: ['Server'] } as object
  server.get('/metrics', { config, schema }, async (request, reply) => {
    if (token === undefined ? !isLocal(request) : !hasToken(request, token))
      throw new ServiceError('ERR_SERVICE_UNAUTHORIZED', 'expected the bearer token of the metrics, or a request from this machine')
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}

const proxyHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip']

function isLocal({ headers, socket }: FastifyRequest): boolean {
  const address = socket.remoteAddress ?? ''
  if (isIP(address) === 0 || proxyHeaders.some(name => headers[name] !== undefined)) return false
  return ipaddr.process(address).range() === 'loopback'
}

function hasToken({ headers }: FastifyRequest, token: string): boolean {
  const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  return timingSafeEqual(digestOf(given), digestOf(token))
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
