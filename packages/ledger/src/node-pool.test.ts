import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FakeChain, FakeNode, type Mischief } from '../test/fake-network.ts'
import { NodePool, parseBlockCount } from './node-pool.ts'
import { RpcNode } from './rpc-node.ts'

const clock = { timeMs: 0, nowMs: () => clock.timeMs }
let chain: FakeChain
let nodes: readonly FakeNode[]
let pool: NodePool

beforeEach(async () => {
  clock.timeMs = 1_000_000
  chain = new FakeChain()
  chain.addBlocks(10)
  nodes = await Promise.all([1, 2, 3, 4].map(() => FakeNode.start(chain)))
  pool = poolOf(nodes)
})

afterEach(async () => {
  await Promise.all(nodes.map(node => node.stop()))
})

function poolOf(fakes: readonly FakeNode[]): NodePool {
  const members = fakes.map(fake => ({
    rpc: new RpcNode(fake.rpcUrl, { fetch, timeoutMs: 2_000, maxAnswerBytes: 100_000 }),
    wsUrl: undefined,
  }))
  return new NodePool(members, { magic: 5, clock, maxLagBlocks: 3, surveyMs: 2_000 })
}

function readCount(): Promise<number> {
  return pool.call('getblockcount', [], parseBlockCount)
}

/** Waits for the survey of heights that a call starts in the background. */
async function survey(): Promise<void> {
  clock.timeMs += 3_000
  await pool.blockCount()
  await new Promise(resolve => setTimeout(resolve, 600))
}

describe('fails over', () => {
  test.each<Mischief>(['hang', 'garbage', 'status 500', 'endless', 'wrong id', 'close'])(
    'from a node that answers with %s',
    async mischief => {
      nodes[0]!.mischief = mischief
      expect(await readCount()).toBe(11)
    },
  )

  test('from a node of another network, whatever it says', async () => {
    nodes[0]!.answers.set('getversion', () => ({ protocol: { network: 6 } }))
    nodes[0]!.answers.set('getblockcount', () => 99)
    expect(await readCount()).toBe(11)
  })

  test('from a node with trouble inside', async () => {
    nodes[0]!.refuses.set('getblockcount', -32603)
    expect(await readCount()).toBe(11)
  })

  test('from a node whose result does not parse', async () => {
    nodes[0]!.answers.set('getblockcount', () => 'many')
    expect(await readCount()).toBe(11)
  })
})

test('stays with a node that answers', async () => {
  await readCount()
  nodes[0]!.calls.length = 0
  await readCount()
  await readCount()
  expect(nodes[0]!.calls).toEqual(['getblockcount', 'getblockcount'])
})

test('stays with the node that it failed over to, and leaves the failed one alone for a while', async () => {
  nodes[0]!.mischief = 'garbage'
  await readCount()
  nodes[0]!.requests = 0
  await readCount()
  expect(nodes[0]!.requests).toBe(0)
  expect(pool.order).toEqual([1, 2, 3, 0])
})

test('asks a failed node rather than none', async () => {
  for (const node of nodes) node.mischief = 'garbage'
  await expect(readCount()).rejects.toMatchObject({ code: 'ERR_LEDGER_ANSWER' })
  nodes[0]!.mischief = undefined
  expect(await readCount()).toBe(11)
})

test('hands on a refusal without asking others', async () => {
  await expect(pool.call('nonsense', [], result => result)).rejects.toMatchObject({ code: 'ERR_LEDGER_NODE' })
  expect(nodes[1]!.calls).not.toContain('nonsense')
})

test('says that no node can be reached', async () => {
  await Promise.all(nodes.map(node => node.stop()))
  await expect(readCount()).rejects.toMatchObject({ code: 'ERR_LEDGER_UNREACHABLE' })
  await expect(pool.blockCount()).rejects.toMatchObject({ code: 'ERR_LEDGER_UNREACHABLE' })
  nodes = []
})

test('ends a call when its signal aborts', async () => {
  nodes[0]!.mischief = 'hang'
  const stop = new AbortController()
  const reading = pool.call('getblockcount', [], parseBlockCount, { signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
})

describe('compares heights', () => {
  test('and asks a node that is behind last', async () => {
    nodes[0]!.lag = 4
    await survey()
    expect(pool.order).toEqual([1, 2, 3, 0])
    nodes[0]!.lag = 3
    await survey()
    expect(pool.order).toEqual([0, 1, 2, 3])
  })

  test('and believes no single node that claims more blocks', async () => {
    nodes[0]!.answers.set('getblockcount', () => 1_000_000)
    await survey()
    expect(await pool.blockCount()).toBe(11)
    expect(pool.order).toEqual([0, 1, 2, 3])
  })

  test('and is not held up by a node that hangs', async () => {
    nodes[0]!.mischief = 'hang'
    const started = performance.now()
    expect(await pool.blockCount()).toBe(11)
    expect(performance.now() - started).toBeLessThan(1_900)
  })
})

test.each([1, 4])('with %d nodes, knows after a long rest how many blocks there are by then', async count => {
  pool = poolOf(nodes.slice(0, count))
  expect(await pool.blockCount()).toBe(11)
  chain.addBlocks(400)
  clock.timeMs += 600_000
  expect(await Promise.all([pool.blockCount(), pool.blockCount()])).toEqual([411, 411])
})

test('works with a single node', async () => {
  pool = poolOf(nodes.slice(0, 1))
  expect(await readCount()).toBe(11)
  expect(await pool.blockCount()).toBe(11)
})
