import { systemClock } from '@hufu/primitives'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeChain, FakeNode } from '../test/fake-network.ts'
import { type Head, HeadWatcher } from './head-watcher.ts'
import { NodePool } from './node-pool.ts'
import { RpcNode } from './rpc-node.ts'

let chain: FakeChain
let nodes: readonly FakeNode[]
let heads: Head[]
let watcher: HeadWatcher
let stopListening: (() => void) | undefined

beforeEach(async () => {
  chain = new FakeChain()
  nodes = await Promise.all([FakeNode.start(chain), FakeNode.start(chain)])
  heads = []
})

afterEach(async () => {
  stopListening?.()
  await Promise.all(nodes.map(node => node.stop()))
})

function listen(options: { withWs?: boolean; staleMs?: number } = {}): void {
  const { withWs = true, staleMs = 5_000 } = options
  const members = nodes.map(({ rpcUrl, wsUrl }) => ({
    rpc: new RpcNode(rpcUrl, { fetch, timeoutMs: 4_000, maxAnswerBytes: 100_000 }),
    wsUrl: withWs ? wsUrl : undefined,
  }))
  const pool = new NodePool(members, { magic: 5, clock: systemClock, maxLagBlocks: 3, surveyMs: 2_000 })
  watcher = new HeadWatcher(pool, { WebSocket, pollMs: 30, staleMs })
  stopListening = watcher.listen(head => heads.push(head))
}

async function expectHead(blockIndex: number, node?: number): Promise<void> {
  await vi.waitFor(
    () => expect(heads.some(head => head.blockIndex === blockIndex && (node === undefined || head.node === node))).toBe(true),
    3_000,
  )
}

test('tells of the latest block at once, then of each new one by subscription', async () => {
  chain.addBlocks(4)
  listen()
  await expectHead(4, 0)
  chain.addBlock()
  nodes[0]!.announce()
  await expectHead(5, 0)
})

test('tells one who comes later of the latest block at once', async () => {
  chain.addBlocks(4)
  listen()
  await expectHead(4, 0)
  const later: Head[] = []
  const stopLater = watcher.listen(head => later.push(head))
  await vi.waitFor(() => expect(later).toEqual([{ blockIndex: 4, node: 0 }]))
  stopLater()
})

test('goes on with the next node when the connection breaks', async () => {
  listen()
  await expectHead(0, 0)
  await nodes[0]!.stop()
  await vi.waitFor(() => expect(nodes[1]!.subscribers).toBe(1), 3_000)
  chain.addBlock()
  nodes[1]!.announce()
  await expectHead(1, 1)
  nodes = nodes.slice(1)
})

test('leaves a subscription that has fallen silent, and finds what it missed', async () => {
  listen({ staleMs: 150 })
  await expectHead(0, 0)
  chain.addBlock()
  await expectHead(1)
})

test('polls when there is no WebSocket', async () => {
  listen({ withWs: false })
  await expectHead(0)
  chain.addBlock()
  await expectHead(1)
})

test('keeps trying while no node answers', async () => {
  for (const node of nodes) node.mischief = 'close'
  listen({ withWs: false })
  await new Promise(resolve => setTimeout(resolve, 100))
  for (const node of nodes) node.mischief = undefined
  chain.addBlock()
  await expectHead(1)
})

test('ends the subscription with the last listener', async () => {
  listen()
  await vi.waitFor(() => expect(nodes[0]!.subscribers).toBe(1))
  stopListening?.()
  await vi.waitFor(() => expect(nodes[0]!.subscribers).toBe(0))
})
