import { setTimeout as sleep } from 'node:timers/promises'
import type { BlockWatch } from '../drill/block-watch.ts'
import { quantile } from '../drill/quantile.ts'
import { seededRandom } from '../drill/seeded-random.ts'
import type { WriteLoad } from '../drill/write-load.ts'
import { LocalNetwork } from '../local-network.ts'
import { lastLogLines } from '../node-process.ts'
import { type ByzantineValidator, type Misbehaviour, startByzantineValidator } from './byzantine-validator.ts'
import { TrialWorld } from './trial-world.ts'

export interface MisbehaviourOptions {
  readonly mode: Misbehaviour
  readonly seed: number
  /** How long the load goes on. */
  readonly durationMs: number
  readonly writesPerSecond: number
}

/** What came of one validator's misbehaviour. All of it is read from the six others. */
export interface MisbehaviourReport {
  readonly mode: Misbehaviour
  readonly seed: number
  readonly validator: string
  /** What it did, and how often. */
  readonly misdeeds: Readonly<Record<string, number>>
  readonly writes: number
  readonly acknowledged: number
  /** Acknowledged writes that some honest node does not have. */
  readonly lost: number
  /** Writes that were not done in the end. */
  readonly unsettled: number
  /** Whether the chain stood still with writes waiting; then the misbehaving validator was taken out, and the others were restarted together. */
  readonly hasStopped: boolean
  /** From the order to restart until a new block was there; absent if the chain went on by itself. */
  readonly healedInMs?: number
  readonly blocks: number
  readonly forkedHeights: readonly number[]
  readonly differingStateRoots: readonly number[]
  /** Honest nodes that ended, with the end of their log. */
  readonly ended: readonly string[]
  readonly p50FinalityMs: number
  readonly p99FinalityMs: number
  /** Longest time without a block while there were writes. */
  readonly longestGapMs: number
  /** How far the latest block's time is ahead of the clock of this machine. */
  readonly ledgerAheadMs: number
}

const startTimeoutMs = 30_000
const settleTimeoutMs = 60_000
/** Longer than the views that a network of two dead validators passes through. */
const stallMs = 15_000
const settleStepMs = 250
const pollMs = 25

/** Networks of seven on which validators misbehave one after the other: a network is made once and used for many trials. */
export class MisbehaviourTrials {
  readonly #world: TrialWorld
  #trials = 0

  private constructor(world: TrialWorld) {
    this.#world = world
  }

  /** @param seed - the order in which the validators propose */
  static async start(seed: number): Promise<MisbehaviourTrials> {
    return new MisbehaviourTrials(await TrialWorld.start(seed, LocalNetwork.start))
  }

  /** Puts a misbehaving validator in the place of an honest one, writes, compares the six others, and puts the honest one back. */
  async run({ mode, seed, durationMs, writesPerSecond }: MisbehaviourOptions): Promise<MisbehaviourReport> {
    const { nodes, files } = this.#world
    const index = seededRandom(`${mode} ${seed}`).below(files.nodes.length)
    const honest = [...files.nodes.keys()].filter(other => other !== index)
    await nodes.stopNode(index)
    const validator = startByzantineValidator(files, index, mode, seed)
    const blocks = this.#world.blocks(honest)
    const load = this.#world.load(`trial ${++this.#trials}`, writesPerSecond)
    try {
      await this.#takesPart(validator, index)
      const startedAtMs = performance.now()
      load.start()
      await sleep(durationMs)
      const hasStopped = await stoodStill(load, blocks)
      const endedAtMs = performance.now()
      const ended = honest
        .filter(each => nodes.pids[each] === null)
        .map(each => `${files.nodes[each]!.name}: ${lastLogLines(files.nodes[each]!, 5)}`)
      const misdeeds = countOf(validator)
      const healedInMs = hasStopped ? await this.#restartWithout(validator, honest) : undefined
      const unsettled = await load.settle(settleTimeoutMs)
      const comparison = await this.#world.compare(honest, load)
      const seen = blocks.between(startedAtMs, endedAtMs)
      const finality = load.writes.flatMap(({ transactionHash, sentAtMs }) => {
        const block = transactionHash === undefined ? undefined : blocks.blockOf(transactionHash)
        return block === undefined ? [] : [block.atMs - sentAtMs]
      })
      return {
        mode,
        seed,
        validator: files.nodes[index]!.name,
        misdeeds,
        writes: load.writes.length,
        acknowledged: comparison.acknowledged,
        lost: comparison.lost.length,
        unsettled,
        hasStopped,
        ...(healedInMs === undefined ? {} : { healedInMs }),
        blocks: seen.length,
        forkedHeights: [...new Set([...comparison.forkedHeights, ...blocks.forkedHeights])],
        differingStateRoots: comparison.differingStateRoots,
        ended,
        p50FinalityMs: quantile(finality, 0.5),
        p99FinalityMs: quantile(finality, 0.99),
        longestGapMs: longestGap([startedAtMs, ...seen.map(({ atMs }) => atMs)]),
        ledgerAheadMs: Math.max(...seen.map(({ timeMs }) => timeMs)) - Date.now(),
      }
    } finally {
      load.pause()
      blocks.close()
      await validator.kill()
      for (const each of nodes.pids.keys()) nodes.startNode(each)
      await nodes.ready()
    }
  }

  stop(): Promise<void> {
    return this.#world.stop()
  }

  /** What an operator does about a lock: all stop together, and start together without the one that made it. */
  async #restartWithout(validator: ByzantineValidator, honest: readonly number[]): Promise<number> {
    const { nodes } = this.#world
    const before = Math.max(...(await this.#world.heights(honest)).map(height => height ?? -1))
    const startedAtMs = performance.now()
    await Promise.all([validator.kill(), ...honest.map(each => nodes.stopNode(each))])
    for (const each of honest) nodes.startNode(each)
    for (const deadline = Date.now() + settleTimeoutMs; ; await sleep(pollMs)) {
      if ((await this.#world.heights(honest)).some(height => (height ?? -1) > before)) return performance.now() - startedAtMs
      if (Date.now() > deadline) throw new Error('no block within a minute of the restart')
    }
  }

  /** Waits until it has the others' height. */
  async #takesPart(validator: ByzantineValidator, index: number): Promise<void> {
    const all = [...this.#world.files.nodes.keys()]
    for (const deadline = Date.now() + startTimeoutMs; ; await sleep(pollMs)) {
      const heights = await this.#world.heights(all)
      const highest = Math.max(...heights.map(height => height ?? -1))
      if ((heights[index] ?? -1) >= highest - 1 && highest > 0) return
      // Some modes end the honest ones before that; the trial shall say so, not this.
      if (heights.every((height, each) => each === index || height === null)) return
      if (validator.hasEnded() || Date.now() > deadline)
        throw new Error('the misbehaving validator did not start; its byzantine.log says more')
    }
  }
}

/** Pauses the load and waits until its writes are done, or no block has come for long while some wait. @returns whether some wait */
async function stoodStill(load: WriteLoad, blocks: BlockWatch): Promise<boolean> {
  let latest = { height: blocks.height, atMs: performance.now() }
  while ((await load.settle(settleStepMs)) > 0) {
    if (blocks.height > latest.height) latest = { height: blocks.height, atMs: performance.now() }
    if (performance.now() - latest.atMs > stallMs) return true
  }
  return false
}

function countOf(validator: ByzantineValidator): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { what } of validator.misdeeds()) counts[what] = (counts[what] ?? 0) + 1
  return counts
}

function longestGap(momentsMs: readonly number[]): number {
  return Math.max(0, ...momentsMs.slice(1).map((moment, before) => moment - momentsMs[before]!))
}
