import type { Header } from '@hufu/ledger'
import { ConsensusLog } from './consensus-log.ts'
import { DiskTrend } from './disk-trend.ts'
import type { NodeCondition, NodeConsensus, WatchedNode, WatchThresholds } from './fleet.ts'
import type { ProbeAnswer } from './probe-node.ts'

/** What a node says about the state or the blocks that the validators' signatures, or the other nodes, contradict. */
export type Contradiction = 'fork' | 'stateRoot'

/** What the watch remembers of one node between polls. */
export interface WatchedState {
  readonly node: WatchedNode
  readonly log: ConsensusLog | null
  readonly diskTrend: DiskTrend
  readonly answer: ProbeAnswer | null
  readonly condition: NodeCondition
  /** Polls in a row without a true answer. */
  readonly failedPolls: number
  /** Polls in a row in which it did not show the block that it claims to have. */
  readonly unprovenPolls: number
  readonly lastSeenMs: number | null
  readonly version: string | null
  readonly magic: number | null
  readonly diskFreeBytes: number | null
  readonly laggingSinceMs: number | null
  readonly consensus: NodeConsensus | null
  readonly contradiction: Contradiction | null
  /** Whether signatures say so, or only the other nodes. */
  readonly isProven: boolean
  /** Two headers of one height, both signed by a quorum: the proof of a fork. */
  readonly forkHeaders: readonly Header[]
}

export function unknownState(node: WatchedNode): WatchedState {
  return {
    node,
    log: node.folder === undefined ? null : new ConsensusLog(`${node.folder}/node.log`),
    diskTrend: new DiskTrend(),
    answer: null,
    condition: 'refused',
    failedPolls: 0,
    unprovenPolls: 0,
    lastSeenMs: null,
    version: null,
    magic: null,
    diskFreeBytes: null,
    laggingSinceMs: null,
    consensus: null,
    contradiction: null,
    isProven: false,
    forkHeaders: [],
  }
}

/** It answers, truly, or failed to only just now. */
export function isUp({ lastSeenMs, failedPolls }: WatchedState, { failedPolls: limit }: WatchThresholds): boolean {
  return lastSeenMs !== null && failedPolls < limit
}

export function isLagging({ laggingSinceMs }: WatchedState, { laggingMs }: WatchThresholds, nowMs: number): boolean {
  return laggingSinceMs !== null && nowMs - laggingSinceMs >= laggingMs
}

/** It can take part in the next block. One that had no chance to answer yet is taken to be able to. */
export function takesPart(state: WatchedState, thresholds: WatchThresholds, nowMs: number): boolean {
  const isUnheard = state.lastSeenMs === null && state.failedPolls < thresholds.failedPolls
  return (isUp(state, thresholds) || isUnheard) && !isLagging(state, thresholds, nowMs) && state.contradiction === null
}
