import { LedgerError, NodeError } from './errors.ts'
import { parseApplicationLog, parseResults } from './execution.ts'
import type { WriteOutcome } from './ledger-writer.ts'
import type { Header } from './light/header.ts'
import type { RpcCaller } from './node-pool.ts'
import { readHeader } from './read-header.ts'
import { rpcCode } from './rpc-code.ts'

/** How a transaction that is in a block ended there. */
export type Outcome =
  | { readonly halted: true; readonly blockIndex: number; readonly outcome: WriteOutcome }
  | { readonly halted: false; readonly blockIndex: number; readonly reason: string }

/**
 * Reads how a transaction ended, by a node's word.
 *
 * @param headers - block headers already known, by index; those read are added
 * @returns undefined if the node has no block with it
 * @throws LedgerError `ERR_LEDGER_UNREACHABLE`, `ERR_LEDGER_ANSWER`
 */
export async function readOutcome(
  node: RpcCaller,
  transactionHash: string,
  headers: Map<number, Promise<Header>> = new Map(),
): Promise<Outcome | undefined> {
  const hash = `0x${transactionHash}`
  const execution = await node.call('getapplicationlog', [hash], parseApplicationLog).catch(undefinedIfUnknown)
  if (execution === undefined) return undefined
  const blockIndex = await node.call('gettransactionheight', [hash], parseBlockIndex)
  if (!execution.halted) return { halted: false, blockIndex, reason: execution.reason ?? '' }
  let reading = headers.get(blockIndex)
  if (reading === undefined) {
    reading = readHeader(node, blockIndex)
    headers.set(blockIndex, reading)
  }
  const header = await reading
  const place = { blockIndex, blockTimeMs: header.timeMs, transactionHash }
  const notifications = execution.events.map((event, index) => ({ ...event, ...place, index }))
  return { halted: true, blockIndex, outcome: { ...place, blockHash: header.hash, results: parseResults(execution), notifications } }
}

function parseBlockIndex(result: unknown): number {
  if (!Number.isSafeInteger(result)) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the index of a block')
  return result as number
}

function undefinedIfUnknown(error: unknown): undefined {
  if (error instanceof NodeError && error.rpcCode === rpcCode.unknownContainer) return undefined
  throw error
}
