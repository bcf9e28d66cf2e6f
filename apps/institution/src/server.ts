import { addHealthRoutes, createHttpServer, type HttpServerOptions, type ReadinessChecks } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import { publishedListRoutes } from './published-lists/published-list-routes.ts'
import { type ResolverOptions, resolverRoutes } from './resolver/resolver-routes.ts'
import { type TreeRouteOptions, treeRoutes } from './trees/tree-routes.ts'
import { registerVcApi } from './vc-api/register-vc-api.ts'
import type { VcApiServices } from './vc-api/vc-api-services.ts'

export interface InstitutionServerOptions extends HttpServerOptions {
  readonly readiness: ReadinessChecks
  readonly vcApi: VcApiServices
  /** What the resolver answers from; without it there is none. */
  readonly resolver?: ResolverOptions | undefined
  /** Credential trees to give out; without it there are none. */
  readonly trees?: TreeRouteOptions | undefined
  /** Status lists of an issuer's desk; without it none are given out. */
  readonly publishedFolder?: string | undefined
}

/** An institution's server with its roles, not yet listening. */
export async function createInstitutionServer(options: InstitutionServerOptions): Promise<FastifyInstance> {
  const { readiness, vcApi, resolver, trees, publishedFolder } = options
  const server = createHttpServer(options)
  addHealthRoutes(server, readiness)
  registerVcApi(server, vcApi)
  if (resolver !== undefined) resolverRoutes(server, resolver)
  if (trees !== undefined) treeRoutes(server, trees)
  if (publishedFolder !== undefined) await publishedListRoutes(server, { folder: publishedFolder })
  return server
}
