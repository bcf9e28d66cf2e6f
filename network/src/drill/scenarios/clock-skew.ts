import { setTimeout as sleep } from 'node:timers/promises'
import { atMost, type DrillRun, figure } from '../drill-report.ts'
import { finalityFigures, measureFinality } from '../measure-finality.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { programWithClock } from '../shifted-clock.ts'

interface Skew {
  readonly name: string
  /** How far the clock of each is ahead, in milliseconds; as many as the network can bear. */
  readonly shiftsMs: readonly number[]
}

/** Nodes refuse a proposal whose time is further ahead of their own clock: see network/patches. */
const aheadLimitMs = 10_000
/** Reading and passing on a block takes time, too. */
const hearingMs = 1_000
const shortSkews: readonly Skew[] = [{ name: 'one 60 s ahead, one 60 s behind', shiftsMs: [60_000, -60_000] }]
const longSkews: readonly Skew[] = [
  { name: 'one 3 s ahead, one 3 s behind', shiftsMs: [3_000, -3_000] },
  ...shortSkews,
  { name: 'two a year ahead', shiftsMs: [31_536_000_000, 31_536_000_000] },
  { name: 'two a year behind', shiftsMs: [-31_536_000_000, -31_536_000_000] },
]

/** Some validators' clocks are wrong. */
export const clockSkew: Scenario = {
  name: 'clock-skew',
  what: {
    en: 'two validators run with wrong clocks under load (long: by seconds, a minute, and a year, ahead and behind)',
    'zh-CN': '负载下两个验证节点时钟错误（长版：相差数秒、一分钟、一年，快与慢）',
  },
  settings: { writesPerSecond: 60, delayMs: 0, jitterMs: 0 },
  async play(stage) {
    const runs: DrillRun[] = []
    for (const skew of stage.isLong ? longSkews : shortSkews) runs.push(await playSkew(stage, skew))
    return runs
  },
}

async function playSkew({ network, random, say, isLong }: Stage, { name, shiftsMs }: Skew): Promise<DrillRun> {
  const { nodes, blocks } = network
  const all = [...nodes.files.nodes.keys()]
  const wrong = random.sample(network.speakers, shiftsMs.length)
  say({ en: `clocks: ${name}`, 'zh-CN': `时钟：${name}` })
  await network.healthy(all)
  for (const [position, index] of wrong.entries()) {
    await nodes.stopNode(index)
    nodes.startNode(index, programWithClock(shiftsMs[position]!))
    await network.healthy(all)
  }
  const fromMs = performance.now()
  await sleep(isLong ? 20_000 : 8_000)
  const toMs = performance.now()
  const finality = await measureFinality(network, fromMs, toMs)
  const aheadMs = blocks.between(fromMs, toMs).map(({ timeMs, atMs }) => timeMs - (performance.timeOrigin + atMs))
  for (const index of wrong) {
    await nodes.stopNode(index)
    nodes.startNode(index)
    await network.healthy(all)
  }
  return {
    name,
    figures: [...finalityFigures(finality, 'meanwhile'), figure('blocks ahead of the right time, at most', Math.max(...aheadMs), 'ms')],
    promises: [
      atMost('finality p99 meanwhile, in block times', finality.p99, 15),
      atMost('blocks ahead of the right time, in milliseconds', Math.max(...aheadMs), aheadLimitMs + hearingMs),
      atMost('writes that the client could not make', finality.failed, 0),
    ],
  }
}
