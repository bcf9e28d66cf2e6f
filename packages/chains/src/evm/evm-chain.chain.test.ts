import { createDid, deactivateDid, didOf } from '@hufu/did'
import { scriptHashToBytes, singleAccount, trustAnchorOf } from '@hufu/ledger'
import { base64ToBytes, bytesToBase64, bytesToHex, bytesToUtf8, concatBytes, errorCode } from '@hufu/primitives'
import { fixedSigner, startAnvil, startTestNetwork } from '@hufu/testkit'
import { concatHex, encodeAbiParameters, type Hex, keccak256 } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trialContract } from '../../test/evm-trial.ts'
import type { ChainEvent, ChainProof, Receipt } from '../adapter.ts'
import { NeoChain } from '../neo/neo-chain.ts'
import { parseNetworkId } from '../network-id.ts'
import { anchoredEntry } from './anchored-entry.ts'
import { deployNeoLightClient } from './deploy-neo-light-client.ts'
import { EvmChain, type EvmChainOptions } from './evm-chain.ts'
import { attestedRelay } from './generated/attested-relay.ts'
import { neoLightClient } from './generated/neo-light-client.ts'
import { neoAnchorCall } from './neo-anchor-call.ts'

// Real: a Neo network of four validators. Anvil is an EVM with one node and no consensus: what it says is that node's word.
const [neoNetwork, anvil] = await Promise.all([startTestNetwork({ validators: 4 }), startAnvil()])
const { descriptor, ledger, committee } = neoNetwork
const neo = new NeoChain({ network: descriptor })
const didLedger = { client: ledger, network: descriptor }
const account = privateKeyToAccount(anvil.keys[1]!)
const minAssurance = { kind: 'gatewaySigned' } as const
const refusedWith = (code: string) => expect.objectContaining({ code })
const identifiers = String(descriptor.contracts.identifiers.id)

let options: EvmChainOptions & { readonly lightClient: Hex }
let evm: EvmChain

beforeAll(async () => {
  const deployed = await deployNeoLightClient({ url: anvil.url }, account, trustAnchorOf(descriptor))
  options = {
    network: parseNetworkId(`eip155:${anvil.chainId}`),
    nodes: [{ url: anvil.url }],
    lightClient: deployed.address,
    firstBlock: deployed.blockNumber,
    account,
    confirmations: 0,
    pollMs: 25,
    commitTimeoutMs: 5_000,
  }
  evm = await EvmChain.connect(options)
})
afterAll(() => Promise.all([neoNetwork.stop(), anvil.stop()]))

async function identifier(name: string) {
  const owner = singleAccount(await fixedSigner(name))
  const did = didOf('test', owner.scriptHash)
  const created = await createDid(didLedger, { account: owner, sponsor: committee, recovery: null, document: { id: did } })
  const { blockIndex } = (await created.durable()).outcome
  const key = concatBytes(Uint8Array.of(0x69), scriptHashToBytes(owner.scriptHash))
  const keyHex: Hex = `0x${bytesToHex(key)}`
  return {
    blockIndex,
    keyHex,
    /** A proof of the entry after a block of Neo; the next block holds it. */
    prove: (at: number): Promise<ChainProof> => {
      const address = { contract: identifiers, path: [bytesToBase64(key)] }
      return until(async () => neo.prove(await neo.read(address, { minAssurance: { kind: 'lightClient' }, at })))
    },
    deactivate: async () =>
      (await (await deactivateDid(didLedger, { account: owner, sponsor: committee, did, expectedVersion: 1 })).durable()).outcome
        .blockIndex,
    held: (chain = evm) => chain.read({ contract: options.lightClient, path: ['entryOf', identifiers, keyHex] }, { minAssurance }),
  }
}

describe('Neo to EVM', () => {
  let resident: Awaited<ReturnType<typeof identifier>>
  let earlier: ChainProof
  let anchored: Receipt

  test('an identifier is anchored by its proof alone, and read', async () => {
    resident = await identifier('resident')
    await expect(resident.held()).rejects.toThrow(refusedWith('ERR_CHAIN_ABSENT'))
    earlier = await resident.prove(resident.blockIndex)
    anchored = await evm.anchor({ proof: earlier }, { idempotencyKey: 'resident-1' })
    expect(anchored).toMatchObject({ repeated: false, assurance: { kind: 'gatewaySigned' } })
    const view = await resident.held()
    const verified = await neo.verify(earlier, trustAnchorOf(descriptor))
    expect(anchoredEntry(view)).toEqual({ value: verified.value, blockIndex: resident.blockIndex, timeMs: verified.timeMs })
    expect(view).toMatchObject({ height: anchored.height, assurance: { kind: 'gatewaySigned' } })
    await expect(
      evm.read(
        { contract: options.lightClient, path: ['entryOf', identifiers, resident.keyHex] },
        { minAssurance: { kind: 'attested', minK: 1 } },
      ),
    ).rejects.toThrow(refusedWith('ERR_CHAIN_ASSURANCE'))
  })

  test('the same call again changes nothing, by whichever object; another call under its key is refused', async () => {
    expect(await evm.anchor({ proof: earlier }, { idempotencyKey: 'resident-1' })).toEqual({ ...anchored, repeated: true })
    const another = await EvmChain.connect(options)
    expect(await another.anchor({ proof: earlier }, { idempotencyKey: 'resident-1' })).toEqual({ ...anchored, repeated: true })
    const call = { contract: options.lightClient, method: 'submitHeader', args: ['0x00', '0'] }
    await expect(evm.invoke(call, { idempotencyKey: 'resident-1' })).rejects.toThrow(refusedWith('ERR_CHAIN_IDEMPOTENCY'))
  })

  test('a deactivation is seen; the state before it is refused from then on', async () => {
    const proof = await resident.prove(await resident.deactivate())
    const startedAt = performance.now()
    await evm.anchor({ proof }, { idempotencyKey: 'resident-2' })
    console.log(`relay: anchored in ${Math.round(performance.now() - startedAt)} ms once proven`)
    const { value } = await neo.verify(proof, trustAnchorOf(descriptor))
    expect(anchoredEntry(await resident.held()).value).toEqual(value)
    await expect(evm.anchor({ proof: earlier }, { idempotencyKey: 'resident-3' })).rejects.toThrow(refusedWith('ERR_CHAIN_ROLLBACK'))
    expect(anchoredEntry(await resident.held()).value).toEqual(value)
    // As it was: the chain remembers its own past.
    const then = { contract: options.lightClient, path: ['entryOf', identifiers, resident.keyHex] }
    expect(anchoredEntry(await evm.read(then, { minAssurance, at: anchored.height })).blockIndex).toBe(resident.blockIndex)
    await expect(evm.read(then, { minAssurance, at: 10_000 })).rejects.toThrow(refusedWith('ERR_CHAIN_STALE'))
  })

  test('what is false is refused by the chain itself', async () => {
    const proof = await resident.prove((await identifier('newer')).blockIndex)
    const bundle = proof.evidence as { headers: string[]; proof: string; contractId: number; magic: number; key: string }
    const flipped = (text: string, at: number) => {
      const bytes = base64ToBytes(text)
      bytes[at]! ^= 0x10
      return bytesToBase64(bytes)
    }
    const newest = bundle.headers.at(-1)!
    const withNewest = (header: string) => ({ headers: [...bundle.headers.slice(0, -1), header] })
    const forgeries: readonly (readonly [string, object, string])[] = [
      ['state root', withNewest(flipped(newest, 120)), 'NotTheThreshold'],
      ['signature', withNewest(flipped(newest, 160)), 'NotTheThreshold'],
      ['next validators', withNewest(flipped(newest, 90)), 'NotTheThreshold'],
      ['proof', { proof: flipped(bundle.proof, 90) }, 'NodeHashDiffers'],
      ['contract', { contractId: descriptor.contracts.status.id }, 'ProofOfAnotherKey'],
      ['key', { key: bytesToBase64(Uint8Array.of(1)) }, 'ProofOfAnotherKey'],
    ]
    for (const [name, changes, reason] of forgeries) {
      const forged = { ...proof, evidence: { ...bundle, ...changes } }
      await expect(evm.anchor({ proof: forged }, { idempotencyKey: `forged ${name}` }), name).rejects.toThrow(
        expect.objectContaining({ code: 'ERR_CHAIN_REFUSED', reason }),
      )
    }
    await expect(evm.anchor({ proof: { ...proof, evidence: {} } }, { idempotencyKey: 'x' })).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
    await expect(evm.anchor({ proof: { ...proof, format: 'other/1' } }, { idempotencyKey: 'x' })).rejects.toThrow(
      refusedWith('ERR_CHAIN_UNSUPPORTED'),
    )
    const other = await deployNeoLightClient({ url: anvil.url }, account, { ...trustAnchorOf(descriptor), magic: descriptor.magic + 1 })
    const elsewhere = await EvmChain.connect({ ...options, lightClient: other.address })
    await expect(elsewhere.anchor({ proof }, { idempotencyKey: 'x' })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_CHAIN_REFUSED', reason: 'SignatureFalse' }),
    )
    await expect(evm.anchor({ proof }, { idempotencyKey: 'true after all' })).resolves.toMatchObject({ repeated: false })
  })

  test('five of seven attesters, for comparison: gas', async () => {
    const attesters = anvil.keys.slice(2, 9).map(key => privateKeyToAccount(key))
    attesters.sort((one, other) => (one.address.toLowerCase() < other.address.toLowerCase() ? -1 : 1))
    const relay = await trialContract(anvil, attestedRelay, [attesters.map(({ address }) => address), 5n])
    const { value, blockIndex, timeMs } = anchoredEntry(await resident.held())
    const entry = [Number(identifiers), resident.keyHex, `0x${bytesToHex(value)}`, blockIndex, BigInt(timeMs)] as const
    const digest = keccak256(
      encodeAbiParameters(
        [...['uint256', 'address', 'int32', 'bytes', 'bytes', 'uint32', 'uint64']].map(type => ({ type })),
        [BigInt(anvil.chainId), relay.address, ...entry],
      ),
    )
    const signatures = await Promise.all(attesters.slice(0, 5).map(attester => attester.sign({ hash: digest })))
    expect(await relay.refusal('anchor', [...entry, concatHex(signatures.slice(1))])).toBe('NotTheThreshold')
    expect(await relay.refusal('anchor', [...entry, concatHex([...signatures.slice(1), signatures[1]!])])).toBe('AttestersOutOfOrder')
    expect(await relay.refusal('anchor', [...entry.with(3, blockIndex + 1), concatHex(signatures)])).toBe('SignatureFalse')
    console.log(
      `gas: entry by 5 of 7 attesters, value of ${value.length} bytes: ${await relay.send('anchor', [...entry, concatHex(signatures)])}`,
    )
    const { nextConsensus } = trustAnchorOf(descriptor)
    const { headers, args } = await neoAnchorCall(earlier.evidence)
    expect(headers).toEqual([])
    const [[header], [signers], id, key, proof] = [JSON.parse(args[0]!), JSON.parse(args[1]!), Number(args[2]), args[3], args[4]]
    const fresh = () => trialContract(anvil, neoLightClient, [descriptor.magic, 0, `0x${bytesToHex(scriptHashToBytes(nextConsensus))}`])
    const [client, other] = [await fresh(), await fresh()]
    const figures = {
      bytes: [header, proof].map(text => text.length / 2 - 1),
      header: await client.send('submitHeader', [header, signers]),
      entry: await client.send('anchorEntry', [header, id, key, proof]),
      both: await other.send('anchor', [[header], [signers], id, key, proof]),
      bothOnce: Number(((await anvil.call('eth_getTransactionReceipt', [anchored.transactionId])) as { gasUsed: Hex }).gasUsed),
    }
    console.log(`gas: the same entry by light client, 3 of 4 validators: ${JSON.stringify(figures)}`)
  })
})

describe('the adapter', () => {
  test('speaks to no other chain, and writes nothing without an account', async () => {
    await expect(EvmChain.connect({ ...options, network: parseNetworkId('eip155:1') })).rejects.toThrow(refusedWith('ERR_CHAIN_NETWORK'))
    await expect(EvmChain.connect({ ...options, nodes: [{ url: 'http://127.0.0.1:9' }] })).rejects.toThrow(
      refusedWith('ERR_CHAIN_UNREACHABLE'),
    )
    const { account: _, ...readOnly } = options
    const reader = await EvmChain.connect(readOnly)
    expect(reader.capabilities()).toMatchObject({ anchor: false, invoke: false, read: 'gatewaySigned', isFinal: true })
    const call = { contract: options.lightClient, method: 'submitHeader', args: ['0x00', '0'] }
    await expect(reader.invoke(call, { idempotencyKey: 'a' })).rejects.toThrow(refusedWith('ERR_CHAIN_UNSUPPORTED'))
    await expect(evm.prove()).rejects.toThrow(refusedWith('ERR_CHAIN_UNSUPPORTED'))
  })

  test('nodes that agree are attesters; one that lies is outvoted, and too many are not believed', async () => {
    const honest = { url: anvil.url }
    const liar = {
      url: anvil.url,
      fetch: async (url: string | URL | Request, init?: RequestInit) => {
        const answer = await fetch(url, init)
        const text = await answer.text()
        const isAsked = String(init?.body).includes('eth_call')
        return new Response(isAsked ? text.replace(/"0x(.)/, (_, digit) => `"0x${digit === '0' ? '1' : '0'}`) : text, answer)
      },
    }
    const path = ['trusted']
    const ask = async (nodes: EvmChainOptions['nodes'], agreeing: number) =>
      (await EvmChain.connect({ ...options, nodes, agreeing })).read(
        { contract: options.lightClient, path },
        { minAssurance: { kind: 'attested', minK: 2 } },
      )
    await expect(ask([honest, honest, liar], 2)).resolves.toMatchObject({ assurance: { kind: 'attested', k: 2, n: 3 } })
    await expect(ask([honest, honest, honest], 2)).resolves.toMatchObject({ assurance: { kind: 'attested', k: 3, n: 3 } })
    await expect(ask([honest, liar], 2)).rejects.toThrow(refusedWith('ERR_CHAIN_ANSWER'))
    await expect(ask([honest], 1)).rejects.toThrow(refusedWith('ERR_CHAIN_ASSURANCE'))
  })

  test('calls at once, each twice, take effect once', async () => {
    const once = await identifier('crowd')
    const proof = await once.prove(once.blockIndex)
    const keys = ['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd']
    const receipts = await Promise.all(keys.map(key => evm.anchor({ proof }, { idempotencyKey: `crowd ${key}` })))
    expect(new Set(receipts.map(({ transactionId }) => transactionId)).size).toBe(4)
    const events = await take(evm, 1, ['DoneOnce'])
    expect(events).toHaveLength(1)
  })

  test('events go on behind a cursor, each once', async () => {
    const all = await take(evm, 3, ['EntryAnchored'])
    expect(JSON.parse(bytesToUtf8(all[0]!.payload))).toMatchObject({ contractId: Number(identifiers), key: expect.stringMatching(/^0x69/) })
    expect(all.map(({ transactionId }) => transactionId)[0]).toBe((await take(evm, 1, ['EntryAnchored']))[0]!.transactionId)
    const rest = await take(evm, 2, ['EntryAnchored'], all[0]!.cursor)
    expect(rest).toEqual(all.slice(1))
    await expect(take(evm, 1, [], 'not a cursor')).rejects.toThrow(refusedWith('ERR_CHAIN_CURSOR'))
  })
})

describe('a chain that takes another way', () => {
  const deep = () => EvmChain.connect({ ...options, confirmations: 3 })

  test('what is not deep enough is not told, and takes effect once however often it is sent', async () => {
    const mover = await identifier('mover')
    const proof = await mover.prove(mover.blockIndex)
    const chain = await EvmChain.connect({ ...options, confirmations: 3, commitTimeoutMs: 400 })
    expect(await errorOf(chain.anchor({ proof }, { idempotencyKey: 'mover-1' }))).toBe('ERR_CHAIN_UNKNOWN')
    await expect(mover.held(await deep())).rejects.toThrow(refusedWith('ERR_CHAIN_ABSENT'))
    expect(anchoredEntry(await mover.held()).blockIndex).toBe(mover.blockIndex)
    // The block with it goes away.
    await anvil.call('anvil_reorg', [2, []])
    await expect(mover.held()).rejects.toThrow(refusedWith('ERR_CHAIN_ABSENT'))
    const again = (await deep()).anchor({ proof }, { idempotencyKey: 'mover-1' })
    await expect
      .poll(() =>
        mover.held().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
    await anvil.call('anvil_mine', ['0x4'])
    const receipt = await again
    expect(anchoredEntry(await mover.held(await deep())).blockIndex).toBe(mover.blockIndex)
    expect(await (await deep()).anchor({ proof }, { idempotencyKey: 'mover-1' })).toEqual({ ...receipt, repeated: true })
  })

  test('events of blocks that took the place of others follow, and a cursor of a block that is gone is no dead end', async () => {
    const [first, second] = [await identifier('first'), await identifier('second')]
    const followed = new AbortController()
    const from = (await take(evm, 4, ['EntryAnchored'])).at(-1)!.cursor
    const events = evm
      .events({ contract: options.lightClient, names: ['EntryAnchored'] }, from, { signal: followed.signal })
      [Symbol.asyncIterator]()
    const next = async () => (await events.next()).value as ChainEvent
    const keyOf = ({ payload }: ChainEvent) => JSON.parse(bytesToUtf8(payload)).key
    const snapshot = await anvil.call('evm_snapshot')
    await evm.anchor({ proof: await first.prove(first.blockIndex) }, { idempotencyKey: 'first-1' })
    let event = await next()
    while (keyOf(event) !== first.keyHex) event = await next()
    await anvil.call('evm_revert', [snapshot])
    await anvil.call('anvil_mine', ['0x1'])
    await evm.anchor({ proof: await second.prove(second.blockIndex) }, { idempotencyKey: 'second-1' })
    await anvil.call('anvil_mine', ['0x2'])
    let after = await next()
    while (keyOf(after) !== second.keyHex) after = await next()
    followed.abort()
    // Kept by a consumer that was down meanwhile.
    const resumed = await take(evm, 1, ['EntryAnchored'], event.cursor)
    expect(resumed).toHaveLength(1)
    const all = await takeUntil(event.cursor, second.keyHex)
    expect(all.map(keyOf)).toContain(second.keyHex)
    expect(all.map(keyOf)).not.toContain(first.keyHex)
  })

  async function takeUntil(cursor: string, key: string): Promise<readonly ChainEvent[]> {
    const followed = new AbortController()
    const events: ChainEvent[] = []
    for await (const event of evm.events({ contract: options.lightClient, names: ['EntryAnchored'] }, cursor, {
      signal: followed.signal,
    })) {
      events.push(event)
      if (JSON.parse(bytesToUtf8(event.payload)).key === key) followed.abort()
    }
    return events
  }
})

async function take(chain: EvmChain, count: number, names: readonly string[], cursor?: string): Promise<readonly ChainEvent[]> {
  const followed = new AbortController()
  const events: ChainEvent[] = []
  for await (const event of chain.events({ contract: options.lightClient, names }, cursor, { signal: followed.signal })) {
    if (events.push(event) === count) followed.abort()
  }
  return events
}

async function errorOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => errorCode(error),
  )
}

/** Tries until it works: the next block holds what is asked for. */
async function until<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 30_000
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
}
