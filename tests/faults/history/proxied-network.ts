import { seededRandom } from '@hufu/network'
import { startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { PeerProxy } from '../../../network/src/drill/peer-proxy.ts'
import { routePeers } from '../../../network/src/drill/route-peers.ts'
import { freePorts } from '../../../network/src/ports.ts'

/** Seven validators whose words to each other pass a proxy. */
export interface ProxiedNetwork {
  readonly network: TestNetwork
  readonly proxy: PeerProxy
  stop(): Promise<void>
}

const validators = 7
const portsPerNode = 3

/** @param seed - decides delays, if the proxy is told to make any */
export async function startProxiedNetwork(seed: string): Promise<ProxiedNetwork> {
  const network = await startTestNetwork({ validators })
  const { nodes } = network
  const ports = await freePorts(Math.ceil((validators * (validators - 1)) / portsPerNode))
  const proxy = await PeerProxy.start(
    nodes.files.nodes.map(node => node.ports.p2p),
    ports.flatMap(({ p2p, rpc, metrics }) => [p2p, rpc, metrics]),
    seededRandom(`${seed} delays`),
  )
  const stop = async (): Promise<void> => {
    await network.stop()
    proxy.stop()
  }
  try {
    const all = [...nodes.files.nodes.keys()]
    await Promise.all(all.map(index => nodes.stopNode(index)))
    for (const [index, { configFile, ports: own }] of nodes.files.nodes.entries())
      routePeers({ index, configFile, p2pPort: own.p2p }, all, proxy)
    for (const index of all) nodes.startNode(index)
    await nodes.ready()
    return { network, proxy, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
