import { availableParallelism, loadavg } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { blockTimeMs, DrillNetwork, type DrillNetworkOptions } from './drill-network.ts'
import { atMost, type DrillReport, type DrillRun, figure } from './drill-report.ts'
import type { DrillTexts, Scenario } from './scenario.ts'
import { seededRandom } from './seeded-random.ts'

export interface DrillOptions extends Partial<Omit<DrillNetworkOptions, 'seed'>> {
  /** Decides the keys, whom a fault hits, and delays. */
  readonly seed: string
  readonly isLong: boolean
  /** Tells people what happens just now. */
  readonly say?: (texts: DrillTexts) => void
  /** Ends it before its time. */
  readonly signal?: AbortSignal
}

/**
 * Plays a scenario on a network of its own and says what came of it.
 *
 * @returns the report; `kept` is false if any promise was broken
 * @throws NetworkError: the network did not start
 * @throws what `signal` was aborted with
 */
export async function runDrill(
  scenario: Scenario,
  { seed, isLong, say = () => undefined, signal, ...given }: DrillOptions,
): Promise<DrillReport> {
  const settings = { ...scenario.settings, ...given }
  const startedAt = new Date()
  const loadBefore = loadavg()[0]!
  const delays = monitorEventLoopDelay({ resolution: 5 })
  const network = await DrillNetwork.start({ ...settings, seed })
  try {
    network.load.start()
    delays.enable()
    const runs = await unlessAborted(scenario.play({ network, random: seededRandom(`${seed} ${scenario.name}`), isLong, say }), signal)
    delays.disable()
    say({ en: 'comparing the ledgers of all nodes', 'zh-CN': '正在比对所有节点的账本' })
    const all = [...runs, await compare(network)]
    return {
      scenario: scenario.name,
      seed,
      startedAt: startedAt.toISOString(),
      durationMs: Date.now() - startedAt.getTime(),
      blockTimeMs,
      machine: {
        cores: availableParallelism(),
        loadBefore: round(loadBefore),
        loadAfter: round(loadavg()[0]!),
        ownDelayP99Ms: round(delays.percentile(99) / 1e6),
      },
      settings: {
        writesPerSecond: settings.writesPerSecond,
        delayMs: settings.delayMs,
        jitterMs: settings.jitterMs,
        isLong,
        ...(settings.p2p === undefined ? {} : { p2p: JSON.stringify(settings.p2p) }),
      },
      runs: all,
      kept: all.every(run => run.promises.every(({ kept }) => kept)),
    }
  } finally {
    await network.stop()
  }
}

function unlessAborted<T>(played: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return played
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    played.then(resolve, reject)
  })
}

/** The end of every drill: what was acknowledged is there, on every node, and there is one ledger. */
async function compare(network: DrillNetwork): Promise<DrillRun> {
  const { writes } = network.load
  const durationMs = writes.length === 0 ? 0 : writes.at(-1)!.sentAtMs - writes[0]!.sentAtMs
  const result = await network.compare()
  const announcedTwice = network.blocks.forkedHeights.length
  return {
    name: 'ledgers compared',
    figures: [
      figure('writes made', writes.length, 'writes'),
      figure('writes made a second', writes.length / Math.max(1, durationMs / 1000), 'writes/s'),
      figure('acknowledged', result.acknowledged, 'writes'),
      figure('failed for the caller', writes.filter(({ failure }) => failure !== undefined).length, 'writes'),
      figure('still open at the end', result.unsettled, 'writes'),
      figure('heights compared', result.heights, 'blocks'),
      figure('announced blocks that no disk had, replaced', network.blocks.replaced, 'blocks'),
      figure('state roots compared', result.stateRoots, 'blocks'),
    ],
    promises: [
      atMost('acknowledged writes that a node does not have in its block', result.lost.length, 0),
      atMost('heights with more than one block, on disk or announced', result.forkedHeights.length + announcedTwice, 0),
      atMost('heights with more than one state root', result.differingStateRoots.length, 0),
      atMost('nodes whose balances do not match the acknowledged writes', result.balancesOff, 0),
      atMost('writes of which nobody can say what became of them', result.unsettled, 0),
    ],
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
