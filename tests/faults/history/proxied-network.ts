import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { routePeers } from '../../../network/src/drill/route-peers.ts'
import { freePorts } from '../../../network/src/ports.ts'
import type { ProxyCommand, ProxyOrder } from './proxy-thread.ts'

/** Seven validators whose words to each other pass a proxy. */
export interface ProxiedNetwork {
  readonly network: TestNetwork
  /** Cuts the lines between groups of nodes; nodes that are in none are alone. */
  cut(groups: readonly (readonly number[])[]): Promise<void>
  /** Mends all lines. */
  heal(): Promise<void>
  stop(): Promise<void>
}

const validators = 7
const portsPerNode = 3

export async function startProxiedNetwork(): Promise<ProxiedNetwork> {
  const network = await startTestNetwork({ validators })
  const { nodes } = network
  const ports = await freePorts(Math.ceil((validators * (validators - 1)) / portsPerNode))
  const order: ProxyOrder = {
    p2pPorts: nodes.files.nodes.map(node => node.ports.p2p),
    ports: ports.flatMap(({ p2p, rpc, metrics }) => [p2p, rpc, metrics]),
  }
  const thread = new Worker(new URL('./proxy-thread.ts', import.meta.url), { workerData: order })
  const done = async (command: ProxyCommand): Promise<void> => {
    thread.postMessage(command)
    await once(thread, 'message')
  }
  const stop = async (): Promise<void> => {
    await network.stop()
    await thread.terminate()
  }
  try {
    const [dialled] = (await once(thread, 'message')) as [readonly (readonly number[])[]]
    const all = [...nodes.files.nodes.keys()]
    await Promise.all(all.map(index => nodes.stopNode(index)))
    for (const [index, { configFile, ports: own }] of nodes.files.nodes.entries())
      routePeers({ index, configFile, p2pPort: own.p2p }, all, { portOf: (from, to) => dialled[from]![to]! })
    for (const index of all) nodes.startNode(index)
    await nodes.ready()
    return { network, cut: done, heal: () => done(null), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
