import { type LoseTimes, loseNodes } from '../lose-nodes.ts'
import type { Scenario, Stage } from '../scenario.ts'

const shortTimes: LoseTimes = { steadyMs: 4_000, downMs: 12_000, recoveredMs: 6_000 }
const longTimes: LoseTimes = { steadyMs: 5_000, downMs: 30_000, recoveredMs: 10_000 }
/** Sixty a second, so that a bad moment still leaves fifty. */
const settings = { writesPerSecond: 60, delayMs: 0, jitterMs: 0 }

/** One city's validator is gone. */
export const loseOne: Scenario = {
  name: 'lose-one',
  what: {
    en: 'one validator is killed under load and started again (long: each of the seven)',
    'zh-CN': '负载下终止一个验证节点后重启（长版：七个逐一进行）',
  },
  settings,
  async play(stage) {
    const { speakers } = stage.network
    const victims = stage.isLong ? speakers : [stage.random.pick(speakers)]
    return playEach(
      stage,
      victims.map(victim => [victim]),
    )
  },
}

/** Two are gone: as many as seven can bear. Two that speak one after the other are the worst pair. */
export const loseTwo: Scenario = {
  name: 'lose-two',
  what: {
    en: 'two validators are killed under load and started again: a pair that speaks in a row, and one that does not (long: all 21 pairs)',
    'zh-CN': '负载下终止两个验证节点后重启：相邻与不相邻各一对（长版：全部 21 对）',
  },
  settings,
  async play(stage) {
    const pairs = pairsOf(stage.network.speakers)
    if (stage.isLong) return playEach(stage, pairs)
    const isAdjacent = (pair: readonly number[]): boolean => areAdjacent(stage, pair)
    return playEach(stage, [stage.random.pick(pairs.filter(isAdjacent)), stage.random.pick(pairs.filter(pair => !isAdjacent(pair)))])
  },
}

async function playEach(stage: Stage, groups: readonly (readonly number[])[]) {
  const runs = []
  for (const group of groups) {
    const names = group.map(index => stage.network.nameOf(index)).join(' and ')
    const kind = group.length < 2 ? '' : areAdjacent(stage, group) ? ', which speak in a row' : ', which do not speak in a row'
    runs.push(await loseNodes(stage, group, `${names} down${kind}`, stage.isLong ? longTimes : shortTimes))
  }
  return runs
}

function areAdjacent({ network: { speakers } }: Stage, [first, second]: readonly number[]): boolean {
  const distance = Math.abs(speakers.indexOf(first!) - speakers.indexOf(second!))
  return distance === 1 || distance === speakers.length - 1
}

function pairsOf(items: readonly number[]): readonly (readonly number[])[] {
  return items.flatMap((first, position) => items.slice(position + 1).map(second => [first, second]))
}
