import { type Endpoint, fiscoEndpoints } from '@hufu/pcn'
import type { FastifyInstance } from 'fastify'
import type { EvmNode } from './evm-node.ts'
import { fiscoHandlers } from './fisco-handlers.ts'
import { type GatewayServerOptions, openGatewayServer } from './open-gateway-server.ts'

/** Settings of {@link createFiscoStandIn}. */
export interface FiscoStandInOptions extends Omit<GatewayServerOptions, 'appInfo'> {
  /** What BSN calls `channelId` on FISCO BCOS, too. */
  readonly groupId: string
  readonly node: EvmNode
}

/**
 * BSN's wire API for FISCO BCOS over an EVM stand-in: neither the gateway nor the chain is what it stands for. Users' keys are kept here; transactions
 * that users sign themselves, and events, it does not have.
 */
export function createFiscoStandIn(options: FiscoStandInOptions): FastifyInstance {
  const appInfo = { appType: 'fisco-bcos', caType: 1, mspId: '', channelId: options.groupId, version: '', fabricVersion: '' }
  const { server, serve } = openGatewayServer({ ...options, appInfo })
  const handlers = fiscoHandlers(options.node)
  for (const name of Object.keys(handlers) as (keyof typeof handlers)[]) serve(fiscoEndpoints[name] as Endpoint, handlers[name] as never)
  return server
}
