import { addHealthRoutes, createHttpServer, createMetrics, type HttpServerOptions, type ReadinessChecks } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import { AccessCheckers } from './access/access-checkers.ts'
import { type AccessOptions, enforceAccess } from './access/enforce-access.ts'
import { type ProtectionOptions, protectServer } from './access/protect-server.ts'
import { registerOpenApi } from './openapi/register-open-api.ts'
import type { Part } from './parts/part.ts'
import { publishedListRoutes } from './published-lists/published-list-routes.ts'
import { type ResolverOptions, resolverRoutes } from './resolver/resolver-routes.ts'
import { type TreeRouteOptions, treeRoutes } from './trees/tree-routes.ts'
import { registerVcApi } from './vc-api/register-vc-api.ts'
import type { VcApiServices } from './vc-api/vc-api-services.ts'

export interface InstitutionServerOptions extends HttpServerOptions, Omit<ProtectionOptions, 'metrics'> {
  readonly publicUrl: string
  readonly readiness: ReadinessChecks
  readonly vcApi: VcApiServices
  /** Default: counted for nobody. */
  readonly metrics?: ProtectionOptions['metrics']
  /** Who may call what is not public; by default nobody. */
  readonly access?: Omit<AccessOptions, 'publicUrl'>
  /** What the resolver answers from; without it there is none. */
  readonly resolver?: ResolverOptions | undefined
  /** Credential trees to give out; without it there are none. */
  readonly trees?: TreeRouteOptions | undefined
  /** Status lists of an issuer's desk; without it none are given out. */
  readonly publishedFolder?: string | undefined
  /** What the institution's roles add. */
  readonly parts?: readonly Part[]
}

const version = '0.1.0'

/** An institution's server with its roles, not yet listening. */
export async function createInstitutionServer(options: InstitutionServerOptions): Promise<FastifyInstance> {
  const { publicUrl, readiness, vcApi, resolver, trees, publishedFolder, parts = [], metrics = createMetrics() } = options
  const server = createHttpServer(options)
  protectServer(server, { ...options, metrics })
  enforceAccess(server, { systemToken: undefined, checkers: new AccessCheckers(), ...options.access, publicUrl })
  await registerOpenApi(server, { publicUrl, version })
  addHealthRoutes(server, readiness)
  registerVcApi(server, vcApi)
  if (resolver !== undefined) resolverRoutes(server, resolver)
  if (trees !== undefined) treeRoutes(server, trees)
  if (publishedFolder !== undefined) await publishedListRoutes(server, { folder: publishedFolder })
  for (const part of parts) await part.routes(server)
  return server
}
