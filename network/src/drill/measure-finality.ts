import { setTimeout as sleep } from 'node:timers/promises'
import { blockTimeMs, type DrillNetwork } from './drill-network.ts'
import { type DrillFigure, figure } from './drill-report.ts'
import { quantile } from './quantile.ts'

/** How the writes of a stretch of time fared; durations in block times, infinite for a write that is in no block. */
export interface Finality {
  readonly writes: number
  readonly failed: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Until the client acknowledged: on the disks of a quorum. */
  readonly durableP99: number
  readonly blocks: number
  /** Longest time without a new block. */
  readonly longestGap: number
}

const includeTimeoutMs = 30_000
const pollMs = 50

/**
 * Measures the writes that were handed to the client from one moment up to another: how long until the first node had a block with them, which in dBFT is
 * final. Waits until all of them are in a block.
 */
export async function measureFinality({ load, blocks }: DrillNetwork, fromMs: number, toMs: number): Promise<Finality> {
  const writes = load.writes.filter(({ sentAtMs }) => sentAtMs >= fromMs && sentAtMs < toMs)
  const isOpen = ({ transactionHash, failure }: (typeof writes)[number]): boolean =>
    failure === undefined && (transactionHash === undefined || blocks.blockOf(transactionHash) === undefined)
  const deadline = performance.now() + includeTimeoutMs
  while (writes.some(isOpen) && performance.now() < deadline) await sleep(pollMs)
  const sent = writes.filter(({ failure }) => failure === undefined)
  const durations = sent.map(({ sentAtMs, transactionHash }) => {
    const block = transactionHash === undefined ? undefined : blocks.blockOf(transactionHash)
    return block === undefined ? Number.POSITIVE_INFINITY : (block.atMs - sentAtMs) / blockTimeMs
  })
  const durable = sent.flatMap(({ sentAtMs, acknowledgedAtMs }) =>
    acknowledgedAtMs === undefined ? [] : [(acknowledgedAtMs - sentAtMs) / blockTimeMs],
  )
  const seen = blocks.between(fromMs, toMs)
  const moments = [fromMs, ...seen.map(({ atMs }) => atMs), toMs]
  return {
    writes: writes.length,
    failed: writes.length - sent.length,
    p50: quantile(durations, 0.5),
    p99: quantile(durations, 0.99),
    max: quantile(durations, 1),
    durableP99: quantile(durable, 0.99),
    blocks: seen.length,
    longestGap: Math.max(...moments.slice(1).map((moment, index) => moment - moments[index]!)) / blockTimeMs,
  }
}

/** The figures of a stretch of time, each name ending in what it was. */
export function finalityFigures(finality: Finality, when: string): readonly DrillFigure[] {
  return [
    figure(`writes ${when}`, finality.writes, 'writes'),
    figure(`failed ${when}`, finality.failed, 'writes'),
    figure(`blocks ${when}`, finality.blocks, 'blocks'),
    figure(`longest gap ${when}`, finality.longestGap, 'block times'),
    figure(`finality p50 ${when}`, finality.p50, 'block times'),
    figure(`finality p99 ${when}`, finality.p99, 'block times'),
    figure(`finality max ${when}`, finality.max, 'block times'),
    figure(`durable p99 ${when}`, finality.durableP99, 'block times'),
  ]
}
