import { setTimeout as sleep } from 'node:timers/promises'
import { quorumOf } from '@hufu/ledger'
import { blockTimeMs, validatorCount } from './drill-network.ts'
import { atMost, type DrillRun, figure } from './drill-report.ts'
import type { Stage } from './scenario.ts'

/** A fault that leaves no quorum. */
export interface StoppingFault {
  readonly name: string
  readonly begin: () => Promise<void>
  /** Undoes it. @returns the moment from which on a quorum could talk again */
  readonly heal: () => Promise<number>
  readonly lastsMs: number
  /** Block times within which the chain is to go on once a quorum is there; default 10. */
  readonly healLimit?: number
}

const defaultHealLimit = 10
/** Writes are to be on their way, and on disks, when it begins. */
const steadyMs = 3_000
const healTimeoutMs = 60_000
/** A block whose commits were on their way may still come: what does later is a block without a quorum. */
const graceMs = 2 * blockTimeMs

/** Lets a fault stop the chain, under load, and sees that it stands still, and how soon it goes on by itself once the fault is undone. */
export async function stopAndHeal({ network, say }: Stage, fault: StoppingFault): Promise<DrillRun> {
  const { nodes, blocks } = network
  const all = [...nodes.files.nodes.keys()]
  await network.healthy(all)
  await sleep(steadyMs)
  say({ en: `${fault.name}: begins`, 'zh-CN': `${fault.name}：开始` })
  await fault.begin()
  await sleep(graceMs)
  const stoppedHeight = blocks.height
  const stoppedAtMs = performance.now()
  await sleep(fault.lastsMs)
  const grown = blocks.height - stoppedHeight
  const waiting = network.load.writes.filter(({ sentAtMs, failure }) => sentAtMs >= stoppedAtMs && failure === undefined).length
  say({ en: `${fault.name}: undone after ${fault.lastsMs / 1000} s`, 'zh-CN': `${fault.name}：${fault.lastsMs / 1000} 秒后恢复` })
  const startedHealingAtMs = performance.now()
  const healedAtMs = await fault.heal()
  const goesOnAtMs = await blocks.heardAfter(startedHealingAtMs, healTimeoutMs)
  const togetherMs = await network.healthy(all)
  const goesOn = Math.max(0, goesOnAtMs - healedAtMs) / blockTimeMs
  return {
    name: fault.name,
    figures: [
      figure('stood still for', fault.lastsMs / blockTimeMs, 'block times'),
      figure('blocks without a quorum', grown, 'blocks'),
      figure('writes taken meanwhile', waiting, 'writes'),
      figure('until a quorum was there', (healedAtMs - startedHealingAtMs) / blockTimeMs, 'block times'),
      figure('then until the next block', goesOn, 'block times'),
      figure('then until all had the height and four peers', togetherMs / blockTimeMs, 'block times'),
    ],
    promises: [
      atMost(`blocks while fewer than ${quorumOf(validatorCount)} validators can talk`, grown, 0),
      atMost('next block after a quorum is there again, in block times', goesOn, fault.healLimit ?? defaultHealLimit),
    ],
  }
}
