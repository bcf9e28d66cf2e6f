import { setTimeout as sleepFor } from 'node:timers/promises'
import { type Endpoint, type FabricUser, fabricEndpoints, parseFabricBlock, standInEndpoints } from '@hufu/pcn'
import { type Clock, systemClock } from '@hufu/primitives'
import type { FastifyInstance } from 'fastify'
import { CallbackSender, type CallbackSenderOptions } from './callback-sender.ts'
import type { CertificateAuthority } from './certificate-authority.ts'
import { EventBook } from './event-book.ts'
import { fabricHandlers } from './fabric-handlers.ts'
import type { FabricNode } from './fabric-node.ts'
import { type GatewayServerOptions, openGatewayServer } from './open-gateway-server.ts'
import { StandInUsers } from './stand-in-users.ts'

/** Settings of {@link createStandIn}. */
export interface StandInOptions extends Omit<GatewayServerOptions, 'appInfo'> {
  readonly orgCode: string
  readonly mspId: string
  /** 1: the stand-in makes and keeps the users' keys; 2: they do. */
  readonly caType: 1 | 2
  readonly node: FabricNode
  readonly authority: CertificateAuthority
  /** In whose name is called if a request names no user. */
  readonly defaultUser: FabricUser
  readonly clock?: Clock
  /** For the wait between two attempts at a callback; default by the machine's clock. */
  readonly sleep?: CallbackSenderOptions['sleep']
  readonly postCallback?: CallbackSenderOptions['post']
}

const followAgainMs = 250

/**
 * A stand-in for a BSN city node's gateway, in front of a real Fabric: what BSN documents, as far as it is documented. Its weaknesses are BSN's: joined
 * fields without borders, and nothing in a request that says when it was made.
 */
export function createStandIn(options: StandInOptions): FastifyInstance {
  const { userCode, appCode, orgCode, mspId, caType, gateway, node, authority, defaultUser, log } = options
  const { clock = systemClock, sleep = sleepUntil, postCallback } = options
  const appInfo = { appType: 'fabric', caType, mspId, channelId: node.channel, version: '', fabricVersion: '3.1.1' }
  const { server, serve } = openGatewayServer({ ...options, appInfo })
  const events = new EventBook(orgCode)
  const users = new StandInUsers({ authority, mspId, appCode, caType })
  const header = { userCode, appCode }
  const sender = new CallbackSender({ header, signer: gateway, sleep, ...(postCallback && { post: postCallback }) })
  const handlers = fabricHandlers({ node, users, events, caType, userCode, appCode, orgCode, defaultUser, clock })
  const stopped = new AbortController()

  const endpoints = { ...fabricEndpoints, ...standInEndpoints }
  for (const name of Object.keys(endpoints) as (keyof typeof endpoints)[]) serve(endpoints[name] as Endpoint, handlers[name] as never)

  /** Tells of what blocks say, from now on, through any loss of the peer. */
  async function follow(): Promise<void> {
    let next: number | undefined
    while (!stopped.signal.aborted) {
      try {
        next ??= (await node.ledger()).height
        for await (const bytes of node.blocks(next, stopped.signal)) {
          const block = parseFabricBlock(bytes)
          for (const callback of events.callbacksOf(block)) sender.send(callback)
          next = block.number + 1
        }
      } catch (error) {
        log.warn({ err: error }, 'blocks are not told for a while')
      }
      await sleepUntil(followAgainMs, stopped.signal)
    }
  }

  let following: Promise<void> | undefined
  server.addHook('onReady', async () => {
    following = follow()
  })
  server.addHook('onClose', async () => {
    stopped.abort()
    await Promise.all([following, sender.stop()])
  })
  return server
}

/** Settles early when the signal aborts. */
async function sleepUntil(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, { signal }).catch(() => undefined)
}
