import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockHolder, takeLock, type Unlock } from '@hufu/files'
import type { NetworkStep } from './control/network-request.ts'
import { restartAll } from './control/restart-network.ts'
import { serveRequests } from './control/serve-requests.ts'
import { NetworkError } from './errors.ts'
import { type NetworkFolder, openNetworkFolder } from './network-folder.ts'
import { lastLogLines, type NodeProcess, type NodeProgram, startNode } from './node-process.ts'
import { type NodeStatus, nodeStatus } from './node-status.ts'
import { checkPortsFree } from './ports.ts'

const startTimeoutMs = 60_000
const pollMs = 50

/** A local network whose nodes are children of this process. */
export class LocalNetwork {
  readonly files: NetworkFolder
  readonly #processes: (NodeProcess | undefined)[]
  readonly #unlock: Unlock
  readonly #program: NodeProgram
  readonly #endRequests: () => void

  private constructor(files: NetworkFolder, unlock: Unlock, program: NodeProgram) {
    this.files = files
    this.#program = program
    this.#processes = files.nodes.map(() => undefined)
    this.#unlock = unlock
    this.#endRequests = serveRequests(this)
  }

  /**
   * Starts every node and waits until all answer with the same height.
   *
   * @param program - what all nodes run, also when started again; default: the pinned neo-go
   * @throws FileError `ERR_FILE_LOCKED`: another process runs it
   * @throws NetworkError `ERR_NETWORK_PORT_TAKEN`; `ERR_NETWORK_BINARY`;
   *   `ERR_NETWORK_NODE_ENDED`: a node ended, with the end of its log; `ERR_NETWORK_START_TIMEOUT`: not ready within a minute
   */
  static async start(files: NetworkFolder, program: NodeProgram = {}): Promise<LocalNetwork> {
    const unlock = await takeLock(files.lock)
    const network = new LocalNetwork(files, unlock, program)
    try {
      await checkPortsFree(files.nodes.map(node => node.ports))
      for (const index of files.nodes.keys()) network.startNode(index)
      await network.ready()
      return network
    } catch (error) {
      await network.stop()
      throw error
    }
  }

  /** Process ids by node; null for one that is down. */
  get pids(): readonly (number | null)[] {
    return this.#processes.map(process => (process === undefined || process.hasEnded() ? null : process.pid))
  }

  /** Starts one node that is down; does nothing if it is up. */
  startNode(index: number, program: NodeProgram = this.#program): void {
    if (this.pids[index] === null) this.#processes[index] = startNode(this.files.nodes[index]!, program)
  }

  /** Ends one node at once, as a power cut would. */
  async killNode(index: number): Promise<void> {
    await this.#processes[index]?.kill()
  }

  /** Ends one node in order. */
  async stopNode(index: number): Promise<void> {
    await this.#processes[index]?.stop()
  }

  /** Waits until every node answers with the same height. @throws NetworkError as `start` */
  async ready(): Promise<void> {
    const deadline = Date.now() + startTimeoutMs
    for (;;) {
      this.#refuseEnded()
      const heights = (await this.status()).map(({ height }) => height)
      if (heights.every(height => height !== null && height === heights[0])) return
      if (Date.now() > deadline)
        throw new NetworkError(
          'ERR_NETWORK_START_TIMEOUT',
          'the nodes did not agree on a height within a minute; their logs (node.log) say more',
        )
      await sleep(pollMs)
    }
  }

  status(): Promise<readonly NodeStatus[]> {
    return Promise.all(this.files.nodes.map((node, index) => nodeStatus(node, this.pids[index]!)))
  }

  /** Ends every node in order and lets go of the folder. */
  async stop(): Promise<void> {
    await Promise.all(this.#processes.map(process => (process === undefined || process.hasEnded() ? undefined : process.stop())))
    await this.#unlock()
    this.#endRequests()
  }

  /** Stops all nodes, starts all, and waits until the chain moves: see `restartAll`, which says what it throws. */
  restartAll(onStep: (step: NetworkStep) => void = () => undefined): Promise<void> {
    return restartAll(this, onStep)
  }

  /** Ends every node at once, as a power cut of all cities would; the folder stays locked, and `startNode` brings them back. */
  async killAll(): Promise<void> {
    await Promise.all(this.#processes.map(process => process?.kill()))
  }

  #refuseEnded(): void {
    for (const [index, process] of this.#processes.entries()) {
      if (process?.hasEnded() !== true) continue
      const node = this.files.nodes[index]!
      throw new NetworkError('ERR_NETWORK_NODE_ENDED', `node ${node.name} ended by itself; the end of its log:\n${lastLogLines(node, 5)}`)
    }
  }
}

/** Status of a network that some process on this machine runs, or nobody. */
export async function networkStatus(folder: string): Promise<{ readonly runnerPid: number | null; readonly nodes: readonly NodeStatus[] }> {
  const files = await openNetworkFolder(folder)
  const runnerPid = lockHolder(files.lock) ?? null
  return {
    runnerPid,
    nodes: await Promise.all(files.nodes.map(node => nodeStatus(node, runnerPid === null ? null : childOf(runnerPid, node.configFile)))),
  }
}

/** The runner's child that was started with the node's configuration. */
function childOf(runnerPid: number, configFile: string): number | null {
  const children = readProcess(`${runnerPid}/task/${runnerPid}/children`).trim().split(' ')
  const found = children.find(pid => readProcess(`${pid}/cmdline`).split('\0').includes(configFile))
  return found === undefined ? null : Number(found)
}

/** What the kernel says about a process; nothing if it has ended. */
function readProcess(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return ''
  }
}
