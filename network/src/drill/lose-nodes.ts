import { setTimeout as sleep } from 'node:timers/promises'
import { blockTimeMs } from './drill-network.ts'
import { atMost, type DrillRun, figure } from './drill-report.ts'
import { finalityFigures, measureFinality } from './measure-finality.ts'
import type { Stage } from './scenario.ts'

/** How long each part of a run takes. */
export interface LoseTimes {
  readonly steadyMs: number
  readonly downMs: number
  readonly recoveredMs: number
}

/** Block times within which a write is final although speakers are down: see docs/drills.md for where the number comes from. */
const downLimit = 15
/** The same once all are back. */
const recoveredLimit = 2
const blocksToRecover = 10
const recoverTimeoutMs = 60_000

/** Kills some nodes that the network can spare, lets the load go on without them, starts them again, and sees how soon all is as before. */
export async function loseNodes({ network, say }: Stage, victims: readonly number[], name: string, times: LoseTimes): Promise<DrillRun> {
  const { nodes, blocks } = network
  const names = victims.map(victim => network.nameOf(victim)).join(', ')
  const all = [...nodes.files.nodes.keys()]
  await network.healthy(all)
  const steadyFromMs = performance.now()
  await sleep(times.steadyMs)
  say({ en: `killed: ${names}`, 'zh-CN': `已终止：${names}` })
  const killedAtMs = performance.now()
  await Promise.all(victims.map(victim => nodes.killNode(victim)))
  await sleep(times.downMs)
  say({ en: `started again: ${names}`, 'zh-CN': `已重启：${names}` })
  const restartedAtMs = performance.now()
  const restartHeight = blocks.height
  for (const victim of victims) nodes.startNode(victim)
  const recoveredAtMs = (await blocks.reached(restartHeight + blocksToRecover, recoverTimeoutMs)) ?? Number.POSITIVE_INFINITY
  await sleep(times.recoveredMs)
  const endMs = performance.now()
  // What was under way when they were killed belongs to the time without them.
  const lastSteadyMs = killedAtMs - 2 * blockTimeMs
  const steady = await measureFinality(network, steadyFromMs, lastSteadyMs)
  const down = await measureFinality(network, lastSteadyMs, restartedAtMs)
  const recovered = await measureFinality(network, recoveredAtMs, endMs)
  await network.healthy(all)
  return {
    name,
    figures: [
      ...finalityFigures(steady, 'before'),
      ...finalityFigures(down, 'while down'),
      figure('ten blocks after the restart', (recoveredAtMs - restartedAtMs) / blockTimeMs, 'block times'),
      ...finalityFigures(recovered, 'after ten blocks'),
    ],
    promises: [
      atMost('finality p99 while they are down, in block times', down.p99, downLimit),
      atMost('finality p99 from the tenth block after the restart on, in block times', recovered.p99, recoveredLimit),
      atMost('writes that the client could not make', steady.failed + down.failed + recovered.failed, 0),
    ],
  }
}
