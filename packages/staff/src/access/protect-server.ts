import {
  addMetricsRoute,
  type ClockWatch,
  countShedRequests,
  type Database,
  limitRates,
  measureDatabaseFailures,
  measureJobs,
  measurePool,
  measureRequests,
  type OpenedJobs,
  type PostgresDatabase,
  type Rate,
  shedLoad,
} from '@hufu/service'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Registry as MetricsRegistry } from 'prom-client'
import type { Access } from './access.ts'

const rates = {
  public: { perSecond: 50, burst: 200 },
  wallet: { perSecond: 50, burst: 200 },
  /** Where codes, passkeys or tokens are tried. */
  token: { perSecond: 20, burst: 100 },
  staff: { perSecond: 50, burst: 200 },
  peer: { perSecond: 50, burst: 200 },
  system: { perSecond: 500, burst: 1000 },
} as const satisfies Readonly<Record<string, Rate>>

export type RateClass = keyof typeof rates

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which limit of requests counts; by default the one of its `access`. `none` for what must always answer. */
    readonly rate?: RateClass | 'none'
  }
}

export interface ProtectionOptions {
  readonly metrics: MetricsRegistry
  readonly metricsToken?: string | undefined
  /** In percent of the usual limits; 0: none, and nobody is sent away for too much to do either. */
  readonly rateLimitPercent: number
  readonly trustedProxies?: readonly string[]
  readonly database?: Database | PostgresDatabase | undefined
  readonly jobs?: Pick<OpenedJobs, 'counts'> | undefined
  /** Nothing is done while it does not confirm the server's clock. */
  readonly clockWatch?: Pick<ClockWatch, 'confirm'> | undefined
}

/** Requests that wait for a connection to the database before new clients are sent away. */
const maxWaitingForDatabase = 50

/**
 * Measures requests, limits what one address may ask for, sends new clients away where there is too much to do, and does nothing by a wrong clock. Call it before any route is added, right after
 * the server was made.
 */
export function protectServer(server: FastifyInstance, options: ProtectionOptions): void {
  const { metrics, metricsToken, rateLimitPercent, trustedProxies = [], database, jobs, clockWatch } = options
  const poolCounts = database !== undefined && 'poolCounts' in database ? database.poolCounts : undefined
  measureRequests(server, metrics)
  if (jobs !== undefined) measureJobs(metrics, jobs.counts)
  if (poolCounts !== undefined) measurePool(metrics, poolCounts)
  if (database?.failures !== undefined) measureDatabaseFailures(metrics, database.failures)
  if (rateLimitPercent > 0) {
    limitRates(server, { rates: scaledBy(rateLimitPercent / 100), classOf: rateClassOf })
    shedLoad(server, {
      trustedProxies,
      isBusy: () => (poolCounts?.().waiting ?? 0) > maxWaitingForDatabase,
      onRefusal: countShedRequests(metrics),
    })
  }
  if (clockWatch !== undefined) confirmClock(server, clockWatch)
  addMetricsRoute(server, metrics, { token: metricsToken })
}

function confirmClock(server: FastifyInstance, clockWatch: Pick<ClockWatch, 'confirm'>): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const confirmed = isAboutServer(request) ? undefined : clockWatch.confirm()
    if (confirmed === undefined) done()
    else confirmed.then(() => done(), done)
  })
}

/** Health and metrics, which must always answer. */
function isAboutServer({ routeOptions: { url = '' } }: FastifyRequest): boolean {
  return url.startsWith('/health/') || url === '/metrics'
}

function scaledBy(factor: number): Readonly<Record<RateClass, Rate>> {
  const scaled = Object.entries<Rate>(rates).map(([name, { perSecond, burst }]) => [
    name,
    { perSecond: perSecond * factor, burst: Math.max(1, burst * factor) },
  ])
  return Object.fromEntries(scaled) as Readonly<Record<RateClass, Rate>>
}

function rateClassOf(request: FastifyRequest): RateClass | undefined {
  if (request.is404) return 'public'
  const { config } = request.routeOptions
  if (config.rate === 'none' || isAboutServer(request)) return undefined
  return config.rate ?? classOfAccess(config.access)
}

function classOfAccess(access: Access | undefined): RateClass {
  if (access === undefined) return 'public'
  return typeof access === 'string' ? access : 'staff'
}
