import { addHealthRoutes, createHttpServer, type HttpServerOptions, type ReadinessChecks } from '@hufu/service'
import { AccessCheckers, enforceAccess, type Part, type ProtectionOptions, protectServer, registerOpenApi } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'

export interface GatewayServerOptions extends HttpServerOptions, ProtectionOptions {
  readonly publicUrl: string
  /** Of the operator. */
  readonly operatorToken: string
  readonly readiness: ReadinessChecks
  readonly parts: readonly Part[]
}

const about = {
  version: '0.1.0',
  title: 'Hufu gateway',
  description:
    'Transfers titles between chains with another gateway (SATP), each step proven to the chain that acts on it, and gives signed, proven views of its chains to counterparts that are on the allow-list.',
  securitySchemes: {
    system: { type: 'http', scheme: 'bearer', description: 'Token of the operator' },
  },
}

/** The gateway's server, not yet listening. */
export async function createGatewayServer(options: GatewayServerOptions): Promise<FastifyInstance> {
  const { publicUrl, operatorToken, readiness, parts } = options
  const server = createHttpServer(options)
  protectServer(server, options)
  enforceAccess(server, { publicUrl, systemToken: operatorToken, checkers: new AccessCheckers() })
  await registerOpenApi(server, { publicUrl, ...about })
  addHealthRoutes(server, readiness)
  for (const part of parts) await part.routes(server)
  return server
}
