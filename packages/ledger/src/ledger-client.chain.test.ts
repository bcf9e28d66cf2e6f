import { bytesToBase64 } from '@hufu/primitives'
import { startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, multisigAccount } from './account.ts'
import { callScript } from './call-script.ts'
import type { ContractCall } from './contract-call.ts'
import type { FollowCursor, FollowedBlocks } from './follow-blocks.ts'
import type { SigningOptions } from './ledger-writer.ts'
import { MemoryOutbox } from './memory-outbox.ts'
import { nativeContracts } from './native-contracts.ts'
import { networkFee } from './network-fee.ts'
import { planSigners } from './plan-signers.ts'
import type { ScriptHash } from './script-hash.ts'
import { signTransaction } from './sign-transaction.ts'
import { asInteger } from './stack-item.ts'

let network: TestNetwork
let alice: Account
let bob: Account

beforeAll(async () => {
  network = await startTestNetwork({ validators: 4, contracts: false })
  const accounts = await network.fundedAccounts('alice', 'bob')
  alice = accounts[0]!
  bob = accounts[1]!
})

afterAll(() => network.stop())

function transfer(from: ScriptHash, to: ScriptHash, amount: bigint): ContractCall {
  return {
    contract: nativeContracts.gasToken,
    method: 'transfer',
    args: [
      { type: 'Hash160', value: from },
      { type: 'Hash160', value: to },
      { type: 'Integer', value: amount },
      { type: 'Any', value: null },
    ],
  }
}

function balanceOf(account: ScriptHash): ContractCall {
  return { contract: nativeContracts.gasToken, method: 'balanceOf', args: [{ type: 'Hash160', value: account }] }
}

async function balance(account: Account): Promise<bigint> {
  return asInteger(await network.ledger.invokeRead(balanceOf(account.scriptHash)))
}

async function ask(method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(network.descriptor.validators[0]!.rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  return ((await response.json()) as { result: unknown }).result
}

describe('writes', () => {
  test('become durable, with what they returned and notified', async () => {
    const before = await balance(bob)
    const calls = [transfer(alice.scriptHash, bob.scriptHash, 5n), transfer(alice.scriptHash, bob.scriptHash, 7n)]
    const write = await network.ledger.submit(calls, { account: alice, idempotencyKey: 'durable' })
    const outcome = await write.durable()
    expect(outcome.results).toEqual([
      { type: 'Boolean', value: true },
      { type: 'Boolean', value: true },
    ])
    expect(outcome.notifications.map(({ name, items }) => [name, asInteger(items[2])])).toEqual([
      ['Transfer', 5n],
      ['Transfer', 7n],
    ])
    expect(await balance(bob)).toBe(before + 12n)
    expect(await ask('getblockhash', [outcome.blockIndex])).toBe(`0x${outcome.blockHash}`)
  })

  test('are paid by a sponsor, and the account keeps its GAS', async () => {
    const before = await balance(alice)
    const call = transfer(alice.scriptHash, bob.scriptHash, 1n)
    await (await network.ledger.submit([call], { account: alice, sponsor: bob, idempotencyKey: 'sponsored' })).durable()
    expect(await balance(alice)).toBe(before - 1n)
  })

  test("cannot move a sponsor's GAS", async () => {
    const call = transfer(bob.scriptHash, alice.scriptHash, 1n)
    const write = await network.ledger.submit([call], { account: alice, sponsor: bob, idempotencyKey: 'theft' })
    expect((await write.durable()).results).toEqual([{ type: 'Boolean', value: false }])
  })

  test('are signed by as many keys of a shared account as it needs', async () => {
    const keys = [...alice.publicKeys, ...bob.publicKeys]
    const shared = multisigAccount(2, keys, [...bob.signers, ...alice.signers])
    const fund = transfer(alice.scriptHash, shared.scriptHash, 100_000_000n)
    await (await network.ledger.submit([fund], { account: alice, idempotencyKey: 'fund shared' })).inBlock()
    const call = transfer(shared.scriptHash, alice.scriptHash, 1n)
    await (await network.ledger.submit([call], { account: shared, idempotencyKey: 'shared' })).durable()
  })

  test('say what the contract said when it refused', async () => {
    const call = transfer(alice.scriptHash, bob.scriptHash, -1n)
    const options = { account: alice, idempotencyKey: 'negative' }
    await expect(network.ledger.submit([call], options)).rejects.toMatchObject({
      code: 'ERR_LEDGER_DRY_RUN_FAULT',
      reason: 'negative amount',
    })
    await expect(network.ledger.invokeRead(call)).rejects.toMatchObject({ code: 'ERR_LEDGER_DRY_RUN_FAULT' })
  })

  test('say that they failed in their block', async () => {
    const call = transfer(alice.scriptHash, bob.scriptHash, 1n)
    const write = await network.ledger.submit([call], { account: alice, idempotencyKey: 'out of gas', systemFeeDatoshi: 1_000n })
    await expect(write.durable()).rejects.toMatchObject({ code: 'ERR_LEDGER_FAULT', reason: 'GAS limit exceeded' })
  })

  test('are refused when nobody can pay', async () => {
    const keys = [...alice.publicKeys, ...bob.publicKeys]
    const poor = multisigAccount(1, keys, alice.signers)
    const call = transfer(poor.scriptHash, bob.scriptHash, 0n)
    await expect(network.ledger.submit([call], { account: poor, idempotencyKey: 'poor' })).rejects.toMatchObject({
      code: 'ERR_LEDGER_REJECTED',
    })
  })

  test('left by a crash are the same transaction afterwards', async () => {
    const outbox = new MemoryOutbox()
    const crashed = network.client({ outbox })
    const call = transfer(alice.scriptHash, bob.scriptHash, 3n)
    const write = await crashed.submit([call], { account: alice, idempotencyKey: 'crash' })
    crashed.close()
    const writes = await network.client({ outbox }).resume()
    expect(await writes.get('crash')!.durable()).toMatchObject({ transactionHash: write.transactionHash })
    const again = await network.client({ outbox }).submit([call], { account: alice, idempotencyKey: 'crash' })
    expect(again.transactionHash).toBe(write.transactionHash)
  })

  test('that expire leave no trace', async () => {
    const outbox = new MemoryOutbox()
    const client = network.client({ outbox, validBlocks: 2, waitMs: 30_000 })
    const mute: typeof fetch = (url, init) =>
      String(init?.body).includes('sendrawtransaction') ? Promise.reject(new TypeError('lost on the way')) : fetch(url, init)
    const cut = network.client({ outbox, validBlocks: 2, fetch: mute, waitMs: 30_000 })
    const write = await cut.submit([transfer(alice.scriptHash, bob.scriptHash, 4n)], { account: alice, idempotencyKey: 'late' })
    for (let block = 0; block < 4; block++) {
      const call = transfer(bob.scriptHash, bob.scriptHash, BigInt(block))
      await (await network.ledger.submit([call], { account: bob, idempotencyKey: `pass ${block}` })).inBlock()
    }
    await expect(write.durable()).rejects.toMatchObject({ code: 'ERR_LEDGER_EXPIRED' })
    await (await client.submit([transfer(alice.scriptHash, bob.scriptHash, 4n)], { account: alice, idempotencyKey: 'late' })).inBlock()
  })
})

test('computes the network fee as the node does', async () => {
  const keys = [...alice.publicKeys, ...bob.publicKeys]
  const shared = multisigAccount(2, keys, [...alice.signers, ...bob.signers])
  const cases: readonly SigningOptions[] = [
    { account: alice },
    { account: shared },
    { account: [alice, shared], sponsor: network.committee, allowedContracts: [nativeContracts.policy] },
  ]
  for (const options of cases) {
    const { accounts, signers } = planSigners(options)
    const script = callScript([transfer(alice.scriptHash, bob.scriptHash, 1n)], 'all')
    const transaction = { nonce: 1, systemFeeDatoshi: 1n, networkFeeDatoshi: 1n, validUntilBlock: 100, signers, script }
    const { bytes } = await signTransaction(transaction, accounts, network.descriptor.magic)
    const { networkfee } = (await ask('calculatenetworkfee', [bytesToBase64(bytes)])) as { networkfee: string }
    expect(networkFee(transaction, accounts, { feePerByteDatoshi: 1_000n, execFeeFactorPico: 300_000n })).toBe(BigInt(networkfee))
  }
})

test('reads many values of one block at once', async () => {
  const calls = [alice, bob, alice].map(account => balanceOf(account.scriptHash))
  const [first, second, third] = await network.ledger.invokeReadMany(calls)
  expect(first).toEqual(third)
  expect(asInteger(second)).toBe(await balance(bob))
})

test('follows every transfer in order, and goes on where it stopped', async () => {
  const transfers = async (cursor: FollowCursor | undefined, last: number): Promise<{ seen: readonly bigint[]; cursor: FollowCursor }> => {
    const seen: bigint[] = []
    for await (const batch of network.ledger.follow({ contracts: [nativeContracts.gasToken], cursor })) {
      seen.push(...batch.notifications.map(({ items }) => asInteger(items[2])).filter(amount => amount > 1_000n && amount < 2_000n))
      if (batch.cursor.blockIndex >= last) return { seen, cursor: batch.cursor }
    }
    throw new Error('ended early')
  }
  const send = async (amount: bigint) => {
    const write = await network.ledger.submit([transfer(alice.scriptHash, bob.scriptHash, amount)], {
      account: alice,
      idempotencyKey: `${amount}`,
    })
    return (await write.inBlock()).blockIndex
  }
  const first = await transfers(undefined, Math.max(await send(1_001n), await send(1_002n)))
  expect(first.seen).toEqual([1_001n, 1_002n])
  const second = await transfers(first.cursor, await send(1_003n))
  expect(second.seen).toEqual([1_003n])
})

test('goes on reading, writing and following when its node is killed', async () => {
  const client = network.client({ firstNode: 2, rpcTimeoutMs: 1_000 })
  const following = client.follow({ contracts: [nativeContracts.gasToken], cursor: await headOf() })
  const write = async (name: string) => {
    const submitted = await client.submit([transfer(alice.scriptHash, bob.scriptHash, 1n)], { account: alice, idempotencyKey: name })
    return submitted.durable()
  }
  await write('before the kill')
  await network.nodes.killNode(2)
  const { blockIndex } = await write('after the kill')
  let followed: FollowedBlocks | undefined
  do followed = (await following.next()).value ?? undefined
  while (followed !== undefined && followed.cursor.blockIndex < blockIndex)
  expect(followed?.cursor.blockIndex).toBeGreaterThanOrEqual(blockIndex)
  await following.return()
  network.nodes.startNode(2)
  await network.nodes.ready()
})

test('sends a write again whose block died with all nodes', async () => {
  const call = transfer(alice.scriptHash, bob.scriptHash, 1n)
  const write = await network.ledger.submit([call], { account: alice, idempotencyKey: 'lost block' })
  await write.inBlock()
  await network.nodes.killAll()
  for (const index of network.nodes.files.nodes.keys()) network.nodes.startNode(index)
  await network.nodes.ready()
  const { transactionHash, blockIndex } = await write.durable()
  expect(await ask('gettransactionheight', [`0x${transactionHash}`])).toBe(blockIndex)
})

async function headOf(): Promise<FollowCursor> {
  const blockIndex = (await network.ledger.getBlockCount()) - 1
  return { blockIndex, blockHash: String(await ask('getblockhash', [blockIndex])).slice(2) }
}
