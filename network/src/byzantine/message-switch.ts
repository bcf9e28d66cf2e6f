import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytesToHex } from '@hufu/primitives'
import { NetworkError } from '../errors.ts'
import type { NetworkFolder } from '../network-folder.ts'
import { type NodeProcess, startProgram } from '../node-process.ts'
import { freePorts } from '../ports.ts'
import { byzantineBinary } from './binary.ts'

const host = '127.0.0.1'
const pollMs = 50
const startTimeoutMs = 10_000

/** What the switch saw pass. Validators are named as in the network's folder. */
export interface SwitchState {
  /** Latest height of which a consensus message was seen. */
  readonly height: number
  /** View of that height that each validator is in, as far as it said something. */
  readonly views: Readonly<Record<string, number>>
  /** View of that height in which each validator committed. */
  readonly commits: Readonly<Record<string, number>>
  /** Messages that wait to be delivered. */
  readonly held: number
  readonly lock: LockState | null
}

/** How far the making of a dBFT lock is. */
export interface LockState {
  readonly seed: number
  /** From 1 on; each further one is a later height. */
  readonly attempt: number
  readonly height: number
  /** `locked`: done; from then on everything passes. */
  readonly phase: 'splitting' | 'committing' | 'locked'
  readonly roles: Readonly<Record<string, 'primary' | 'firm' | 'late' | 'leaving'>>
}

/**
 * Stands between the nodes of a local network and can hold back chosen consensus messages on their way to chosen validators. The nodes are unchanged;
 * what the switch does to them, a bad line could do.
 */
export class MessageSwitch {
  readonly #process: NodeProcess
  readonly #control: string
  /** Names in the order of the validators' public keys, which is how consensus messages name them. */
  readonly #names: readonly string[]

  private constructor(process: NodeProcess, control: string, names: readonly string[]) {
    this.#process = process
    this.#control = control
    this.#names = names
  }

  /**
   * Starts the switch and rewrites the configuration of the nodes, which must not run yet, so that they reach each other through it alone.
   *
   * @throws NetworkError `ERR_NETWORK_BINARY`: the program is not built; `ERR_NETWORK_START_TIMEOUT`
   */
  static async start(files: NetworkFolder): Promise<MessageSwitch> {
    const order = [...files.nodes.keys()].sort((left, right) => (keyOrder(files, left) < keyOrder(files, right) ? -1 : 1))
    const free = await freePorts(files.nodes.length)
    const listen = files.nodes.map((_, index) => `${host}:${free[index]!.p2p}`)
    const control = `${host}:${free[0]!.rpc}`
    const inOrder = (addresses: readonly string[]): string => order.map(index => addresses[index]!).join(',')
    const options = ['--listen', inOrder(listen), '--target', inOrder(files.nodes.map(({ ports }) => `${host}:${ports.p2p}`))]
    const process = startProgram(
      [byzantineBinary(), 'switch', ...options, '--control', control],
      files.folder,
      join(files.folder, 'switch.log'),
    )
    route(
      files,
      files.nodes.map((_, index) => free[index]!.p2p),
    )
    const made = new MessageSwitch(
      process,
      `http://${control}`,
      order.map(index => files.nodes[index]!.name),
    )
    await made.#ready()
    return made
  }

  /** What it saw, and how far the lock is. */
  async state(): Promise<SwitchState> {
    return this.#named(await this.#ask('GET', '/state'))
  }

  /**
   * Begins to make a dBFT lock (neo-go #2552) at the height after next: four validators commit in the first view, three go on to the second. Which ones,
   * the seed decides. Once it is there everything passes again, also what was held back.
   */
  async lock(seed: number): Promise<SwitchState> {
    return this.#named(await this.#ask('POST', `/lock?seed=${seed}`))
  }

  /** Waits until the lock is there. @throws Error: it is not, after `timeoutMs` */
  async locked(timeoutMs: number): Promise<LockState> {
    for (const deadline = Date.now() + timeoutMs; ; await sleep(pollMs)) {
      const { lock } = await this.state()
      if (lock?.phase === 'locked') return lock
      if (Date.now() > deadline) throw new Error(`no lock after ${lock?.attempt ?? 0} attempts; the last one stopped at ${lock?.phase}`)
    }
  }

  /** Lets everything pass, also what was held back. */
  async open(): Promise<SwitchState> {
    return this.#named(await this.#ask('POST', '/open'))
  }

  stop(): Promise<void> {
    return this.#process.stop()
  }

  async #ready(): Promise<void> {
    for (const deadline = Date.now() + startTimeoutMs; ; await sleep(pollMs)) {
      try {
        await this.state()
        return
      } catch {
        if (this.#process.hasEnded() || Date.now() > deadline)
          throw new NetworkError('ERR_NETWORK_START_TIMEOUT', 'the switch between the nodes did not start; its log (switch.log) says more')
      }
    }
  }

  async #ask(method: string, path: string): Promise<RawState> {
    const response = await fetch(`${this.#control}${path}`, { method })
    if (!response.ok) throw new Error(`the switch answers ${response.status}`)
    return (await response.json()) as RawState
  }

  #named(raw: RawState): SwitchState {
    return {
      height: raw.height,
      views: this.#byName(raw.views),
      commits: this.#byName(raw.commits),
      held: raw.held,
      lock:
        raw.lock === null ? null : { ...raw.lock, roles: Object.fromEntries(raw.lock.roles.map((role, at) => [this.#names[at]!, role])) },
    }
  }

  #byName(values: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(values).map(([at, value]) => [this.#names[Number(at)] ?? at, value]))
  }
}

interface RawState extends Omit<SwitchState, 'lock'> {
  readonly lock: (Omit<LockState, 'roles'> & { readonly roles: readonly LockState['roles'][string][] }) | null
}

interface PeerSettings {
  readonly ProtocolConfiguration: object
  readonly ApplicationConfiguration: { readonly P2P: object }
}

/** neo-go tells its peers on which port it can be reached, and they pass it on: here, the switch's port. */
function route(files: NetworkFolder, ports: readonly number[]): void {
  for (const [index, node] of files.nodes.entries()) {
    const settings = JSON.parse(readFileSync(node.configFile, 'utf8')) as PeerSettings
    const { ProtocolConfiguration: protocol, ApplicationConfiguration: application } = settings
    const routed = {
      ...settings,
      ProtocolConfiguration: { ...protocol, SeedList: ports.filter((_, other) => other !== index).map(port => `${host}:${port}`) },
      ApplicationConfiguration: {
        ...application,
        P2P: { ...application.P2P, Addresses: [`${host}:${node.ports.p2p}:${ports[index]!}`] },
      },
    }
    writeFileSync(node.configFile, `${JSON.stringify(routed, null, 2)}\n`, { mode: 0o600, flush: true })
  }
}

/** neo-go orders validators by the x coordinate of their keys. */
function keyOrder({ signers }: NetworkFolder, index: number): string {
  return bytesToHex(signers[index]!.publicKey.bytes.subarray(1))
}
