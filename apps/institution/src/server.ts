import { addHealthRoutes, createHttpServer, createMetrics, type HttpServerOptions, type ReadinessChecks } from '@hufu/service'
import type { Part } from '@hufu/staff'
import { AccessCheckers, type AccessOptions, enforceAccess, type ProtectionOptions, protectServer, registerOpenApi } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import { staffRoles } from './access/access.ts'
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

const description = {
  title: 'Hufu institution node',
  description: 'Issues, verifies, signs people in, hands records over and resolves: whichever of it this institution does.',
  securitySchemes: {
    system: { type: 'http', scheme: 'bearer', description: 'Token of the institution’s own systems' },
    wallet: {
      type: 'http',
      scheme: 'DPoP',
      description: 'Access token of a wallet, bound to its key (RFC 9449); or Bearer, where it was asked for so',
    },
    peer: {
      type: 'apiKey',
      in: 'header',
      name: 'hufu-message',
      description: 'A message of another institution: a JWS by its DID over method, path and hash of the body',
    },
  },
}

/** An institution's server with its roles, not yet listening. */
export async function createInstitutionServer(options: InstitutionServerOptions): Promise<FastifyInstance> {
  const { publicUrl, readiness, vcApi, resolver, trees, publishedFolder, parts = [], metrics = createMetrics() } = options
  const server = createHttpServer(options)
  protectServer(server, { ...options, metrics })
  enforceAccess(server, { systemToken: undefined, checkers: new AccessCheckers(), roles: staffRoles, ...options.access, publicUrl })
  await registerOpenApi(server, { publicUrl, version, ...description })
  addHealthRoutes(server, readiness)
  registerVcApi(server, vcApi)
  if (resolver !== undefined) resolverRoutes(server, resolver)
  if (trees !== undefined) treeRoutes(server, trees)
  if (publishedFolder !== undefined) await publishedListRoutes(server, { folder: publishedFolder })
  for (const part of parts) await part.routes(server)
  return server
}
