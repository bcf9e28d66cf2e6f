import { generateSigner } from '@hufu/keys'
import { base64ToBytes, bytesToHex } from '@hufu/primitives'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FakeChain, FakeNode, type FakeTransaction, hashOf } from '../test/fake-network.ts'
import { singleAccount } from './account.ts'
import type { ContractCall } from './contract-call.ts'
import { LedgerClient, type LedgerClientOptions } from './ledger-client.ts'
import type { SubmitOptions } from './ledger-writer.ts'
import { MemoryOutbox } from './memory-outbox.ts'
import { parseScriptHash, scriptHashToBytes } from './script-hash.ts'

const contract = parseScriptHash('ab'.repeat(20))
const call = (value: bigint): ContractCall => ({ contract, method: 'set', args: [{ type: 'Integer', value }] })
const [signer, sponsorSigner] = await Promise.all([generateSigner('P-256'), generateSigner('P-256')])
const account = singleAccount(signer)
const sponsor = singleAccount(sponsorSigner)

let chain: FakeChain
let nodes: readonly FakeNode[]
let outbox: MemoryOutbox
let clients: LedgerClient[]
let client: LedgerClient

beforeEach(async () => {
  chain = new FakeChain()
  chain.addBlocks(5)
  nodes = await Promise.all([1, 2, 3, 4].map(() => FakeNode.start(chain)))
  const stack = ['1000', '300000'].map(value => ({ type: 'Integer', value }))
  for (const node of nodes) node.answers.set('invokescript', () => ({ state: 'HALT', gasconsumed: '1000', stack }))
  outbox = new MemoryOutbox()
  clients = []
  client = newClient()
})

afterEach(async () => {
  for (const each of clients) each.close()
  await Promise.all(nodes.map(node => node.stop()))
})

function newClient(options: Partial<LedgerClientOptions> = {}): LedgerClient {
  const validators = nodes.map(({ rpcUrl, wsUrl, metricsUrl }, index) => ({ name: `v${index}`, publicKey: '', rpcUrl, wsUrl, metricsUrl }))
  const fast = { rpcTimeoutMs: 4_000, pollMs: 20, durablePollMs: 5, surveyMs: 50, resendMs: 50, validBlocks: 10, waitMs: 10_000 }
  const made = new LedgerClient({ network: { magic: 5, validators }, firstNode: 0, outbox, ...fast, ...options })
  clients.push(made)
  return made
}

const byKey = (idempotencyKey: string): SubmitOptions => ({ account, idempotencyKey })

/** Transactions that any node has received. */
function received(): readonly string[] {
  return [...new Set(nodes.flatMap(node => node.received))]
}

/** Puts all received transactions that are in no block into one, and tells of it. */
function mine(outcome: Partial<FakeTransaction> = {}): void {
  const landed = new Set(chain.blocks.flatMap(block => block.transactions.map(each => each.hash)))
  chain.addBlock(
    received()
      .map(hashOf)
      .filter(hash => !landed.has(hash))
      .map(hash => ({ hash, ...outcome })),
  )
  for (const node of nodes) node.announce()
}

function passBlocks(count: number): void {
  chain.addBlocks(count)
  for (const node of nodes) node.announce()
}

describe('reads', () => {
  test('give what the method returned', async () => {
    nodes[0]!.answers.set('invokescript', () => ({ state: 'HALT', gasconsumed: '1', stack: [{ type: 'Integer', value: '7' }] }))
    expect(await client.invokeRead(call(1n))).toEqual({ type: 'Integer', value: 7n })
  })

  test('throw the words of the contract', async () => {
    const exception = 'at instruction 1 (THROW): unhandled exception: "not registered"'
    nodes[0]!.answers.set('invokescript', () => ({ state: 'FAULT', gasconsumed: '1', stack: [], exception }))
    await expect(client.invokeRead(call(1n))).rejects.toMatchObject({ code: 'ERR_LEDGER_DRY_RUN_FAULT', reason: 'not registered' })
  })

  test('refuse an answer with other than one result for each call', async () => {
    await expect(client.invokeRead(call(1n))).rejects.toMatchObject({ code: 'ERR_LEDGER_ANSWER' })
    expect(await client.invokeReadMany([call(1n), call(2n)])).toHaveLength(2)
  })

  test('tell the number of blocks', async () => {
    expect(await client.getBlockCount()).toBe(6)
  })
})

describe('a write', () => {
  test('goes from sent to in a block to durable', async () => {
    for (const node of nodes) node.unpersisted = 1
    const write = await client.submit([call(1n)], byKey('a'))
    expect(received().map(hashOf)).toEqual([write.transactionHash])
    const notification = { contract, name: 'Set', items: [] }
    mine({ stack: [{ type: 'Boolean', value: true }], notifications: [notification] })
    const outcome = await write.inBlock()
    expect(outcome).toMatchObject({
      blockIndex: 6,
      blockTimeMs: 1_006_000,
      blockHash: chain.blocks[6]!.hash,
      results: [{ type: 'Boolean', value: true }],
    })
    expect(outcome.notifications).toMatchObject([{ ...notification, transactionHash: write.transactionHash, index: 0 }])
    expect(await outbox.find('a')).toMatchObject({ state: 'pending' })
    for (const node of nodes) node.unpersisted = 0
    expect(await write.durable()).toEqual(outcome)
    await vi.waitFor(async () => expect(await outbox.find('a')).toMatchObject({ state: 'durable', blockIndex: 6 }))
  })

  test('is paid by its sponsor, whose signature no contract can use', async () => {
    await client.submit([call(1n)], { ...byKey('a'), sponsor })
    const signers = bytesToHex(base64ToBytes(received()[0]!)).slice(50, 50 + 2 + 42 * 2)
    expect(signers).toBe(`02${bytesToHex(scriptHashToBytes(sponsor.scriptHash))}00${bytesToHex(scriptHashToBytes(account.scriptHash))}01`)
  })

  test('signs once when the account is its own sponsor', async () => {
    await client.submit([call(1n)], { ...byKey('a'), sponsor: account })
    const signers = bytesToHex(base64ToBytes(received()[0]!)).slice(50, 50 + 2 + 42)
    expect(signers).toBe(`01${bytesToHex(scriptHashToBytes(account.scriptHash))}01`)
  })

  test('needs no dry run if the caller knows the fee', async () => {
    await client.submit([call(1n)], byKey('a'))
    for (const node of nodes) node.calls.length = 0
    await client.submit([call(2n)], { ...byKey('b'), systemFeeDatoshi: await client.estimateSystemFee([call(1n)], { account }) })
    expect(nodes.flatMap(node => node.calls).filter(method => method === 'invokescript')).toHaveLength(1)
  })

  test('stops at a dry run that fails, with nothing sent or kept', async () => {
    const exception = 'at instruction 1 (THROW): unhandled exception: "no"'
    for (const node of nodes) node.answers.set('invokescript', () => ({ state: 'FAULT', gasconsumed: '1', stack: [], exception }))
    await expect(client.submit([call(1n)], byKey('a'))).rejects.toMatchObject({ code: 'ERR_LEDGER_DRY_RUN_FAULT', reason: 'no' })
    expect(received()).toEqual([])
    expect(await outbox.find('a')).toBeUndefined()
  })

  test('stops at a fee that no write may cost', async () => {
    for (const node of nodes) node.answers.set('invokescript', () => ({ state: 'HALT', gasconsumed: '90000000000', stack: [] }))
    await expect(client.estimateSystemFee([call(1n)], { account })).rejects.toMatchObject({ code: 'ERR_LEDGER_FEE' })
  })

  test('that failed in its block says so, and frees its key', async () => {
    const write = await client.submit([call(1n)], byKey('a'))
    mine({ halted: false, exception: 'at instruction 1 (THROW): unhandled exception: "no"' })
    const fault = { code: 'ERR_LEDGER_FAULT', reason: 'no', transactionHash: write.transactionHash }
    await expect(write.inBlock()).rejects.toMatchObject(fault)
    await expect(write.durable()).rejects.toMatchObject(fault)
    expect((await client.submit([call(1n)], byKey('a'))).transactionHash).not.toBe(write.transactionHash)
  })

  test('that expired says so, and frees its key', async () => {
    const write = await client.submit([call(1n)], byKey('a'))
    const lost = received()[0]!
    passBlocks(9)
    passBlocks(1)
    await expect(write.durable()).rejects.toMatchObject({ code: 'ERR_LEDGER_EXPIRED' })
    await expect(write.inBlock()).rejects.toMatchObject({ code: 'ERR_LEDGER_EXPIRED' })
    expect(await outbox.find('a')).toBeUndefined()
    await client.submit([call(1n)], byKey('a'))
    expect(received()).toHaveLength(2)
    expect(received()[0]).toBe(lost)
  })

  test('whose fate is open says so after a while, and goes on', async () => {
    const impatient = newClient({ waitMs: 50 })
    const write = await impatient.submit([call(1n)], byKey('a'))
    await expect(write.durable()).rejects.toMatchObject({ code: 'ERR_LEDGER_UNKNOWN', transactionHash: write.transactionHash })
    mine()
    await vi.waitFor(() => write.durable(), 3_000)
  })

  test('is sent again, to other nodes, while it is in no block', async () => {
    await client.submit([call(1n)], byKey('a'))
    expect(nodes[1]!.received).toEqual([])
    await vi.waitFor(
      () => {
        passBlocks(1)
        expect(nodes[1]!.received).toEqual(nodes[0]!.received)
      },
      { timeout: 4_000, interval: 60 },
    )
  })
})

test("a write is sent again although the machine's clock was put back", async () => {
  await client.submit([call(1n)], byKey('a'))
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000)
  await vi.waitFor(
    () => {
      passBlocks(1)
      expect(nodes[1]!.received).toEqual(nodes[0]!.received)
    },
    { timeout: 4_000, interval: 60 },
  )
  clock.mockRestore()
})

test('a write whose block was lost in a crash of all validators is sent again', async () => {
  for (const node of nodes) node.unpersisted = 1
  const write = await client.submit([call(1n)], byKey('a'))
  mine()
  await write.inBlock()
  chain.blocks.pop()
  for (const node of nodes) node.received.length = 0
  await vi.waitFor(
    () => {
      passBlocks(1)
      expect(received().map(hashOf)).toEqual([write.transactionHash])
    },
    { timeout: 4_000, interval: 60 },
  )
  mine()
  for (const node of nodes) node.unpersisted = 0
  expect(await write.durable()).toMatchObject({ blockIndex: chain.height })
  expect(chain.height).toBeGreaterThan(6)
})

describe('the outbox', () => {
  test('has a write before any node has', async () => {
    const kept = Promise.withResolvers<void>()
    vi.spyOn(outbox, 'put').mockReturnValueOnce(kept.promise)
    const submitting = client.submit([call(1n)], byKey('a'))
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(received()).toEqual([])
    kept.resolve()
    await submitting
    expect(received()).toHaveLength(1)
  })

  test('that fails stops the write, and nothing is sent', async () => {
    vi.spyOn(outbox, 'put').mockRejectedValueOnce(new Error('disk full'))
    await expect(client.submit([call(1n)], byKey('a'))).rejects.toThrow('disk full')
    expect(received()).toEqual([])
    await client.submit([call(1n)], byKey('a'))
    expect(received()).toHaveLength(1)
  })

  test('that fails when all is done does not undo it', async () => {
    const write = await client.submit([call(1n)], byKey('a'))
    vi.spyOn(outbox, 'put').mockRejectedValueOnce(new Error('disk full'))
    mine()
    await write.durable()
  })

  test('makes one write of one key, however often it is asked for', async () => {
    const writes = await Promise.all([1, 2, 3].map(() => client.submit([call(1n)], byKey('a'))))
    expect(new Set(writes.map(write => write.transactionHash))).toHaveLength(1)
    mine()
    const outcome = await writes[0]!.durable()
    await vi.waitFor(async () => expect(await outbox.find('a')).toMatchObject({ state: 'durable' }))
    for (const later of [client, newClient()]) {
      const write = await later.submit([call(1n)], byKey('a'))
      expect(await write.durable()).toEqual(outcome)
    }
    expect(received()).toHaveLength(1)
  })

  test('refuses another write under a key that is taken', async () => {
    await client.submit([call(1n)], byKey('a'))
    const taken = { code: 'ERR_LEDGER_IDEMPOTENCY' }
    await expect(client.submit([call(2n)], byKey('a'))).rejects.toMatchObject(taken)
    await expect(client.submit([call(1n)], { account: sponsor, idempotencyKey: 'a' })).rejects.toMatchObject(taken)
    await expect(newClient().submit([call(2n)], byKey('a'))).rejects.toMatchObject(taken)
  })

  test('lets a crash before sending end in one transaction', async () => {
    const mute: typeof fetch = (url, init) =>
      String(init?.body).includes('sendrawtransaction') ? new Promise(() => undefined) : fetch(url, init)
    const crashed = newClient({ fetch: mute })
    void crashed.submit([call(1n)], byKey('a'))
    await vi.waitFor(async () => expect(await outbox.pending()).toHaveLength(1))
    crashed.close()
    const sent = (await outbox.pending())[0]!.transaction
    expect(received()).toEqual([])
    const writes = await newClient().resume()
    await vi.waitFor(() => expect(received()).toEqual([sent]))
    mine()
    expect(await writes.get('a')!.durable()).toMatchObject({ transactionHash: hashOf(sent) })
  })

  test('lets a crash after landing end in the same transaction', async () => {
    const write = await client.submit([call(1n)], byKey('a'))
    client.close()
    mine()
    const again = await newClient().submit([call(1n)], byKey('a'))
    expect(again.transactionHash).toBe(write.transactionHash)
    expect(await again.durable()).toMatchObject({ blockIndex: 6 })
    expect(received()).toHaveLength(1)
  })

  test('lets a crash long ago end in EXPIRED', async () => {
    await client.submit([call(1n)], byKey('a'))
    client.close()
    for (const node of nodes) {
      node.received.length = 0
      node.refuses.set('sendrawtransaction', -510)
    }
    chain.addBlocks(50)
    const writes = await newClient().resume()
    await expect(writes.get('a')!.durable()).rejects.toMatchObject({ code: 'ERR_LEDGER_EXPIRED' })
    expect(await outbox.pending()).toEqual([])
  })
})

describe('nodes that refuse', () => {
  test('end a write if one honest node is among them', async () => {
    for (const node of nodes.slice(0, 2)) node.refuses.set('sendrawtransaction', -511)
    await expect(client.submit([call(1n)], byKey('a'))).rejects.toMatchObject({ code: 'ERR_LEDGER_REJECTED', reason: 'refused' })
    expect(received()).toEqual([])
    expect(await outbox.find('a')).toBeUndefined()
    for (const node of nodes) node.refuses.clear()
    await client.submit([call(1n)], byKey('a'))
  })

  test('end one write, and what the quorum tells of it later does nothing to the next one of its key', async () => {
    vi.spyOn(outbox, 'remove').mockImplementationOnce(async key => {
      // By now the quorum is asked, for the last block that could hold it is over.
      await new Promise(resolve => setTimeout(resolve, 300))
      vi.mocked(outbox.remove).mockRestore()
      await outbox.remove(key)
    })
    vi.spyOn(outbox, 'put').mockImplementationOnce(async record => {
      vi.mocked(outbox.put).mockRestore()
      await outbox.put(record)
      for (const node of nodes) node.unpersisted = 30
      chain.addBlocks(30)
      for (const node of nodes) node.refuses.set('sendrawtransaction', -510)
    })
    await expect(client.submit([call(1n)], byKey('a'))).rejects.toMatchObject({ code: 'ERR_LEDGER_REJECTED' })
    for (const node of nodes) node.refuses.clear()
    const write = await client.submit([call(1n)], byKey('a'))
    for (const node of nodes) node.unpersisted = 0
    await new Promise(resolve => setTimeout(resolve, 500))
    expect(await outbox.find('a')).toMatchObject({ state: 'pending', transactionHash: write.transactionHash })
  })

  test('do not end a write if they may all be liars', async () => {
    nodes[0]!.refuses.set('sendrawtransaction', -511)
    const write = await client.submit([call(1n)], byKey('a'))
    expect(nodes[1]!.received).toHaveLength(1)
    mine()
    await write.durable()
  })

  test('do not end a write that another may have taken without an answer', async () => {
    await client.submit([call(0n)], byKey('first'))
    nodes[0]!.answers.set('sendrawtransaction', () => 'garbage')
    for (const node of nodes.slice(1)) node.refuses.set('sendrawtransaction', -511)
    await client.submit([call(1n)], byKey('a'))
    expect(await outbox.find('a')).toMatchObject({ state: 'pending' })
  })

  test('for want of room do not end a write: one that refused before may have lied, and passed it on', async () => {
    nodes[0]!.refuses.set('sendrawtransaction', -511)
    for (const node of nodes.slice(1)) node.refuses.set('sendrawtransaction', -502)
    const write = await client.submit([call(1n)], byKey('a'))
    expect(await outbox.find('a')).toMatchObject({ state: 'pending' })
    for (const node of nodes) node.refuses.clear()
    await vi.waitFor(
      () => {
        passBlocks(1)
        expect(received().map(hashOf)).toEqual([write.transactionHash])
      },
      { timeout: 4_000, interval: 60 },
    )
    mine()
    await write.durable()
  })

  test('because they have it already are as good as those that take it', async () => {
    for (const node of nodes) node.refuses.set('sendrawtransaction', -503)
    await client.submit([call(1n)], byKey('a'))
    expect(await outbox.find('a')).toMatchObject({ state: 'pending' })
  })
})

describe('a node that lies', () => {
  const faulted = { executions: [{ vmstate: 'FAULT', gasconsumed: '1', exception: 'lie', stack: [], notifications: [] }] }
  const halted = { executions: [{ vmstate: 'HALT', gasconsumed: '1', stack: [], notifications: [] }] }

  test('about a failure cannot make a write look undone', async () => {
    nodes[0]!.answers.set('getapplicationlog', () => faulted)
    const write = await client.submit([call(1n)], byKey('a'))
    mine()
    await expect(write.inBlock()).rejects.toMatchObject({ reason: 'lie' })
    expect(await write.durable()).toMatchObject({ blockIndex: 6 })
  })

  test('about success cannot make a failed write look done', async () => {
    nodes[0]!.answers.set('getapplicationlog', () => halted)
    const write = await client.submit([call(1n)], byKey('a'))
    mine({ halted: false, exception: 'at instruction 1 (THROW): unhandled exception: "no"' })
    await write.inBlock()
    await expect(write.durable()).rejects.toMatchObject({ code: 'ERR_LEDGER_FAULT', reason: 'no' })
  })

  test('about a write that was settled before is passed over', async () => {
    const outcome = await (async () => {
      const write = await client.submit([call(1n)], byKey('a'))
      mine()
      return write.durable()
    })()
    await vi.waitFor(async () => expect(await outbox.find('a')).toMatchObject({ state: 'durable', blockIndex: 6 }))
    nodes[0]!.answers.set('gettransactionheight', () => 5)
    expect(await (await newClient().submit([call(1n)], byKey('a'))).durable()).toEqual(outcome)
    for (const node of nodes) node.answers.set('gettransactionheight', () => 5)
    const write = await newClient().submit([call(1n)], byKey('a'))
    await expect(write.durable()).rejects.toMatchObject({ code: 'ERR_LEDGER_ANSWER', transactionHash: write.transactionHash })
  })

  test('about a transaction that is nowhere cannot make it durable', async () => {
    nodes[0]!.answers.set('getapplicationlog', () => halted)
    nodes[0]!.answers.set('gettransactionheight', () => 5)
    const write = await client.submit([call(1n)], byKey('a'))
    passBlocks(1)
    await write.inBlock()
    passBlocks(20)
    await expect(write.durable()).rejects.toMatchObject({ code: 'ERR_LEDGER_EXPIRED' })
  })
})
