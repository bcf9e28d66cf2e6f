import { askNode, type RpcCall } from './drill-rpc.ts'

/** An acknowledged write: the block that it was said to be in. */
export interface AcknowledgedWrite {
  readonly transactionHash: string
  readonly blockIndex: number
}

/** What the nodes' ledgers have in common and what not. */
export interface LedgerComparison {
  readonly nodes: number
  readonly heights: number
  /** Heights of which two nodes have different blocks, or one has none. */
  readonly forkedHeights: readonly number[]
  readonly stateRoots: number
  readonly differingStateRoots: readonly number[]
  /** Acknowledged writes that some node does not have in the block that was told. */
  readonly lost: readonly string[]
}

/** How far apart state roots are compared, beside the last: a root holds everything before it. */
const stateRootStep = 100

/**
 * Compares what every node has, by each node's own word.
 *
 * @param fromHeight - first height to compare
 * @param toHeight - last one; every node must have it
 */
export async function compareLedgers(
  rpcUrls: readonly string[],
  fromHeight: number,
  toHeight: number,
  acknowledged: readonly AcknowledgedWrite[],
): Promise<LedgerComparison> {
  const heights = range(fromHeight, toHeight, 1)
  const rootHeights = [...new Set([...range(fromHeight, toHeight, stateRootStep), toHeight])]
  const calls: readonly RpcCall[] = [
    ...heights.map(height => ['getblockhash', height] as const),
    ...rootHeights.map(height => ['getstateroot', height] as const),
    ...acknowledged.map(({ transactionHash }) => ['gettransactionheight', `0x${transactionHash}`] as const),
  ]
  const answers = await Promise.all(rpcUrls.map(url => askNode(url, calls)))
  const told = (position: number): readonly unknown[] => answers.map(answer => answer[position])
  const rootsFrom = heights.length
  const writesFrom = rootsFrom + rootHeights.length
  return {
    nodes: rpcUrls.length,
    heights: heights.length,
    forkedHeights: heights.filter((_, position) => !isAgreed(told(position))),
    stateRoots: rootHeights.length,
    differingStateRoots: rootHeights.filter((_, position) => !isAgreed(told(rootsFrom + position).map(rootOf))),
    lost: acknowledged
      .filter(({ blockIndex }, position) => told(writesFrom + position).some(answer => answer !== blockIndex))
      .map(({ transactionHash }) => transactionHash),
  }
}

function isAgreed(answers: readonly unknown[]): boolean {
  return answers[0] !== undefined && answers.every(answer => answer === answers[0])
}

function rootOf(answer: unknown): unknown {
  return (answer as { roothash?: unknown } | undefined)?.roothash
}

function range(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, index) => from + index * step)
}
