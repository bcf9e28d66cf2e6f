import { addHealthRoutes, createHttpServer, type HttpServerOptions, type ReadinessChecks } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import { registerVcApi } from './vc-api/register-vc-api.ts'
import type { VcApiServices } from './vc-api/vc-api-services.ts'

export interface InstitutionServerOptions extends HttpServerOptions {
  readonly readiness: ReadinessChecks
  readonly vcApi: VcApiServices
}

/** An institution's server with its roles, not yet listening. */
export function createInstitutionServer({ readiness, vcApi, ...options }: InstitutionServerOptions): FastifyInstance {
  const server = createHttpServer(options)
  addHealthRoutes(server, readiness)
  registerVcApi(server, vcApi)
  return server
}
