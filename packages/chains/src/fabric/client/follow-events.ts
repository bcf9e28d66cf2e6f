import { setTimeout as sleep } from 'node:timers/promises'
import { type Checkpoint, GatewayError, type Network } from '@hyperledger/fabric-gateway'
import type { ChainEvent, EventCursor, EventFilter } from '../../adapter.ts'
import { ChainError } from '../../errors.ts'
import type { NetworkId } from '../../network-id.ts'

const retryMs = 250

/**
 * A chaincode's events from a cursor on, through any loss of the connection.
 *
 * @throws ChainError `ERR_CHAIN_CURSOR`
 */
export async function* followEvents(
  channel: Network,
  network: NetworkId,
  { contract, names }: EventFilter,
  from: EventCursor | undefined,
  signal: AbortSignal | undefined,
): AsyncIterable<ChainEvent> {
  let checkpoint = from === undefined ? undefined : parseCursor(from)
  while (signal?.aborted !== true) {
    try {
      const options = checkpoint === undefined ? { startBlock: 0n } : { checkpoint }
      const events = await channel.getChaincodeEvents(contract, options)
      const stop = (): void => events.close()
      signal?.addEventListener('abort', stop, { once: true })
      try {
        for await (const { blockNumber, transactionId, eventName, payload } of events) {
          const cursor = `${blockNumber}:${transactionId}`
          checkpoint = parseCursor(cursor)
          if (names !== undefined && !names.includes(eventName)) continue
          yield {
            network,
            contract,
            name: eventName,
            payload,
            height: Number(blockNumber),
            transactionId,
            index: 0,
            cursor,
            assurance: { kind: 'gatewaySigned' },
          }
        }
      } finally {
        signal?.removeEventListener('abort', stop)
        stop()
      }
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
    }
    // The peer is gone, or the stream is at its end: both pass.
    await sleep(retryMs)
  }
}

/** Everything behind this transaction of this block. */
function parseCursor(cursor: EventCursor): Checkpoint {
  const match = /^(\d{1,18}):([0-9a-f]{64})$/.exec(cursor)
  if (match === null) throw new ChainError('ERR_CHAIN_CURSOR', 'expected a cursor of this chain')
  return { getBlockNumber: () => BigInt(match[1]!), getTransactionId: () => match[2]! }
}
