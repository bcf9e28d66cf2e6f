import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NetworkFolder, NodeFiles } from '../network-folder.ts'
import { type NodeProcess, type NodeProgram, startNode } from '../node-process.ts'
import { type NodeStatus, nodeStatus } from '../node-status.ts'
import type { NodePorts } from '../ports.ts'
import { configOfOneMore, type DrillKey, writeWallet } from './drill-keys.ts'
import type { PeerProxy } from './peer-proxy.ts'
import { routePeers } from './route-peers.ts'

/** One more node than validators: it follows the chain, and signs once its key is voted in. */
export class SpareNode {
  readonly files: NodeFiles
  #process: NodeProcess | undefined

  private constructor(files: NodeFiles) {
    this.files = files
  }

  /** Makes its folder beside the others. */
  static create(network: NetworkFolder, key: DrillKey, ports: NodePorts, proxy: PeerProxy): SpareNode {
    const name = `city-${network.nodes.length + 1}`
    const folder = join(network.folder, name)
    const files = { ...network.nodes[0]!, name, ports, folder, configFile: join(folder, 'config.yml'), logFile: join(folder, 'node.log') }
    mkdirSync(folder)
    writeWallet(folder, [key])
    writeFileSync(files.configFile, configOfOneMore(network.nodes[0]!.configFile, ports), { mode: 0o600 })
    const index = network.nodes.length
    routePeers({ index, configFile: files.configFile, p2pPort: ports.p2p }, [...network.nodes.keys()], proxy)
    return new SpareNode(files)
  }

  get rpcUrl(): string {
    return `http://127.0.0.1:${this.files.ports.rpc}`
  }

  start(program: NodeProgram): void {
    this.#process ??= startNode(this.files, program)
  }

  status(): Promise<NodeStatus> {
    return nodeStatus(this.files, this.#process?.pid ?? null)
  }

  async stop(): Promise<void> {
    await this.#process?.stop()
    this.#process = undefined
  }
}
