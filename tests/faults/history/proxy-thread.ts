// The proxy between validators, on a thread of its own: beside busy clients on theirs it would starve, and blocks with it.
import { parentPort, workerData } from 'node:worker_threads'
import { seededRandom } from '@hufu/network'
import { PeerProxy } from '../../../network/src/drill/peer-proxy.ts'

/** What the thread begins with. Its first message is where each node dials to reach each other: `[from][to]`, 0 for itself. */
export interface ProxyOrder {
  readonly p2pPorts: readonly number[]
  readonly ports: readonly number[]
}

/** Groups to cut the nodes into; null: heal. Each is answered once it is done. */
export type ProxyCommand = readonly (readonly number[])[] | null

const { p2pPorts, ports } = workerData as ProxyOrder
// Nothing is delayed, so that nothing is left to chance.
const proxy = await PeerProxy.start(p2pPorts, ports, seededRandom(''))
const nodes = [...p2pPorts.keys()]
parentPort!.on('message', async (groups: ProxyCommand) => {
  if (groups === null) await proxy.heal()
  else proxy.cut(groups)
  parentPort!.postMessage('done')
})
parentPort!.postMessage(nodes.map(from => nodes.map(to => (from === to ? 0 : proxy.portOf(from, to)))))
