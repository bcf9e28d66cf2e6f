import { quorumOf } from '@hufu/ledger'
import { type DrillNetwork, validatorCount } from '../drill-network.ts'
import type { DrillRun } from '../drill-report.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { stopAndHeal } from '../stop-and-heal.ts'

const settings = { writesPerSecond: 60, delayMs: 0, jitterMs: 0 }
/** Block times: after a power cut nobody is there to dial, and a node that finds another one still down waits a second before it dials again. */
const coldStartLimit = 50

/** Three are gone: one more than seven can bear. */
export const loseThreeAndHeal: Scenario = {
  name: 'lose-three-and-heal',
  what: {
    en: 'three validators are killed under load: the chain stands still until they are back (long: five times, other three each)',
    'zh-CN': '负载下终止三个验证节点：链暂停，恢复后继续（长版：五次，每次不同）',
  },
  settings,
  play: stage => killRounds(stage, stage.isLong ? 5 : 1, 3),
}

/** A power cut in all cities at once. */
export const allSevenKilled: Scenario = {
  name: 'all-seven-killed',
  what: {
    en: 'all seven validators are killed at the same moment under load (long: ten times)',
    'zh-CN': '负载下七个验证节点同时被终止（长版：十次）',
  },
  settings,
  play: stage => killRounds(stage, stage.isLong ? 10 : 2, validatorCount),
}

/** The network falls into two parts, neither with a quorum. */
export const partition43: Scenario = {
  name: 'partition-4-3',
  what: {
    en: 'the lines between four validators and the other three are cut, while little is written (long: also for 40 s, when nodes give each other up)',
    'zh-CN': '切断四个与三个验证节点之间的线路，写入很少（长版：另断 40 秒，节点互相放弃连接）',
  },
  settings: { ...settings, writesPerSecond: 5 },
  play: stage => partitionRounds(stage, stage.isLong ? [5_000, 12_000, 40_000] : [5_000]),
}

/** The same while much is written. */
export const partitionUnderLoad: Scenario = {
  name: 'partition-under-load',
  what: {
    en: 'the lines between four and three are cut and mended under load, the seed chooses which (long: six times)',
    'zh-CN': '负载下切断并恢复四比三之间的线路，分组由种子决定（长版：六次）',
  },
  settings,
  play: stage => partitionRounds(stage, stage.isLong ? [3_000, 5_000, 8_000, 12_000, 20_000, 40_000] : [6_000]),
}

async function killRounds(stage: Stage, rounds: number, count: number): Promise<readonly DrillRun[]> {
  const { network, random } = stage
  const runs: DrillRun[] = []
  for (let round = 1; round <= rounds; round++) {
    const victims = count === validatorCount ? network.speakers : random.sample(network.speakers, count)
    const names = count === validatorCount ? 'all seven' : victims.map(victim => network.nameOf(victim)).join(', ')
    const fault = {
      name: `round ${round}: ${names} killed`,
      begin: async () => {
        await Promise.all(victims.map(victim => network.nodes.killNode(victim)))
      },
      heal: () => startAgain(network, victims),
      ...(victims.length === validatorCount ? { healLimit: coldStartLimit } : {}),
      lastsMs: 3_000 + random.below(3_000),
    }
    runs.push(await stopAndHeal(stage, fault))
  }
  return runs
}

async function startAgain(network: DrillNetwork, victims: readonly number[]): Promise<number> {
  if (victims.length === validatorCount) network.blocks.allWereKilled()
  for (const victim of victims) network.nodes.startNode(victim)
  return network.answering(quorumOf(validatorCount))
}

async function partitionRounds(stage: Stage, lengthsMs: readonly number[]): Promise<readonly DrillRun[]> {
  const { network, random } = stage
  const runs: DrillRun[] = []
  for (const lastsMs of lengthsMs) {
    const three = random.sample(network.speakers, 3)
    const four = network.speakers.filter(node => !three.includes(node))
    const fault = {
      name: `${three.map(node => network.nameOf(node)).join(', ')} cut off for ${lastsMs / 1000} s`,
      begin: async () => network.proxy.cut([four, three]),
      heal: async () => {
        await network.proxy.heal()
        return performance.now()
      },
      lastsMs,
    }
    runs.push(await stopAndHeal(stage, fault))
  }
  return runs
}
