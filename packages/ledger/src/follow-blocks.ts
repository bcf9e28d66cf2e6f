import { delay } from './delay.ts'
import { LedgerError, NodeError } from './errors.ts'
import { parseRawEvent } from './execution.ts'
import { HeadBell } from './head-bell.ts'
import type { HeadWatcher } from './head-watcher.ts'
import type { Header } from './light/header.ts'
import type { NodePool, RpcCaller } from './node-pool.ts'
import type { Notification } from './notification.ts'
import { readHeader } from './read-header.ts'
import type { ScriptHash } from './script-hash.ts'

/** The last block that a follower has worked through. */
export interface FollowCursor {
  readonly blockIndex: number
  /** Big-endian hexadecimal. */
  readonly blockHash: string
}

/** What to follow, and from where. */
export interface FollowOptions {
  /** Contracts whose notifications are wanted. */
  readonly contracts: readonly ScriptHash[]
  /** Goes on after this block; without it, starts with the first. */
  readonly cursor?: FollowCursor | undefined
  /** Ends the following. */
  readonly signal?: AbortSignal
}

/** A block that was followed. */
export interface FollowedBlock {
  readonly index: number
  /** Big-endian hexadecimal. */
  readonly hash: string
  readonly timeMs: number
}

/** One or more blocks in a row, each complete. */
export interface FollowedBlocks {
  readonly blocks: readonly FollowedBlock[]
  /** In the order of the chain. */
  readonly notifications: readonly Notification[]
  /** To be stored in the same database transaction as what was made of the notifications. */
  readonly cursor: FollowCursor
}

interface Source {
  readonly pool: NodePool
  readonly wanted: ReadonlySet<string>
  readonly signal: AbortSignal
  /** The node to ask first: the one that told of the latest block. */
  readonly prefer: number
}

const headersAtOnce = 100
// Notifications of a full block take many megabytes, so they are not asked for by the hundred.
const blocksAtOnce = 4
const maxNotifications = 2_000
const retryMs = 500
const noTransactions = '0'.repeat(64)

/**
 * Reads blocks in order: first catches up, then gives each block as it comes. While no node answers, it waits.
 *
 * A block comes as soon as it exists, before it is durable: should all validators crash within the second, another may take its place. Then, as on any
 * chain but the cursor's, it throws `ERR_LEDGER_CHAIN`, and what was made of the notifications must be made anew from the first block.
 *
 * @throws LedgerError `ERR_LEDGER_CHAIN`: see above; `ERR_LEDGER_GAP`: no node has the notifications of a block any more
 */
export async function* followBlocks(
  pool: NodePool,
  heads: HeadWatcher,
  options: FollowOptions,
): AsyncGenerator<FollowedBlocks, void, undefined> {
  const { contracts, signal = new AbortController().signal } = options
  const wanted = new Set<string>(contracts)
  const bell = new HeadBell(heads, signal)
  let { cursor } = options
  try {
    while (!signal.aborted) {
      const next = cursor === undefined ? 0 : cursor.blockIndex + 1
      if (bell.height < next) {
        await bell.next()
        continue
      }
      const source: Source = { pool, wanted, signal, prefer: bell.node }
      const headers = await readHeaders(source, next, Math.min(bell.height, next + headersAtOnce - 1), cursor?.blockHash)
      if (headers.length === 0) await delay(retryMs, signal)
      for await (const batch of readBlocks(source, headers)) {
        yield batch
        cursor = batch.cursor
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    bell.stop()
  }
}

/** Headers of blocks in a row, each the child of the one before; fewer than asked for, or none, if no node has more. */
async function readHeaders(source: Source, first: number, last: number, previousHash: string | undefined): Promise<readonly Header[]> {
  const indices = Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
  const answers = await Promise.all(indices.map(blockIndex => readHeaderIfAny(source, blockIndex)))
  const headers: Header[] = []
  let previous = previousHash
  for (let header of answers) {
    if (header === undefined) break
    // Perhaps one node is wrong, and the others are not.
    if (previous !== undefined && header.previousHash !== previous) header = await readHeaderAfter(source, header.blockIndex, previous)
    headers.push(header)
    previous = header.hash
  }
  return headers
}

function readHeaderIfAny(source: Source, blockIndex: number): Promise<Header | undefined> {
  return persistently(source, node => readHeader(node, blockIndex)).catch(error => {
    if (error instanceof LedgerError && error.code === 'ERR_LEDGER_GAP') return undefined
    throw error
  })
}

function readHeaderAfter(source: Source, blockIndex: number, previousHash: string): Promise<Header> {
  return persistently(source, node => readHeader(node, blockIndex, previousHash))
}

/** Reads what the blocks hold, a few ahead of the reader. */
async function* readBlocks(source: Source, headers: readonly Header[]): AsyncGenerator<FollowedBlocks, void, undefined> {
  const ahead: Promise<readonly Notification[]>[] = []
  let blocks: FollowedBlock[] = []
  let notifications: Notification[] = []
  for (const [position, header] of headers.entries()) {
    for (const each of headers.slice(position + ahead.length, position + blocksAtOnce)) {
      const reading = readNotifications(source, each)
      // It is awaited below; until then, its failure is nobody's.
      reading.catch(() => undefined)
      ahead.push(reading)
    }
    for (const notification of await ahead.shift()!) notifications.push(notification)
    blocks.push({ index: header.blockIndex, hash: header.hash, timeMs: header.timeMs })
    if (notifications.length < maxNotifications && position < headers.length - 1) continue
    yield { blocks, notifications, cursor: { blockIndex: header.blockIndex, blockHash: header.hash } }
    blocks = []
    notifications = []
  }
}

async function readNotifications(source: Source, header: Header): Promise<readonly Notification[]> {
  if (header.merkleRoot === noTransactions) return []
  return persistently(source, node =>
    node.call('getblocknotifications', [`0x${header.hash}`], result => parseNotifications(result, header, source.wanted)),
  )
}

function parseNotifications(result: unknown, header: Header, wanted: ReadonlySet<string>): readonly Notification[] {
  const { application = [] } = (result ?? {}) as { application?: unknown }
  if (!Array.isArray(application)) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the notifications of a block')
  const place = { blockIndex: header.blockIndex, blockTimeMs: header.timeMs }
  return application.flatMap((json, index) => {
    const { contract, container } = (json ?? {}) as { contract?: unknown; container?: unknown }
    if (typeof contract === 'string' && !wanted.has(contract.slice(2))) return []
    if (typeof container !== 'string' || !/^0x[0-9a-f]{64}$/.test(container))
      throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a transaction hash')
    return [{ ...parseRawEvent(json), ...place, transactionHash: container.slice(2), index }]
  })
}

/** Asks one node after the other, and all of them again after a while, as long as none can be reached. Throws as `fromAnyNode` otherwise. */
async function persistently<T>(source: Source, read: (node: RpcCaller) => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await fromAnyNode(source, read)
    } catch (error) {
      source.signal.throwIfAborted()
      if (!(error instanceof LedgerError) || error.code !== 'ERR_LEDGER_UNREACHABLE') throw error
      await delay(retryMs, source.signal)
    }
  }
}

/**
 * What the first node that can tell tells.
 *
 * @throws LedgerError `ERR_LEDGER_CHAIN`: some node contradicts, and none agrees; `ERR_LEDGER_GAP`: all refused; `ERR_LEDGER_UNREACHABLE`
 */
async function fromAnyNode<T>({ pool, prefer, signal }: Source, read: (node: RpcCaller) => Promise<T>): Promise<T> {
  const failures: unknown[] = []
  for (const node of new Set([prefer, ...pool.order])) {
    signal.throwIfAborted()
    try {
      return await read(pool.at(node))
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      failures.push(error)
    }
  }
  const contradiction = failures.find(error => error instanceof LedgerError && error.code === 'ERR_LEDGER_CHAIN')
  if (contradiction !== undefined) throw contradiction
  if (failures.every(error => error instanceof NodeError))
    throw new LedgerError('ERR_LEDGER_GAP', 'no node has this block', { cause: failures[0] })
  throw new LedgerError('ERR_LEDGER_UNREACHABLE', 'no node answered', { cause: failures[0] })
}
