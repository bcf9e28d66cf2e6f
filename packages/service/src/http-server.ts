import { bytesToUtf8, parseJson } from '@hufu/primitives'
import { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify'
import type { Logger } from 'pino'
import { openToAnyOrigin } from './open-to-any-origin.ts'
import { answerPolicy, pagePolicy } from './page-policy.ts'
import { parseForm } from './parse-form.ts'
import { problemMediaType, problemOf } from './problem.ts'
import { validateStrictly } from './validate-strictly.ts'

export interface HttpServerOptions {
  readonly log: Logger
  /** Largest request body. */
  readonly bodyLimitBytes: number
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number
  /** How long a connection may say nothing between two requests; default 15,000 ms. */
  readonly keepAliveTimeoutMs?: number
  /** How long a connection may stand still while a request or its answer is under way, as with a client that does not read; default 120,000 ms. */
  readonly stallTimeoutMs?: number
  /** Requests of one connection, after which it is closed; default 10,000. */
  readonly maxRequestsPerConnection?: number
  /** Connections at one time; default 4,096. */
  readonly maxConnections?: number
  /** Addresses of proxies whose `X-Forwarded-For` is believed; default none. */
  readonly trustedProxies?: readonly string[]
  /** Certificate chain and key in PEM; without them the server speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
}

/** How often connections are looked at that have taken too long: a limit may be exceeded by as much. */
const connectionsCheckMs = 1_000
const maxHeaderBytes = 16_384
const retryAfterSeconds = 5
/** A year of HTTPS alone, for the hosts below as well. */
export const strictTransportSecurity = 'max-age=31536000; includeSubDomains'

/** Media types whose bodies are JSON. */
const jsonMediaType = /^application\/(json|ld\+json|vc|vp|did|[a-z.-]+\+json)\s*(;|$)/

/**
 * A Fastify server with what every server of ours has: strict bodies of JSON and forms, problem answers (RFC 9457), security headers, limits on slow and idle
 * connections, and a log that names routes and never what was sent. Routes may say `config.cors` and `config.page`.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const {
    log,
    bodyLimitBytes,
    requestTimeoutMs,
    keepAliveTimeoutMs = 15_000,
    stallTimeoutMs = 120_000,
    maxRequestsPerConnection = 10_000,
    trustedProxies = [],
    tls,
  } = options
  const settings = {
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionTimeout: stallTimeoutMs,
    maxRequestsPerSocket: maxRequestsPerConnection,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    return503OnClosing: true,
  } as const
  // Node asks for both to be set, and looks every 30 seconds if it is not told otherwise.
  const connections = {
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: connectionsCheckMs,
    maxHeaderSize: maxHeaderBytes,
  }
  // Fastify's type names the kind of socket; nothing here looks at it.
  const server =
    tls === undefined
      ? fastify({ ...settings, http: connections })
      : (fastify({ ...settings, https: { ...connections, ...tls, minVersion: 'TLSv1.2' } }) as unknown as FastifyInstance)
  server.removeAllContentTypeParsers()
  // Bytes, for reading them as text would put other characters in place of what is no UTF-8.
  server.addContentTypeParser(jsonMediaType, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
    parseJson(bytesToUtf8(body), { maxLength: request.routeOptions.bodyLimit }),
  )
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async (_request: FastifyRequest, body: string) =>
    parseForm(body),
  )
  server.server.maxConnections = options.maxConnections ?? 4_096
  validateStrictly(server)
  openToAnyOrigin(server)
  server.addHook('onSend', async (request, reply) => void addSecurityHeaders(request, reply, tls !== undefined))
  closeConnectionsWhenStopping(server)
  server.addHook('onResponse', async (request, reply) => logRequest(request, reply))
  server.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  server.setNotFoundHandler((request, reply) => sendProblem({ statusCode: 404 }, request, reply))
  return server
}

/** Answers with the problem that an error is, and tells the log about one that nobody foresaw. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error)
  if (problem.status >= 500) request.log.error({ err: error }, 'request failed')
  // Bytes, because Fastify appends a charset to text, and this media type has no such parameter.
  if (problem.status === 503) reply.header('retry-after', String(retryAfterSeconds))
  return reply
    .code(problem.status)
    .header('content-type', problemMediaType)
    .send(Buffer.from(JSON.stringify(problem)))
}

function addSecurityHeaders(request: FastifyRequest, reply: FastifyReply, isTls: boolean): void {
  reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer')
  if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', policyFor(request))
  if (isTls) reply.header('strict-transport-security', strictTransportSecurity)
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
}

function policyFor({ is404, routeOptions }: FastifyRequest): string {
  const page = is404 ? undefined : routeOptions.config.page
  return page === undefined ? answerPolicy : pagePolicy(page === true ? {} : page)
}

/** A connection kept alive after its last answer would keep the server from ending. */
function closeConnectionsWhenStopping(server: FastifyInstance): void {
  let stopping = false
  server.addHook('preClose', async () => {
    stopping = true
  })
  server.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close')
  })
}

function logRequest({ method, routeOptions, log }: FastifyRequest, reply: FastifyReply): void {
  log.info({ method, route: routeOptions.url ?? null, status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) }, 'request')
}
