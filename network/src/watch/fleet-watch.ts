import { statfs } from 'node:fs/promises'
import { type Header, parseMultisigScript, quorumOf, type TrustAnchor } from '@hufu/ledger'
import { bytesToHex, type Clock } from '@hufu/primitives'
import { AlarmBook } from './alarm-book.ts'
import { isLocked } from './dbft-lock.ts'
import type { AlarmChange, FleetNode, FleetSnapshot, WatchedNode, WatchThresholds } from './fleet.ts'
import { forecastStall } from './forecast.ts'
import { type FleetFacts, isStalled, judgeFleet, marginOf } from './judge-fleet.ts'
import { type ProbeAnswer, probeNode } from './probe-node.ts'
import { VerifiedHeaders } from './verified-headers.ts'
import { passedOver, viewOf } from './view-changes.ts'
import { isUp, takesPart, unknownState, type WatchedState } from './watched-state.ts'

export interface FleetWatchOptions {
  readonly nodes: readonly WatchedNode[]
  readonly thresholds: WatchThresholds
  readonly clock: Clock
  readonly fetch: typeof globalThis.fetch
  readonly trustAnchor: TrustAnchor | undefined
  /** Free bytes of the file system of a folder; the machine's by default. */
  readonly diskFree?: (folder: string) => Promise<number>
}

const maxBlocks = 4_096
/** Failed attempts to show a claimed block, after which a node lies (it refuses) or is broken (it is silent). */
const maxUnproven = 3
/** A poll that took this much longer than every answer may take says that this process was held up, not the nodes. */
const heldUpMs = 500

/** Looks at a fleet, one poll at a time. */
export class FleetWatch {
  readonly #options: FleetWatchOptions
  readonly #headers: VerifiedHeaders
  readonly #book = new AlarmBook()
  readonly #quorum: number
  #states: readonly WatchedState[]
  /** Where hashes and state roots are compared: in this poll, and in the next. */
  #commonHeight: number | null = null
  #nextHeight: number | null = null
  /** Highest block that was seen on the disks of a quorum: no crash takes it back. */
  #durableHeight = -1
  /** Of history that was durable and is another now, as of this poll. */
  #rewritten: readonly Header[] = []
  readonly #checked = new WeakSet<ProbeAnswer>()
  #movedMs: number | null = null
  #snapshot: FleetSnapshot

  constructor(options: FleetWatchOptions) {
    const { nodes, thresholds, fetch, trustAnchor } = options
    if (nodes.length === 0 || new Set(nodes.map(({ name }) => name)).size !== nodes.length)
      throw new TypeError('expected at least one node, each with a name of its own')
    this.#options = options
    this.#headers = new VerifiedHeaders({ trustAnchor, fetch, timeoutMs: thresholds.answerWithinMs, maxBlocks })
    this.#quorum = quorumOf(nodes.length)
    this.#states = nodes.map(unknownState)
    this.#snapshot = this.#describe(options.clock.nowMs())
  }

  get snapshot(): FleetSnapshot {
    return this.#snapshot
  }

  /** Asks every node, checks what they say, and judges. @returns the alarms that begin and end */
  async poll(): Promise<readonly AlarmChange[]> {
    const { thresholds, clock } = this.#options
    const startedAt = performance.now()
    this.#commonHeight = this.#nextHeight
    this.#rewritten = []
    const answers = await Promise.all(this.#states.map(state => this.#probe(state)))
    const isHeldUp = performance.now() - startedAt > thresholds.answerWithinMs + heldUpMs
    this.#states = this.#states.map((state, index) => afterAnswer(state, answers[index]!, isHeldUp, this.#options.trustAnchor?.magic))
    await this.#advanceHead()
    await this.#holdToTheirWord()
    await this.#readMachines()
    const nowMs = clock.nowMs()
    this.#states = this.#states.map(state => this.#settle(state, nowMs))
    this.#nextHeight = this.#nextCommonHeight()
    const changes = this.#book.update(nowMs, judgeFleet(this.#facts(nowMs), thresholds))
    this.#snapshot = this.#describe(nowMs)
    return changes
  }

  /** Reads the logs alone, which costs little. @returns true if they show a lock of which there is no alarm yet: a poll will tell */
  async glance(): Promise<boolean> {
    const { thresholds } = this.#options
    if (this.#states.every(({ log }) => log === null) || this.#book.alarms.some(({ code }) => code === 'ALARM_DBFT_LOCK')) return false
    const consensus = await Promise.all(this.#states.map(state => (isUp(state, thresholds) ? (state.log?.read() ?? null) : null)))
    return isLocked(consensus, this.#quorum)
  }

  #probe(state: WatchedState): Promise<ProbeAnswer> {
    const { fetch, thresholds } = this.#options
    const own = state.answer?.height ?? null
    // A node far behind is compared where it stands: there it shows whether it went wrong.
    const compareAt = this.#commonHeight === null || own === null ? this.#commonHeight : Math.min(this.#commonHeight, own)
    const withVersion = state.version === null || state.condition !== 'answers'
    return probeNode(state.node, { compareAt, withVersion }, { fetch, timeoutMs: thresholds.answerWithinMs })
  }

  /** Takes the highest block that some node can show, signed; a node that claims more than it can show is held to its word. */
  async #advanceHead(): Promise<void> {
    this.#durableHeight = Math.max(this.#durableHeight, this.#heightOnDisks())
    for (;;) {
      const claimant = this.#states
        .filter(({ condition, answer }) => condition === 'answers' && answer !== null && !this.#checked.has(answer))
        .filter(({ answer }) => answer!.height! > (this.#headers.head?.blockIndex ?? -1))
        .toSorted((left, right) => right.answer!.height! - left.answer!.height!)[0]
      if (claimant === undefined) return
      this.#checked.add(claimant.answer!)
      const verdict = await this.#headers.verify(claimant.node, claimant.answer!.height!)
      if (verdict.kind === 'true') return this.#takeHead(claimant.node, verdict.header)
      this.#change(claimant.node, unproven(claimant, verdict.kind))
    }
  }

  async #takeHead(node: WatchedNode, header: Header): Promise<void> {
    const before = this.#headers.head
    const known = this.#headers.at(header.blockIndex)
    const replaced = await this.#headers.advance(node, header)
    if (before === null || header.blockIndex > before.blockIndex) this.#moved(header)
    if (replaced === undefined || replaced > this.#durableHeight) return
    // What was on a quorum's disks can only be replaced by validators that signed two blocks of one height.
    this.#rewritten = [...(known === undefined ? [] : [known]), header]
  }

  #heightOnDisks(): number {
    const heights = this.#states.flatMap(({ condition, answer }) =>
      condition === 'answers' ? (answer?.metrics.persistedHeight ?? []) : [],
    )
    return heights.toSorted((left, right) => right - left)[this.#quorum - 1] ?? -1
  }

  /**
   * The first block seen may be old: its own time tells how old, as far as the clocks agree. But a network that has just been started has two block
   * times to move. Later blocks count from when they were seen.
   */
  #moved(header: Header): void {
    const { clock, thresholds } = this.#options
    const nowMs = clock.nowMs()
    if (this.#movedMs !== null || header.blockIndex === 0) {
      this.#movedMs = nowMs
      return
    }
    const graceMs = thresholds.maxBlockTimeMs * Math.max(0, thresholds.stalledAfterBlockTimes - 2)
    this.#movedMs = Math.min(nowMs, Math.max(header.timeMs, nowMs - graceMs))
  }

  /** Compares hashes and state roots; whoever differs must show a header signed by a quorum. */
  async #holdToTheirWord(): Promise<void> {
    await this.#followReplacement()
    for (const { node, answer, condition } of this.#states) {
      if (condition !== 'answers' || answer?.compared == null) continue
      const { height, blockHash, stateRoot } = answer.compared
      const known = await this.#canonical(height)
      if (known === undefined) continue
      if (blockHash !== null && blockHash !== known.hash) {
        const verdict = await this.#headers.verify(node, height)
        if (verdict.kind === 'true' && verdict.header.hash !== known.hash) {
          this.#change(node, { contradiction: 'fork', forkHeaders: [known, verdict.header] })
        } else if (verdict.kind !== 'silent') this.#change(node, { condition: 'lies' })
        continue
      }
      const signed = this.#headers.at(height + 1)?.previousStateRoot ?? (await this.#signedRoot(height, known))
      const expected = signed ?? this.#majorityRoot(height)
      const differs = stateRoot !== null && expected !== undefined && stateRoot !== expected
      this.#change(node, { contradiction: differs ? 'stateRoot' : null, isProven: signed !== undefined, forkHeaders: [] })
    }
  }

  /** Where all nodes have another block than the one known, and it was on no quorum's disks, it was lost when all were killed, and this one is in its place. */
  async #followReplacement(): Promise<void> {
    const compared = this.#states.flatMap(({ node, condition, answer }) =>
      condition === 'answers' && answer?.compared?.blockHash != null ? [{ node, ...answer.compared }] : [],
    )
    const [first] = compared
    if (first === undefined || first.height <= this.#durableHeight) return
    const known = this.#headers.at(first.height)
    if (known === undefined || known.hash === first.blockHash) return
    if (compared.some(({ height, blockHash }) => height !== first.height || blockHash !== first.blockHash)) return
    const verdict = await this.#headers.verify(first.node, first.height)
    if (verdict.kind === 'true' && verdict.header.hash === first.blockHash) await this.#headers.advance(first.node, verdict.header)
  }

  /** Root that the header of the next block carries, of a block long past; undefined while there is no next block. */
  async #signedRoot(height: number, known: Header): Promise<string | undefined> {
    const next = await this.#canonical(height + 1)
    return next?.previousHash === known.hash ? next.previousStateRoot : undefined
  }

  /** The verified header of a block, known or asked for: of one that a node far behind stands at. */
  async #canonical(height: number): Promise<Header | undefined> {
    const known = this.#headers.at(height)
    const head = this.#headers.head
    if (known !== undefined || head === null || height > head.blockIndex) return known
    const source = this.#states.find(({ condition, answer }) => condition === 'answers' && (answer?.height ?? -1) >= head.blockIndex)
    if (source === undefined) return undefined
    const verdict = await this.#headers.verify(source.node, height)
    return verdict.kind === 'true' ? verdict.header : undefined
  }

  /** Root that more than half of those say who are at this height: the header that signs it has not been made yet. */
  #majorityRoot(height: number): string | undefined {
    const roots = this.#states.flatMap(({ condition, answer }) =>
      condition === 'answers' && answer?.compared?.height === height ? (answer.compared.stateRoot ?? []) : [],
    )
    return roots.find(root => roots.filter(other => other === root).length * 2 > roots.length)
  }

  async #readMachines(): Promise<void> {
    const { diskFree = freeBytesOf } = this.#options
    await Promise.all(
      this.#states.map(async ({ node, log, answer }) => {
        const consensus = (await log?.read()) ?? null
        const free = node.folder === undefined ? (answer?.hostDiskFreeBytes ?? null) : await diskFree(node.folder).catch(() => null)
        this.#change(node, { consensus, diskFreeBytes: free })
      }),
    )
  }

  #settle(state: WatchedState, nowMs: number): WatchedState {
    const { thresholds } = this.#options
    if (state.diskFreeBytes !== null) state.diskTrend.add(nowMs, state.diskFreeBytes)
    if (state.condition !== 'answers')
      return { ...state, failedPolls: state.condition === 'lies' ? thresholds.failedPolls : state.failedPolls }
    const behind = (this.#headers.head?.blockIndex ?? 0) - (state.answer?.height ?? 0)
    return {
      ...state,
      lastSeenMs: nowMs,
      unprovenPolls: behind < 0 ? state.unprovenPolls : 0,
      laggingSinceMs: behind >= thresholds.laggingBlocks ? (state.laggingSinceMs ?? nowMs) : null,
    }
  }

  #nextCommonHeight(): number | null {
    const { thresholds } = this.#options
    const heights = this.#states
      .filter(state => state.condition === 'answers' && state.laggingSinceMs === null && isUp(state, thresholds))
      .flatMap(({ answer }) => answer?.height ?? [])
    const head = this.#headers.head?.blockIndex
    return heights.length === 0 || head === undefined ? this.#nextHeight : Math.min(head, ...heights)
  }

  #facts(nowMs: number): FleetFacts {
    return {
      nowMs,
      states: this.#states,
      quorum: this.#quorum,
      height: this.#headers.head?.blockIndex ?? null,
      sinceBlockMs: this.#movedMs === null ? null : nowMs - this.#movedMs,
      rewritten: this.#rewritten,
      isVerified: this.#options.trustAnchor !== undefined,
    }
  }

  #change({ name }: WatchedNode, change: Partial<WatchedState>): void {
    this.#states = this.#states.map(state => (state.node.name === name ? { ...state, ...change } : state))
  }

  #describe(nowMs: number): FleetSnapshot {
    const { thresholds } = this.#options
    const { windowMs } = thresholds
    const head = this.#headers.head
    const blocks = this.#headers.since(nowMs - windowMs)
    const views = countViews(blocks)
    const facts = this.#facts(nowMs)
    const margin = marginOf(facts, thresholds)
    const takingPart = this.#states.filter(state => takesPart(state, thresholds, nowMs))
    const halfMs = nowMs - windowMs / 2
    return {
      atMs: nowMs,
      nodes: this.#states.map(state => describeNode(state, views, thresholds, this.#commonHeight)),
      height: head?.blockIndex ?? null,
      blockMs: head?.timeMs ?? null,
      commonHeight: this.#commonHeight,
      blockTimeMs: blocks.length < 2 ? null : Math.round((blocks[0]!.timeMs - blocks.at(-1)!.timeMs) / (blocks.length - 1)),
      sinceBlockMs: facts.sinceBlockMs,
      windowMs,
      viewChanges: sumViews(blocks),
      quorum: this.#quorum,
      margin,
      forecast: forecastStall({
        isStalled: isStalled(facts, thresholds),
        margin,
        diskFullInMs: takingPart.map(({ diskTrend }) => diskTrend.fullInMs()),
        earlierViewChanges: sumViews(blocks.filter(block => block.timeMs < halfMs)),
        laterViewChanges: sumViews(blocks.filter(block => block.timeMs >= halfMs)),
      }),
      alarms: this.#book.alarms,
    }
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

function afterAnswer(state: WatchedState, answer: ProbeAnswer, isHeldUp: boolean, magic: number | undefined): WatchedState {
  if (isHeldUp && answer.condition === 'hangs') return state
  const known = answer.magic ?? state.magic
  const isOther = answer.condition === 'answers' && magic !== undefined && known !== null && known !== magic
  const condition = isOther ? 'otherNetwork' : answer.condition
  return {
    ...state,
    answer,
    condition,
    failedPolls: condition === 'answers' ? 0 : state.failedPolls + 1,
    version: answer.version ?? (condition === 'answers' ? state.version : null),
    magic: known,
  }
}

function unproven(state: WatchedState, kind: 'false' | 'refused' | 'silent'): Partial<WatchedState> {
  const unprovenPolls = state.unprovenPolls + 1
  if (kind === 'false' || (kind === 'refused' && unprovenPolls >= 2)) return { condition: 'lies', unprovenPolls }
  if (unprovenPolls < maxUnproven) return { unprovenPolls }
  return { condition: 'broken', unprovenPolls, failedPolls: state.failedPolls + 1 }
}

interface ViewCounts {
  /** By public key, hexadecimal: blocks proposed, and turns passed over. */
  readonly proposed: ReadonlyMap<string, number>
  readonly passedOver: ReadonlyMap<string, number>
}

function countViews(blocks: readonly Header[]): ViewCounts {
  const proposed = new Map<string, number>()
  const passed = new Map<string, number>()
  for (const block of blocks) {
    const keys = keysOf(block)
    const proposer = keys[block.primaryIndex]
    if (proposer === undefined) continue
    proposed.set(proposer, (proposed.get(proposer) ?? 0) + 1)
    for (const position of passedOver(block, keys.length)) passed.set(keys[position]!, (passed.get(keys[position]!) ?? 0) + 1)
  }
  return { proposed, passedOver: passed }
}

function sumViews(blocks: readonly Header[]): number {
  return blocks.reduce((sum, block) => {
    const keys = keysOf(block)
    return keys[block.primaryIndex] === undefined ? sum : sum + viewOf(block, keys.length)
  }, 0)
}

const keyLists = new Map<string, readonly string[]>()

/** The validators that signed a block, in the order that it counts them in; none for the first block, which nobody signed. */
function keysOf({ verificationScript }: Header): readonly string[] {
  const id = bytesToHex(verificationScript)
  const known = keyLists.get(id)
  if (known !== undefined) return known
  let keys: readonly string[] = []
  try {
    keys = parseMultisigScript(verificationScript).publicKeys.map(bytesToHex)
  } catch {
    // The first block's witness is no multi-signature.
  }
  if (keyLists.size > 64) keyLists.clear()
  keyLists.set(id, keys)
  return keys
}

function describeNode(state: WatchedState, views: ViewCounts, thresholds: WatchThresholds, commonHeight: number | null): FleetNode {
  const { node, answer, diskTrend } = state
  const compared = answer?.compared?.height === commonHeight ? answer?.compared : null
  const key = node.publicKey ?? ''
  return {
    name: node.name,
    up: isUp(state, thresholds),
    condition: state.condition,
    height: answer?.height ?? null,
    persistedHeight: answer?.metrics.persistedHeight ?? null,
    stateRoot: compared?.stateRoot ?? null,
    blockHash: compared?.blockHash ?? null,
    viewChanges: views.passedOver.get(key) ?? 0,
    proposed: views.proposed.get(key) ?? 0,
    peers: answer?.peers ?? null,
    version: state.version,
    pooled: answer?.metrics.pooled ?? null,
    diskFreeBytes: state.diskFreeBytes,
    diskFullInMs: diskTrend.fullInMs(),
    memoryBytes: answer?.metrics.memoryBytes ?? null,
    lastSeenMs: state.lastSeenMs,
    answerMs: answer?.answerMs ?? null,
    consensus: state.consensus,
  }
}
