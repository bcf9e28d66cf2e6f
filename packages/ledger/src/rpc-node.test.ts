import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeChain, FakeNode, type Mischief } from '../test/fake-network.ts'
import { RpcNode } from './rpc-node.ts'

const options = { fetch: globalThis.fetch, timeoutMs: 5_000, maxAnswerBytes: 1_000_000 }
let fake: FakeNode
let rpc: RpcNode

beforeEach(async () => {
  fake = await FakeNode.start(new FakeChain())
  rpc = new RpcNode(fake.rpcUrl, options)
})

afterEach(() => fake.stop())

test('gives the result of a call', async () => {
  expect(await rpc.call('getblockcount', [])).toBe(1)
})

test.each<[Mischief, string]>([
  ['hang', 'ERR_LEDGER_UNREACHABLE'],
  ['close', 'ERR_LEDGER_UNREACHABLE'],
  ['garbage', 'ERR_LEDGER_ANSWER'],
  ['status 500', 'ERR_LEDGER_ANSWER'],
  ['wrong id', 'ERR_LEDGER_ANSWER'],
  ['endless', 'ERR_LEDGER_ANSWER'],
])('a node that answers with %s is %s', async (mischief, code) => {
  fake.mischief = mischief
  const waiting = mischief === 'hang' ? new RpcNode(fake.rpcUrl, { ...options, timeoutMs: 200 }) : rpc
  await expect(waiting.call('getblockcount', [])).rejects.toMatchObject({ code })
})

test('refuses an answer over the limit whose length is declared', async () => {
  fake.answers.set('getblockcount', () => 'x'.repeat(2_000_000))
  await expect(rpc.call('getblockcount', [])).rejects.toMatchObject({ code: 'ERR_LEDGER_ANSWER' })
})

test('says that nobody listens', async () => {
  await fake.stop()
  await expect(rpc.call('getblockcount', [])).rejects.toMatchObject({ code: 'ERR_LEDGER_UNREACHABLE' })
  fake = await FakeNode.start(fake.chain)
})

test('hands on what the node refuses, with its code and words', async () => {
  const refusal = { code: 'ERR_LEDGER_NODE', rpcCode: -32601, reason: 'Method not found' }
  await expect(rpc.call('nonsense', [])).rejects.toMatchObject(refusal)
})

test('sends calls that come at once in few requests, and gives each its own answer', async () => {
  fake.chain.addBlocks(400)
  const heights = await Promise.allSettled(
    Array.from({ length: 400 }, (_, index) => rpc.call(index === 7 ? 'nonsense' : 'getblockheader', [index, false])),
  )
  expect(fake.requests).toBeLessThanOrEqual(4)
  expect(heights.map(each => each.status).filter(status => status === 'rejected')).toHaveLength(1)
  expect(new Set(heights.map(each => (each.status === 'fulfilled' ? each.value : each.reason)))).toHaveLength(400)
})

test('never puts more than a node takes into one request', async () => {
  fake.answers.set('sendrawtransaction', () => 1)
  await Promise.all(Array.from({ length: 100 }, () => rpc.call('sendrawtransaction', ['x'.repeat(100_000)])))
  expect(fake.requests).toBeGreaterThanOrEqual(5)
})
