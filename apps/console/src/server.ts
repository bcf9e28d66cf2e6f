import { addHealthRoutes, createHttpServer, createMetrics, type HttpServerOptions, type ReadinessChecks } from '@hufu/service'
import {
  AccessCheckers,
  type AccessOptions,
  enforceAccess,
  type Part,
  type ProtectionOptions,
  protectServer,
  registerOpenApi,
} from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import { consoleRoles } from './console-roles.ts'

export interface ConsoleServerOptions extends HttpServerOptions, Omit<ProtectionOptions, 'metrics'> {
  readonly publicUrl: string
  readonly readiness: ReadinessChecks
  /** Default: counted for nobody. */
  readonly metrics?: ProtectionOptions['metrics']
  /** Whose session a request belongs to. */
  readonly findSession: NonNullable<AccessOptions['findSession']>
  readonly clock?: AccessOptions['clock']
  readonly parts: readonly Part[]
}

const about = {
  version: '0.1.0',
  title: 'Hufu console',
  description:
    'Shows the validators, the council, the trust registry, the credential trees and whatever else stands on the ledger, each answer with what proves it. Whoever signs in operates, votes or audits.',
}

/** The console's server, not yet listening. */
export async function createConsoleServer(options: ConsoleServerOptions): Promise<FastifyInstance> {
  const { publicUrl, readiness, metrics = createMetrics(), findSession, clock, parts } = options
  const server = createHttpServer(options)
  protectServer(server, { ...options, metrics })
  enforceAccess(server, {
    ...{ publicUrl, roles: consoleRoles.all, systemToken: undefined, checkers: new AccessCheckers(), findSession },
    ...(clock === undefined ? {} : { clock }),
  })
  await registerOpenApi(server, { publicUrl, ...about })
  addHealthRoutes(server, readiness)
  for (const part of parts) await part.routes(server)
  return server
}
