import { setTimeout as sleep } from 'node:timers/promises'
import { blockTimeMs } from '../drill-network.ts'
import { atMost, type DrillRun, figure } from '../drill-report.ts'
import { finalityFigures, measureFinality } from '../measure-finality.ts'
import type { Scenario, Stage } from '../scenario.ts'

/** Time under load with the new program on all nodes. */
const afterMs = 5_000

/** Each node in turn is stopped in order and started with the new program; the next only when it is back. */
export const rollingUpgrade: Scenario = {
  name: 'rolling-upgrade',
  what: {
    en: 'all seven validators are stopped and started with the new program, one after the other, under load (long: three rounds)',
    'zh-CN': '负载下逐个停止并以新程序启动全部七个验证节点（长版：三轮）',
  },
  settings: { writesPerSecond: 60, delayMs: 0, jitterMs: 0 },
  async play(stage) {
    const rounds = stage.isLong ? 3 : 1
    const runs: DrillRun[] = []
    for (let round = 1; round <= rounds; round++) runs.push(await playRound(stage, round))
    return runs
  },
}

async function playRound({ network, say }: Stage, round: number): Promise<DrillRun> {
  const { nodes, blocks } = network
  const all = [...nodes.files.nodes.keys()]
  await network.healthy(all)
  const fromMs = performance.now()
  const outagesMs: number[] = []
  for (const index of all) {
    say({ en: `upgrading ${network.nameOf(index)}`, 'zh-CN': `正在升级 ${network.nameOf(index)}` })
    const stoppedAtMs = performance.now()
    await nodes.stopNode(index)
    nodes.startNode(index, network.upgradedProgram)
    await network.healthy(all)
    outagesMs.push(performance.now() - stoppedAtMs)
    // It shall have spoken, or had its turn, before the next one goes.
    await blocks.reached(blocks.height + all.length, 30_000)
  }
  await sleep(afterMs)
  const finality = await measureFinality(network, fromMs, performance.now())
  return {
    name: `round ${round}`,
    figures: [
      ...finalityFigures(finality, 'meanwhile'),
      figure('a node is away for, longest', Math.max(...outagesMs) / blockTimeMs, 'block times'),
      figure('all seven took', (performance.now() - fromMs - afterMs) / blockTimeMs, 'block times'),
    ],
    promises: [
      atMost('writes that the client could not make', finality.failed, 0),
      atMost('finality p99 meanwhile, in block times', finality.p99, 15),
    ],
    remarks: [
      network.upgradedProgram.binary === undefined
        ? 'The new program is the same one: a stand-in for the next version.'
        : 'The new program is another file.',
    ],
  }
}
