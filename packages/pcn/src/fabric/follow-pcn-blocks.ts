import { ChainError, type ChainEvent, type EventCursor, type EventFilter, type NetworkId, parseEndorsedTransaction } from '@hufu/chains'
import { errorCode } from '@hufu/primitives'
import type { FabricBlock, FabricTransaction } from './fabric-block.ts'

/** Where blocks come from. */
export interface BlockSource {
  /** How many there are. @throws ChainError */
  height(): Promise<number>
  /** @throws ChainError */
  block(number: number): Promise<FabricBlock>
  /** Until it is worth asking again. */
  wait(): Promise<void>
}

interface Position {
  readonly number: number
  readonly index: number
  readonly hash: string
}

/** A node that is out of reach for a while gives the same blocks later. */
const passing = new Set(['ERR_CHAIN_UNREACHABLE'])

/**
 * A chaincode's events from a cursor on. Each block must follow on the one before by its hash, so a node that leaves one out, exchanges one or goes back
 * is found out.
 *
 * @throws ChainError `ERR_CHAIN_CURSOR`: no cursor, or of a block that the node no longer has so; `ERR_CHAIN_PROOF`: a block that does not follow;
 *   `ERR_CHAIN_STALE`: the node has fewer blocks than it had
 */
export async function* followPcnBlocks(
  source: BlockSource,
  network: NetworkId,
  { filter, cursor, signal }: { filter: EventFilter; cursor: EventCursor | undefined; signal: AbortSignal | undefined },
): AsyncIterable<ChainEvent> {
  const from = cursor === undefined ? undefined : parseCursor(cursor)
  let next = from?.number ?? 0
  let previous: FabricBlock | undefined
  const isAborted = (): boolean => signal?.aborted === true
  while (!isAborted()) {
    const found = await patiently(async () => {
      const height = await source.height()
      if (height < next) throw new ChainError('ERR_CHAIN_STALE', 'the node has fewer blocks than it had')
      return height > next ? source.block(next) : undefined
    })
    if (found === undefined) {
      await source.wait()
      continue
    }
    if (found.number !== next || (previous !== undefined && found.previousHash !== previous.hash))
      throw new ChainError('ERR_CHAIN_PROOF', 'the node gave a block that does not follow on the one before')
    if (previous === undefined && from !== undefined && found.hash !== from.hash)
      throw new ChainError('ERR_CHAIN_CURSOR', 'the node has another block where the cursor is')
    for (const [index, transaction] of found.transactions.entries()) {
      if (previous === undefined && from !== undefined && index <= from.index) continue
      const event = eventOf(transaction, filter)
      if (event === undefined) continue
      if (isAborted()) return
      yield {
        network,
        contract: filter.contract,
        ...event,
        height: found.number,
        transactionId: transaction.transactionId,
        index: 0,
        cursor: `${found.number}:${index}:${found.hash}`,
        assurance: { kind: 'gatewaySigned' },
      }
    }
    previous = found
    next++
  }
}

async function patiently<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (!passing.has(errorCode(error) ?? '')) throw error
    return undefined
  }
}

function eventOf(transaction: FabricTransaction, { contract, names }: EventFilter): Pick<ChainEvent, 'name' | 'payload'> | undefined {
  if (transaction.chaincode !== contract || transaction.validationCode !== 0) return undefined
  const { event } = parseEndorsedTransaction(transaction.payload)
  if (event === null) return undefined
  return names === undefined || names.includes(event.name) ? event : undefined
}

/** Everything behind this transaction of this block. */
function parseCursor(cursor: EventCursor): Position {
  const match = /^(\d{1,15}):(\d{1,9}):([0-9a-f]{64})$/.exec(cursor)
  if (match === null) throw new ChainError('ERR_CHAIN_CURSOR', 'expected a cursor of this chain')
  return { number: Number(match[1]), index: Number(match[2]), hash: match[3]! }
}
