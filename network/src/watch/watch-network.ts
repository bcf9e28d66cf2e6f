import { type TrustAnchor, trustAnchorOf } from '@hufu/ledger'
import { type Clock, systemClock } from '@hufu/primitives'
import { type AlarmChange, defaultThresholds, type FleetSnapshot, type Watch, type WatchedNode, type WatchThresholds } from './fleet.ts'
import { FleetWatch } from './fleet-watch.ts'

/** What to watch, and how. */
export interface WatchOptions {
  readonly nodes: readonly WatchedNode[]
  /** Number of the network. With it, and keys of all nodes or a trust anchor, headers are checked up to the validators' keys; without, nodes are believed. */
  readonly magic?: number
  /** Where trust starts; default: the first block, with the keys of `nodes`. Needed once validators have changed since the first block. */
  readonly trustAnchor?: TrustAnchor
  readonly thresholds?: Partial<WatchThresholds>
  readonly clock?: Clock
  readonly fetch?: typeof globalThis.fetch
  /** Free bytes of the file system of a folder; default: what the machine says. */
  readonly diskFree?: (folder: string) => Promise<number>
  /** Poll only when asked to: for tests, and to look once. */
  readonly isManual?: boolean
}

/** Between polls, logs are looked at so often. */
const glanceMs = 200

/**
 * Watches the validators of a network: polls all of them at least once a second, checks what they say, and raises alarms.
 *
 * A node that is killed, or hangs, is down within 3 s at the default thresholds. The watch needs nothing but the nodes' public RPC and metrics; of
 * nodes whose folder it can read, it knows more. Nothing that a node answers can make it throw.
 *
 * @throws TypeError: no nodes, or two of one name
 */
export function watchNetwork(options: WatchOptions): Watch {
  const thresholds = { ...defaultThresholds, ...options.thresholds }
  const fleet = new FleetWatch({
    nodes: options.nodes,
    thresholds,
    clock: options.clock ?? systemClock,
    fetch: options.fetch ?? globalThis.fetch,
    trustAnchor: options.trustAnchor ?? anchorOf(options),
    ...(options.diskFree === undefined ? {} : { diskFree: options.diskFree }),
  })
  return new RunningWatch(fleet, thresholds.pollMs, options.isManual !== true)
}

/** Trust in the first block, if the keys of all its validators are known. */
function anchorOf({ nodes, magic }: WatchOptions): TrustAnchor | undefined {
  const validators = nodes.flatMap(({ name, publicKey, rpcUrl, metricsUrl }) =>
    publicKey === undefined ? [] : [{ name, publicKey, rpcUrl, metricsUrl }],
  )
  if (magic === undefined || validators.length < nodes.length) return undefined
  return trustAnchorOf({ magic, validators })
}

class RunningWatch implements Watch {
  readonly #fleet: FleetWatch
  readonly #pollMs: number
  readonly #alarmListeners = new Set<(change: AlarmChange) => void>()
  readonly #snapshotListeners = new Set<(snapshot: FleetSnapshot) => void>()
  #polling: Promise<FleetSnapshot> | undefined
  #timer: NodeJS.Timeout | undefined
  #wake: (() => void) | undefined
  #isStopped = false

  constructor(fleet: FleetWatch, pollMs: number, isRunning: boolean) {
    this.#fleet = fleet
    this.#pollMs = pollMs
    if (isRunning) this.#timer = setTimeout(() => void this.#run(), 0)
  }

  snapshot(): FleetSnapshot {
    return this.#fleet.snapshot
  }

  onAlarm(listener: (change: AlarmChange) => void): () => void {
    this.#alarmListeners.add(listener)
    return () => this.#alarmListeners.delete(listener)
  }

  onSnapshot(listener: (snapshot: FleetSnapshot) => void): () => void {
    this.#snapshotListeners.add(listener)
    return () => this.#snapshotListeners.delete(listener)
  }

  poll(): Promise<FleetSnapshot> {
    this.#polling ??= this.#pollOnce().finally(() => {
      this.#polling = undefined
    })
    return this.#polling
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.#wake?.()
  }

  async #pollOnce(): Promise<FleetSnapshot> {
    const changes = await this.#fleet.poll()
    const { snapshot } = this.#fleet
    // After `stop`, nobody wants to hear of the last poll.
    if (this.#isStopped) return snapshot
    for (const listener of this.#snapshotListeners) listener(snapshot)
    for (const change of changes) for (const listener of this.#alarmListeners) listener(change)
    return snapshot
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const startedAt = performance.now()
      await this.poll()
      await this.#waitUntil(startedAt + this.#pollMs)
    }
  }

  /** Waits for the next poll, with an eye on the logs: a lock shows there first. */
  async #waitUntil(pollAt: number): Promise<void> {
    for (let leftMs = pollAt - performance.now(); leftMs > 0 && !this.#isStopped; leftMs = pollAt - performance.now()) {
      await this.#sleep(Math.min(glanceMs, leftMs))
      if (!this.#isStopped && (await this.#fleet.glance())) return
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve
      this.#timer = setTimeout(resolve, ms)
    })
  }
}
