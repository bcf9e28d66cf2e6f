import {
  type AnswerOf,
  algorithmTypes,
  appInfoEndpoint,
  type Endpoint,
  type MacSigner,
  type MacVerifier,
  openRequest,
  openUnsealedRequest,
  PcnError,
  type RequestHeader,
  type RequestOf,
  sealAnswer,
  sealRefusal,
  unsealedAnswer,
} from '@hufu/pcn'
import type { Json } from '@hufu/primitives'
import { createHttpServer, type HttpServerOptions } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import { Refusal } from './refusal.ts'

/** Settings of {@link openGatewayServer}. */
export interface GatewayServerOptions extends RequestHeader, Pick<HttpServerOptions, 'log' | 'tls'> {
  /** The DApp's access key. */
  readonly client: MacVerifier
  readonly gateway: MacSigner
  readonly appInfo: Omit<AnswerOf<typeof appInfoEndpoint>, 'appName' | 'algorithmType'>
}

/** A server of which nothing but `getAppInfo` is there yet. */
export interface GatewayServer {
  readonly server: FastifyInstance
  /** Answers at an endpoint, to requests with a true mac. What the handler refuses or does not take is refused with its text. */
  serve<E extends Endpoint>(endpoint: E, handle: (body: RequestOf<E>) => Promise<AnswerOf<E>>): void
}

const maxRequestBytes = 4_194_304

/** What every stand-in has: macs on both ways, and a header in each answer that says what it is. */
export function openGatewayServer({ userCode, appCode, client, gateway, appInfo, log, tls }: GatewayServerOptions): GatewayServer {
  const server = createHttpServer({ log, tls, bodyLimitBytes: maxRequestBytes, requestTimeoutMs: 15_000 })
  server.addHook('onSend', async (_request, reply) => void reply.header('x-stand-in', 'hufu: not a gateway of BSN'))
  server.post(appInfoEndpoint.path, async (request, reply) => {
    reply.type('application/json')
    const asked = openUnsealedRequest(appInfoEndpoint, request.body as Json)
    if (asked.userCode !== userCode || asked.appCode !== appCode) return sealRefusal('header: no such DApp', gateway)
    return unsealedAnswer(appInfoEndpoint.answer, { ...appInfo, appName: 'stand-in', algorithmType: algorithmTypes[gateway.algorithm] })
  })
  return {
    server,
    serve(endpoint, handle) {
      server.post(endpoint.path, async (request, reply) => {
        reply.type('application/json')
        try {
          const body = await openRequest(endpoint.request, request.body as Json, { userCode, appCode, verifier: client })
          return await sealAnswer(endpoint.answer, (await handle(body as never)) as never, gateway)
        } catch (error) {
          if (!(error instanceof Refusal || error instanceof PcnError)) throw error
          return sealRefusal(error.message, gateway)
        }
      })
    },
  }
}
