/**
 * What the watch says about a fleet of validators: plain JSON, nothing of Node, so that servers, pages and drills can share it.
 *
 * Times are milliseconds since 1970, durations milliseconds, sizes bytes, heights indexes of the latest block; null: not known.
 *
 * @packageDocumentation
 */

/** A text in both languages of the operators. */
export interface FleetTexts {
  readonly en: string
  readonly 'zh-CN': string
}

/** Every alarm there is; each has a page of its own in docs/runbooks. */
export type AlarmCode =
  | 'ALARM_STALLED'
  | 'ALARM_DBFT_LOCK'
  | 'ALARM_FORK'
  | 'ALARM_STATE_ROOT'
  | 'ALARM_LYING'
  | 'ALARM_LAGGING'
  | 'ALARM_DISK'
  | 'ALARM_MARGIN_ONE'
  | 'ALARM_MARGIN_ZERO'
  | 'ALARM_QUORUM_LOST'
  | 'ALARM_NODE_DOWN'

/**
 * How sure an alarm is.
 *
 * `proven`: signatures of the validators say so, or the rules of consensus leave nothing else. `seen`: measured by the watch itself.
 * `inferred`: the likeliest reading of what is seen; the text says what else it could be.
 */
export type Certainty = 'proven' | 'seen' | 'inferred'

/** Something that an operator has to act on. It is raised once and cleared once; between, it keeps its `id`. */
export interface Alarm {
  /** `<code>` or `<code>/<node>`: at most one of each at a time. */
  readonly id: string
  readonly code: AlarmCode
  /** `critical`: the chain has stopped, may have forked, or stops with the next fault. */
  readonly severity: 'warning' | 'critical'
  readonly certainty: Certainty
  /** Validator that it is about; absent if about the network. */
  readonly node?: string
  readonly sinceMs: number
  readonly what: FleetTexts
  readonly whatToDo: FleetTexts
  /** The one command that `whatToDo` names. */
  readonly command: string
  /** Path of the page in the repository: `docs/runbooks/….md`. */
  readonly runbook: string
  /** Of a fork: the headers of one height that a quorum signed, base64, for others to check. */
  readonly evidence?: readonly string[]
}

/** An alarm that begins or ends. */
export interface AlarmChange {
  readonly kind: 'raised' | 'cleared'
  readonly atMs: number
  readonly alarm: Alarm
}

/**
 * How a node answers. `hangs`: it takes connections and says nothing. `refused`: nothing listens, or the host cannot be reached.
 * `broken`: what it says is no answer. `otherNetwork`: it belongs to another network. `lies`: its headers are not signed by a quorum of the validators.
 */
export type NodeCondition = 'answers' | 'hangs' | 'refused' | 'broken' | 'otherNetwork' | 'lies'

/** Where a node's consensus stands, from its own log: only of nodes whose folder the watch can read. */
export interface NodeConsensus {
  /** Block that it works on. */
  readonly height: number
  readonly view: number
  /** View in which it sent its commit for this block, after which it changes view no more; null if it sent none. */
  readonly committedView: number | null
  readonly askedForView: number | null
}

/** One validator. */
export interface FleetNode {
  readonly name: string
  /** It answers, truly: counted for the quorum. */
  readonly up: boolean
  readonly condition: NodeCondition
  readonly height: number | null
  /** Latest block that is on its disk. */
  readonly persistedHeight: number | null
  /** Of the state after the block at `FleetSnapshot.commonHeight`, hexadecimal, big-endian. */
  readonly stateRoot: string | null
  /** Of the block at `FleetSnapshot.commonHeight`, hexadecimal, big-endian. */
  readonly blockHash: string | null
  /** How often, in `FleetSnapshot.windowMs`, its turn to propose was passed over: read from the signed headers. */
  readonly viewChanges: number
  /** Blocks that it proposed in `FleetSnapshot.windowMs`. */
  readonly proposed: number
  readonly peers: number | null
  /** User agent of the node's program. */
  readonly version: string | null
  /** Transactions that wait in its pool. */
  readonly pooled: number | null
  readonly diskFreeBytes: number | null
  /** Until its disk is full at the pace of late; null if it does not fill or is not known. */
  readonly diskFullInMs: number | null
  readonly memoryBytes: number | null
  /** When it last answered truly; null: never since the watch began. */
  readonly lastSeenMs: number | null
  /** How long it took to answer. */
  readonly answerMs: number | null
  readonly consensus: NodeConsensus | null
}

/** What is to be expected if things go on as they do. */
export interface StallForecast {
  /** `now`: stands still. `nextFault`: the next lost validator stops the chain. `trend`: something grows that will stop it. `none`: nothing in sight. */
  readonly level: 'none' | 'trend' | 'nextFault' | 'now'
  /** Until the chain would stop, by the disks that fill; null if none does. */
  readonly inMs: number | null
  readonly why: FleetTexts
}

/** The fleet at one moment. */
export interface FleetSnapshot {
  readonly atMs: number
  readonly nodes: readonly FleetNode[]
  /** Highest block whose header a quorum of the validators signed, as checked by the watch; null before the first answer. */
  readonly height: number | null
  /** When that block was made, by its header. */
  readonly blockMs: number | null
  /** Block at which hashes and state roots were compared: the highest that all nodes near the head had a poll ago. */
  readonly commonHeight: number | null
  /** Mean time between the blocks of the window; null with less than two. */
  readonly blockTimeMs: number | null
  /** Since the chain moved last, by the watch's clock. */
  readonly sinceBlockMs: number | null
  /** Length of the window that view changes and block times are counted in. */
  readonly windowMs: number
  /** View changes of the whole network in the window: at least so many, for a header tells the view only modulo the number of validators. */
  readonly viewChanges: number
  /** Validators that must take part in each block. */
  readonly quorum: number
  /** Validators that may still be lost before the chain stops; negative: it stands. One not yet heard of counts as there. */
  readonly margin: number
  readonly forecast: StallForecast
  /** What is wrong, the gravest first. */
  readonly alarms: readonly Alarm[]
}

/** A validator to watch. */
export interface WatchedNode {
  readonly name: string
  readonly rpcUrl: string
  /** Prometheus metrics of neo-go. */
  readonly metricsUrl: string
  /** Compressed P-256 key, hexadecimal; without it, view changes are not counted by node. */
  readonly publicKey?: string
  /** Its folder on this machine: disk and log are read from there. */
  readonly folder?: string
  /** Prometheus metrics of node_exporter on its host: disk of nodes elsewhere. */
  readonly hostMetricsUrl?: string
}

/** When something becomes an alarm. */
export interface WatchThresholds {
  /** Time between polls. */
  readonly pollMs: number
  /** A node that has not answered by then hangs. */
  readonly answerWithinMs: number
  /** Polls that a node must fail in a row to be down. */
  readonly failedPolls: number
  /** Longest time between blocks of an idle chain. */
  readonly maxBlockTimeMs: number
  /** Without a block for so many of these it is stalled. */
  readonly stalledAfterBlockTimes: number
  /** The same while transactions wait, when blocks should come at once. */
  readonly stalledWhileBusyMs: number
  /** Blocks behind the head, and for how long, to be lagging. */
  readonly laggingBlocks: number
  readonly laggingMs: number
  /** Free bytes, and time until full, below which a disk is an alarm. */
  readonly diskFreeBytes: number
  readonly diskFullInMs: number
  /** Window for block times and view changes. */
  readonly windowMs: number
}

/** The defaults fit the local network: blocks on demand, every 2 s when idle. */
export const defaultThresholds: WatchThresholds = {
  pollMs: 800,
  answerWithinMs: 900,
  failedPolls: 2,
  maxBlockTimeMs: 2_000,
  stalledAfterBlockTimes: 5,
  stalledWhileBusyMs: 6_000,
  laggingBlocks: 10,
  laggingMs: 5_000,
  diskFreeBytes: 2 * 1024 ** 3,
  diskFullInMs: 7 * 86_400_000,
  windowMs: 600_000,
}

/** A running watch. */
export interface Watch {
  /** The latest state; before the first poll is done, of nodes not yet heard of. */
  snapshot(): FleetSnapshot
  /** Tells of every alarm that begins or ends. @returns ends it */
  onAlarm(listener: (change: AlarmChange) => void): () => void
  /** Tells of every new state, about once in `pollMs`. @returns ends it */
  onSnapshot(listener: (snapshot: FleetSnapshot) => void): () => void
  /** Polls now, whatever the rhythm. */
  poll(): Promise<FleetSnapshot>
  stop(): void
}
