import { canonicalJsonBytes, hexToBytes, type Json } from '@hufu/primitives'
import { type Abi, decodeEventLog, type Hex, isAddressEqual } from 'viem'
import type { ChainEvent, EventCursor, EventFilter } from '../adapter.ts'
import { ChainError } from '../errors.ts'
import type { NetworkId } from '../network-id.ts'
import type { EvmLog } from './evm-node.ts'
import type { EvmNodes } from './evm-nodes.ts'

/** How events are followed. */
export interface FollowOptions {
  readonly network: NetworkId
  readonly nodes: EvmNodes
  readonly abi: Abi
  /** Blocks that must lie on top of an event's. */
  readonly confirmations: number
  /** Blocks that are read again when the chain took another way. */
  readonly reorgBlocks: number
  readonly pollMs: number
  /** Nothing is looked for before this block. */
  readonly firstBlock: number
}

interface Position {
  readonly number: number
  readonly hash: Hex
  readonly logIndex: number
}

const maxRange = 1_000

/**
 * A contract's events from a cursor on, through any loss of the connection. When the chain leaves a block that was read for another, the events of
 * the blocks that took its place follow.
 *
 * @throws ChainError `ERR_CHAIN_CURSOR`
 */
export async function* followLogs(
  { network, nodes, abi, confirmations, reorgBlocks, pollMs, firstBlock }: FollowOptions,
  { contract, names }: EventFilter,
  from: EventCursor | undefined,
  signal: AbortSignal | undefined,
): AsyncIterable<ChainEvent> {
  let position = from === undefined ? undefined : parseCursor(from)
  /** What was told already, of blocks that may still be read again. */
  const told = new Map<string, number>()
  while (signal?.aborted !== true) {
    try {
      const to = Math.min((await nodes.height()) - confirmations, (position?.number ?? firstBlock) + maxRange)
      const isOn = position === undefined || (position.number <= to && (await nodes.block(position.number)).hash === position.hash)
      const start = position === undefined ? firstBlock : isOn ? position.number : Math.max(firstBlock, position.number - reorgBlocks)
      if (to >= start) {
        const end = await nodes.block(to)
        const { answer: logs, assurance } = await nodes.agreed(node => node.logs(contract as Hex, start, to))
        // Else the chain took another way while it was asked.
        const isSteady = (await nodes.block(to)).hash === end.hash
        if (isSteady) {
          for (const [log, index] of indexed(logs.filter(({ address }) => isAddressEqual(address, contract as Hex)))) {
            const cursor = `${log.blockNumber}:${log.blockHash}:${log.logIndex}`
            const isBehind = isOn && position?.number === log.blockNumber && log.logIndex <= position.logIndex
            if (isBehind || told.has(cursor)) continue
            told.set(cursor, log.blockNumber)
            const { name, payload } = eventOf(abi, log)
            if (names !== undefined && !names.includes(name)) continue
            const { blockNumber: height, transactionHash: transactionId } = log
            yield { network, contract, name, payload, height, transactionId, index, cursor, assurance }
            // Meanwhile the consumer may have said that it is enough.
            if (isAborted(signal)) return
          }
          position = { number: to, hash: end.hash, logIndex: Number.MAX_SAFE_INTEGER }
          for (const [cursor, number] of told) if (number < to - reorgBlocks) told.delete(cursor)
        }
      }
    } catch (error) {
      const mayPass = error instanceof ChainError && ['ERR_CHAIN_UNREACHABLE', 'ERR_CHAIN_ANSWER', 'ERR_CHAIN_STALE'].includes(error.code)
      if (!mayPass) throw error
    }
    await new Promise(resolve => setTimeout(resolve, pollMs))
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

/** Each with its place among the events of its transaction. */
function* indexed(logs: readonly EvmLog[]): Iterable<readonly [EvmLog, number]> {
  const counts = new Map<Hex, number>()
  for (const log of logs) {
    const index = counts.get(log.transactionHash) ?? 0
    counts.set(log.transactionHash, index + 1)
    yield [log, index]
  }
}

/** Name and arguments, as canonical JSON; what is not in the interface keeps its topic for a name and its bytes. */
function eventOf(abi: Abi, { topics, data }: EvmLog): { readonly name: string; readonly payload: Uint8Array } {
  try {
    const { eventName, args } = decodeEventLog({ abi, topics: topics as [Hex, ...Hex[]], data })
    return { name: eventName!, payload: canonicalJsonBytes(jsonOf(args ?? {})) }
  } catch {
    return { name: topics[0] ?? '', payload: hexToBytes(data.slice(2)) }
  }
}

function jsonOf(value: unknown): Json {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(jsonOf)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonOf(member)]))
  return value as Json
}

function parseCursor(cursor: EventCursor): Position {
  const match = /^(\d{1,15}):(0x[0-9a-f]{64}):(\d{1,9})$/.exec(cursor)
  if (match === null) throw new ChainError('ERR_CHAIN_CURSOR', 'expected a cursor of this chain')
  return { number: Number(match[1]), hash: match[2] as Hex, logIndex: Number(match[3]) }
}
