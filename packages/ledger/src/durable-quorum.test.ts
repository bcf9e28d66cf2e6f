import { systemClock } from '@hufu/primitives'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeChain, FakeNode } from '../test/fake-network.ts'
import { delay } from './delay.ts'
import { DurableQuorum, type Verdict } from './durable-quorum.ts'
import { quorumOf } from './quorum-of.ts'
import { RpcNode } from './rpc-node.ts'

const hash = 'ab'.repeat(32)
const validUntilBlock = 20
let chain: FakeChain
let validators: readonly FakeNode[]
let quorum: DurableQuorum

beforeEach(async () => {
  chain = new FakeChain()
  chain.addBlocks(9)
  chain.addBlock([{ hash }])
  validators = await Promise.all(Array.from({ length: 7 }, () => FakeNode.start(chain)))
  for (const validator of validators) validator.unpersisted = 1
  quorum = new DurableQuorum(
    validators.map(({ rpcUrl, metricsUrl }) => ({
      rpc: new RpcNode(rpcUrl, { fetch, timeoutMs: 2_000, maxAnswerBytes: 100_000 }),
      metricsUrl,
    })),
    { fetch, clock: systemClock, timeoutMs: 2_000, pollMs: 5 },
  )
})

afterEach(async () => {
  quorum.close()
  await Promise.all(validators.map(validator => validator.stop()))
})

function persist(count: number): void {
  for (const validator of validators.slice(0, count)) validator.unpersisted = 0
}

/** The verdict if it comes soon. */
function verdictSoon(verdict: Promise<Verdict>, ms = 300): Promise<Verdict | 'none'> {
  return Promise.race([verdict, delay(ms).then(() => 'none' as const)])
}

test('takes n−f validators', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 10].map(quorumOf)).toEqual([1, 2, 3, 3, 4, 5, 5, 7])
})

test('counts a block only once five of seven have it on disk', async () => {
  const verdict = quorum.settle(hash, 10, validUntilBlock)
  expect(await verdictSoon(verdict)).toBe('none')
  persist(4)
  expect(await verdictSoon(verdict)).toBe('none')
  persist(5)
  expect(await verdict).toEqual({ kind: 'included', blockIndex: 10, halted: true })
})

test('is not told by the blocks before or by those that are only in memory', async () => {
  chain.addBlocks(5)
  for (const validator of validators) validator.unpersisted = 6
  const verdict = quorum.settle(hash, 10, validUntilBlock)
  expect(await verdictSoon(verdict)).toBe('none')
  for (const validator of validators) validator.unpersisted = 5
  expect(await verdict).toMatchObject({ kind: 'included' })
})

test('tells that the transaction failed', async () => {
  const other = 'cd'.repeat(32)
  chain.addBlock([{ hash: other, halted: false }])
  persist(7)
  expect(await quorum.settle(other, 11, validUntilBlock)).toEqual({ kind: 'included', blockIndex: 11, halted: false })
})

test('does not let two liars of seven forge or prevent', async () => {
  const absent = 'ef'.repeat(32)
  for (const liar of validators.slice(0, 2)) {
    liar.answers.set('gettransactionheight', () => 10)
    liar.answers.set('getapplicationlog', () => ({ executions: [{ vmstate: 'FAULT', gasconsumed: '1', stack: [], notifications: [] }] }))
  }
  persist(7)
  expect(await quorum.settle(hash, 10, validUntilBlock)).toEqual({ kind: 'included', blockIndex: 10, halted: true })
  expect(await verdictSoon(quorum.settle(absent, 10, validUntilBlock))).toBe('none')
})

test('asks again once all have answered and too few agree: those who were wrong may have been put right', async () => {
  persist(7)
  for (const wrong of validators.slice(0, 3)) wrong.answers.set('gettransactionheight', () => 9)
  const verdict = quorum.settle(hash, 10, validUntilBlock)
  expect(await verdictSoon(verdict)).toBe('none')
  for (const wrong of validators) wrong.answers.clear()
  expect(await verdict).toEqual({ kind: 'included', blockIndex: 10, halted: true })
})

test('a vote that comes after the verdict is none on the same question asked again', async () => {
  const held = Promise.withResolvers<void>()
  let heldCount = 0
  const late: typeof fetch = async (input, init) => {
    heldCount++
    await held.promise
    return fetch(input, init)
  }
  quorum.close()
  quorum = new DurableQuorum(
    validators.map(({ rpcUrl, metricsUrl }, index) => ({
      rpc: new RpcNode(rpcUrl, { fetch: index < 5 ? fetch : late, timeoutMs: 2_000, maxAnswerBytes: 100_000 }),
      metricsUrl,
    })),
    { fetch, clock: systemClock, timeoutMs: 2_000, pollMs: 5 },
  )
  persist(7)
  const included = { kind: 'included', blockIndex: 10, halted: true }
  expect(await quorum.settle(hash, 10, validUntilBlock)).toEqual(included)
  while (heldCount < 4) await delay(5)
  for (const validator of validators) validator.unpersisted = 1
  const again = quorum.settle(hash, 10, validUntilBlock)
  held.resolve()
  expect(await verdictSoon(again)).toBe('none')
  persist(7)
  expect(await verdictSoon(again, 2_000)).toEqual(included)
})

test('does without two of seven that hang or are gone', async () => {
  validators[0]!.mischief = 'hang'
  await validators[1]!.stop()
  persist(7)
  expect(await quorum.settle(hash, 10, validUntilBlock)).toMatchObject({ kind: 'included' })
  validators = validators.toSpliced(1, 1)
})

test('does not count a validator that is wiped and behind', async () => {
  for (const wiped of validators.slice(0, 3)) wiped.lag = 5
  persist(7)
  expect(await verdictSoon(quorum.settle(hash, 10, validUntilBlock))).toBe('none')
})

test('does not count a validator that has the height but not the transaction', async () => {
  for (const validator of validators.slice(0, 3)) validator.refuses.set('gettransactionheight', -103)
  persist(7)
  expect(await verdictSoon(quorum.settle(hash, 10, validUntilBlock))).toBe('none')
})

test('gives a transaction up only when its last block is on disk without it', async () => {
  const lost = 'ef'.repeat(32)
  const verdict = quorum.settle(lost, validUntilBlock, validUntilBlock)
  chain.addBlocks(validUntilBlock - chain.height)
  expect(await verdictSoon(verdict)).toBe('none')
  persist(4)
  expect(await verdictSoon(verdict)).toBe('none')
  persist(5)
  expect(await verdict).toEqual({ kind: 'expired' })
})

test('finds a transaction that landed in the last block it could', async () => {
  const late = 'ef'.repeat(32)
  chain.addBlocks(validUntilBlock - chain.height - 1)
  chain.addBlock([{ hash: late }])
  persist(7)
  expect(await quorum.settle(late, validUntilBlock, validUntilBlock)).toMatchObject({ kind: 'included', blockIndex: validUntilBlock })
})

test('asks no more once all is settled', async () => {
  persist(7)
  await quorum.settle(hash, 10, validUntilBlock)
  await delay(50)
  for (const validator of validators) validator.requests = 0
  await delay(100)
  expect(validators.map(validator => validator.requests)).toEqual([0, 0, 0, 0, 0, 0, 0])
})

test('reads gauges in exponential form', async () => {
  chain.addBlocks(2_000)
  chain.addBlock([{ hash: 'cd'.repeat(32) }])
  persist(7)
  expect(await quorum.settle('cd'.repeat(32), chain.height, chain.height + 5)).toMatchObject({ kind: 'included', blockIndex: chain.height })
})
