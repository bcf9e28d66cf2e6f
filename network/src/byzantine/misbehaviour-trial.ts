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
  /** One for each validator that misbehaves: at most two of the seven. */
  readonly modes: readonly Misbehaviour[]
  readonly seed: number
  /** How long the load goes on. */
  readonly durationMs: number
  readonly writesPerSecond: number
}

/** What came of the misbehaviour of one validator or two. All of it is read from the others. */
export interface MisbehaviourReport {
  readonly seed: number
  /** What each did, and how often. */
  readonly validators: readonly {
    readonly name: string
    readonly mode: Misbehaviour
    readonly misdeeds: Readonly<Record<string, number>>
  }[]
  readonly writes: number
  readonly acknowledged: number
  /** Acknowledged writes that some honest node does not have. */
  readonly lost: number
  /** Writes that were not done in the end. */
  readonly unsettled: number
  /** Whether the chain stood still with writes waiting; then those that misbehave were taken out, and the others were restarted together. */
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

/** A network of seven on which validators misbehave, one or two at a time: it is made once and used for many trials. */
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

  /** Puts misbehaving validators in the place of honest ones, writes, compares the others, and puts the honest ones back. */
  async run({ modes, seed, durationMs, writesPerSecond }: MisbehaviourOptions): Promise<MisbehaviourReport> {
    const { nodes, files } = this.#world
    const chosen = seededRandom(`${modes.join(' and ')} ${seed}`).sample([...files.nodes.keys()], modes.length)
    const honest = [...files.nodes.keys()].filter(each => !chosen.includes(each))
    await Promise.all(chosen.map(index => nodes.stopNode(index)))
    const validators = chosen.map((index, place) => startByzantineValidator(files, index, modes[place]!, seed))
    const blocks = this.#world.blocks(honest)
    const load = this.#world.load(`trial ${++this.#trials}`, writesPerSecond)
    try {
      await this.#takePart(validators, chosen)
      const startedAtMs = performance.now()
      load.start()
      await sleep(durationMs)
      const hasStopped = await stoodStill(load, blocks)
      const endedAtMs = performance.now()
      const ended = honest
        .filter(each => nodes.pids[each] === null)
        .map(each => `${files.nodes[each]!.name}: ${lastLogLines(files.nodes[each]!, 5)}`)
      const misdeeds = validators.map(countOf)
      const healedInMs = hasStopped ? await this.#restartWithout(validators, honest) : undefined
      const unsettled = await load.settle(settleTimeoutMs)
      const comparison = await this.#world.compare(honest, load)
      const seen = blocks.between(startedAtMs, endedAtMs)
      const finality = load.writes.flatMap(({ transactionHash, sentAtMs }) => {
        const block = transactionHash === undefined ? undefined : blocks.blockOf(transactionHash)
        return block === undefined ? [] : [block.atMs - sentAtMs]
      })
      return {
        seed,
        validators: chosen.map((index, place) => ({ name: files.nodes[index]!.name, mode: modes[place]!, misdeeds: misdeeds[place]! })),
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
      await Promise.all(validators.map(validator => validator.kill()))
      for (const each of nodes.pids.keys()) nodes.startNode(each)
      await nodes.ready()
    }
  }

  stop(): Promise<void> {
    return this.#world.stop()
  }

  /** What an operator does about a lock: all stop together, and start together without those that made it. */
  async #restartWithout(validators: readonly ByzantineValidator[], honest: readonly number[]): Promise<number> {
    const { nodes } = this.#world
    const before = Math.max(...(await this.#world.heights(honest)).map(height => height ?? -1))
    const startedAtMs = performance.now()
    await Promise.all([...validators.map(validator => validator.kill()), ...honest.map(each => nodes.stopNode(each))])
    for (const each of honest) nodes.startNode(each)
    for (const deadline = Date.now() + settleTimeoutMs; ; await sleep(pollMs)) {
      if ((await this.#world.heights(honest)).some(height => (height ?? -1) > before)) return performance.now() - startedAtMs
      if (Date.now() > deadline) throw new Error('no block within a minute of the restart')
    }
  }

  /** Waits until they have the others' height. */
  async #takePart(validators: readonly ByzantineValidator[], chosen: readonly number[]): Promise<void> {
    const all = [...this.#world.files.nodes.keys()]
    for (const deadline = Date.now() + startTimeoutMs; ; await sleep(pollMs)) {
      const heights = await this.#world.heights(all)
      const highest = Math.max(...heights.map(height => height ?? -1))
      if (highest > 0 && chosen.every(index => (heights[index] ?? -1) >= highest - 1)) return
      // Some modes end the honest ones before that; the trial shall say so, not this.
      if (heights.every((height, each) => chosen.includes(each) || height === null)) return
      if (validators.some(validator => validator.hasEnded()) || Date.now() > deadline)
        throw new Error('a misbehaving validator did not start; its byzantine.log says more')
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
