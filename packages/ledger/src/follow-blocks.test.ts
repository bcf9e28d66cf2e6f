import { systemClock } from '@hufu/primitives'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FakeChain, FakeNode, type FakeTransaction } from '../test/fake-network.ts'
import { type FollowCursor, type FollowedBlocks, followBlocks } from './follow-blocks.ts'
import { HeadWatcher } from './head-watcher.ts'
import { NodePool } from './node-pool.ts'
import { RpcNode } from './rpc-node.ts'
import { parseScriptHash } from './script-hash.ts'

const wanted = parseScriptHash('ab'.repeat(20))
const other = parseScriptHash('cd'.repeat(20))
let chain: FakeChain
let nodes: readonly FakeNode[]
let stop: AbortController

beforeEach(async () => {
  chain = new FakeChain()
  stop = new AbortController()
  nodes = await Promise.all([1, 2, 3, 4].map(() => FakeNode.start(chain)))
})

afterEach(async () => {
  stop.abort()
  await Promise.all(nodes.map(node => node.stop()))
})

function transaction(id: number, ...contracts: (typeof wanted)[]): FakeTransaction {
  return {
    hash: id.toString(16).padStart(64, '0'),
    notifications: contracts.map(contract => ({ contract, name: 'Changed', items: [{ type: 'Integer', value: String(id) }] })),
  }
}

function follow(cursor?: FollowCursor): AsyncGenerator<FollowedBlocks, void, undefined> {
  const members = nodes.map(({ rpcUrl, wsUrl }) => ({
    rpc: new RpcNode(rpcUrl, { fetch, timeoutMs: 4_000, maxAnswerBytes: 10_000_000 }),
    wsUrl,
  }))
  const pool = new NodePool(members, { magic: 5, clock: systemClock, maxLagBlocks: 3, surveyMs: 2_000 })
  const heads = new HeadWatcher(pool, { WebSocket, pollMs: 30, staleMs: 5_000 })
  return followBlocks(pool, heads, { contracts: [wanted], cursor, signal: stop.signal })
}

/** Follows until a block has come. */
async function until(blockIndex: number, cursor?: FollowCursor): Promise<FollowedBlocks> {
  const blocks = []
  const notifications = []
  for await (const batch of follow(cursor)) {
    blocks.push(...batch.blocks)
    notifications.push(...batch.notifications)
    if (batch.cursor.blockIndex >= blockIndex) return { blocks, notifications, cursor: batch.cursor }
  }
  throw new Error('ended early')
}

test('gives every block once and in order, with the notifications of the chosen contracts', async () => {
  chain.addBlocks(250)
  chain.addBlock([
    transaction(1, wanted, other, wanted),
    transaction(2, other),
    { ...transaction(3, wanted), halted: false },
    transaction(4, wanted),
  ])
  chain.addBlocks(30)
  const { blocks, notifications, cursor } = await until(281)
  expect(blocks.map(block => block.index)).toEqual(Array.from({ length: 282 }, (_, index) => index))
  expect(notifications.map(({ transactionHash, index }) => [Number(`0x${transactionHash}`), index])).toEqual([
    [1, 0],
    [1, 2],
    [4, 4],
  ])
  expect(notifications[0]).toMatchObject({
    contract: wanted,
    name: 'Changed',
    items: [{ type: 'Integer', value: 1n }],
    blockIndex: 251,
    blockTimeMs: 1_251_000,
  })
  expect(cursor).toEqual({ blockIndex: 281, blockHash: chain.blocks[281]!.hash })
})

test('goes on after its cursor', async () => {
  chain.addBlock([transaction(1, wanted)])
  const { cursor } = await until(1)
  chain.addBlock([transaction(2, wanted)])
  const { blocks, notifications } = await until(2, cursor)
  expect(blocks.map(block => block.index)).toEqual([2])
  expect(notifications).toHaveLength(1)
})

test('gives new blocks as they come', async () => {
  const following = follow()
  expect((await following.next()).value?.cursor.blockIndex).toBe(0)
  const next = following.next()
  chain.addBlock([transaction(1, wanted)])
  nodes[0]!.announce()
  expect((await next).value?.notifications).toHaveLength(1)
})

test('splits what is too much for one batch, between blocks', async () => {
  const many = Array.from({ length: 1_500 }, (_, index) => transaction(index, wanted))
  for (let block = 0; block < 4; block++) chain.addBlock(many)
  const sizes = []
  for await (const batch of follow()) {
    sizes.push([batch.blocks.length, batch.notifications.length])
    if (batch.cursor.blockIndex === 4) break
  }
  expect(sizes).toEqual([
    [3, 3_000],
    [2, 3_000],
  ])
})

test('ends when its signal aborts, whatever it is waiting for', async () => {
  const following = follow()
  await following.next()
  const next = following.next()
  stop.abort()
  expect(await next).toEqual({ done: true, value: undefined })
})

describe('passes over a node', () => {
  test('that fails', async () => {
    chain.addBlock([transaction(1, wanted)])
    nodes[0]!.mischief = 'garbage'
    expect((await until(1)).notifications).toHaveLength(1)
  })

  test('that has another block in the same place', async () => {
    const fork = new FakeChain()
    fork.addBlock([], 7)
    fork.addBlock()
    chain.addBlocks(2)
    await nodes[0]!.stop()
    nodes = [await FakeNode.start(fork), ...nodes.slice(1)]
    const cursor = { blockIndex: 1, blockHash: chain.blocks[1]!.hash }
    expect((await until(2, cursor)).cursor.blockHash).toBe(chain.blocks[2]!.hash)
  })

  test('that no longer has the notifications', async () => {
    chain.addBlock([transaction(1, wanted)])
    nodes[0]!.refuses.set('getblocknotifications', -101)
    expect((await until(1)).notifications).toHaveLength(1)
  })

  test('that tells of blocks that nobody has', async () => {
    chain.addBlock([transaction(1, wanted)])
    nodes[0]!.answers.set('getblockcount', () => 1_000_000)
    expect((await until(1)).notifications).toHaveLength(1)
  })
})

test('says that its cursor is not on this chain', async () => {
  chain.addBlocks(2)
  await expect(until(2, { blockIndex: 1, blockHash: 'ef'.repeat(32) })).rejects.toMatchObject({ code: 'ERR_LEDGER_CHAIN' })
})

test('says that no node has what it needs', async () => {
  chain.addBlock([transaction(1, wanted)])
  for (const node of nodes) node.refuses.set('getblocknotifications', -101)
  await expect(until(1)).rejects.toMatchObject({ code: 'ERR_LEDGER_GAP' })
})

test('waits while no node answers', async () => {
  chain.addBlock([transaction(1, wanted)])
  for (const node of nodes) node.mischief = 'close'
  const following = until(1)
  await new Promise(resolve => setTimeout(resolve, 200))
  for (const node of nodes) node.mischief = undefined
  expect((await following).notifications).toHaveLength(1)
})
