import { parseJson } from '@hufu/primitives'
import { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify'
import type { Logger } from 'pino'
import { problemMediaType, problemOf } from './problem.ts'

export interface HttpServerOptions {
  readonly log: Logger
  /** Largest request body. */
  readonly bodyLimitBytes: number
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number
  /** Certificate chain and key in PEM; without them the server speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
}

/** Media types whose bodies are JSON. */
const jsonMediaType = /^application\/(json|ld\+json|vc|vp|did|[a-z.-]+\+json)\s*(;|$)/

/**
 * A Fastify server with what every server of ours has: strict JSON bodies, problem answers (RFC 9457), security headers, and a log that names
 * routes and never what was sent.
 */
export function createHttpServer({ log, bodyLimitBytes, requestTimeoutMs, tls }: HttpServerOptions): FastifyInstance {
  const settings = {
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    return503OnClosing: true,
  } as const
  // Fastify's type names the kind of socket; nothing here looks at it.
  const server =
    tls === undefined
      ? fastify(settings)
      : (fastify({ ...settings, https: { ...tls, minVersion: 'TLSv1.2' } }) as unknown as FastifyInstance)
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(jsonMediaType, { parseAs: 'string' }, async (_request: FastifyRequest, body: string) => parseJson(body))
  server.addHook('onSend', async (_request, reply) => void addSecurityHeaders(reply, tls !== undefined))
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
  return reply
    .code(problem.status)
    .header('content-type', problemMediaType)
    .send(Buffer.from(JSON.stringify(problem)))
}

function addSecurityHeaders(reply: FastifyReply, isTls: boolean): void {
  reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer')
  reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  if (isTls) reply.header('strict-transport-security', 'max-age=31536000')
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
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
