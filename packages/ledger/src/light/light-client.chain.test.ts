import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { base64ToBytes, bytesToBase64, bytesToHex, concatBytes } from '@hufu/primitives'
import { fixedSigner, startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, singleAccount } from '../account.ts'
import type { ContractCall } from '../contract-call.ts'
import { nativeContracts } from '../native-contracts.ts'
import { parseScriptHash, type ScriptHash, scriptHashToBytes } from '../script-hash.ts'
import { asInteger, asStruct } from '../stack-item.ts'
import { deserializeStackItem } from '../stack-item-binary.ts'
import { type Header, parseHeader } from './header.ts'
import { LightClient, type LightClientOptions } from './light-client.ts'
import { verifyProofBundle } from './proof-bundle.ts'
import { trustAnchorOf } from './trust-anchor.ts'

const gasToken = { hash: nativeContracts.gasToken, id: -6 }
const neoToken = parseScriptHash('ef4073a0f2b305a38ec4050e4d3d28bc40ea63f5')
const code = (text: string) => expect.objectContaining({ code: text })

let network: TestNetwork
let alice: Account
let bob: Account
const servers: Server[] = []

beforeAll(async () => {
  network = await startTestNetwork({ validators: 4, contracts: false })
  ;[alice, bob] = (await network.fundedAccounts('alice', 'bob')) as [Account, Account]
  // So that the accounts are there in some earlier states, too.
  for (let blocks = 0; blocks < 4; blocks++) await newerThan(await lightClient().sync())
})

afterAll(async () => {
  for (const server of servers) server.closeAllConnections()
  await network?.stop()
})

/** Storage key of an account's GAS. */
function balanceKey(account: Account): Uint8Array {
  return concatBytes(Uint8Array.of(0x14), scriptHashToBytes(account.scriptHash))
}

function balanceOf(value: Uint8Array): bigint {
  return asInteger(asStruct(deserializeStackItem(value))[0])
}

function lightClient(options: Partial<LightClientOptions> = {}): LightClient {
  return new LightClient({ network: network.descriptor, ...options })
}

/** Waits for a header behind this one. */
async function newerThan(header: Header): Promise<Header> {
  for (;;) {
    const newest = await lightClient().sync()
    if (newest.blockIndex > header.blockIndex) return newest
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

type Lie = (
  method: string,
  result: unknown,
  params: readonly unknown[],
  ask: (method: string, params: readonly unknown[]) => Promise<unknown>,
) => unknown

const honestUrl = () => network.descriptor.validators[0]!.rpcUrl

async function askNode(method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const answer = (await (await fetch(honestUrl(), { method: 'POST', body })).json()) as { result: unknown }
  return answer.result
}

/** A node that passes on what a real node says, but for its lies. Undefined: it says nothing at all. */
async function lyingNode(lie: Lie): Promise<string> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const { id, method, params } = JSON.parse(Buffer.concat(parts).toString())
    const result = await lie(method, await askNode(method, params), params, askNode)
    if (result !== undefined) response.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** One method's answer in base64, altered. */
function altering(method: string, change: (bytes: Uint8Array) => void): Lie {
  return (called, result) => {
    if (called !== method) return result
    const bytes = base64ToBytes(result as string)
    change(bytes)
    return bytesToBase64(bytes)
  }
}

describe('a network of real nodes', () => {
  test('proves an entry up to the signatures of its validators', async () => {
    const entry = await lightClient().verifiedStorage(gasToken, balanceKey(alice))
    expect(balanceOf(entry.value)).toBe(100_00000000n)
    const stateRoot = (await askNode('getstateroot', [entry.blockIndex])) as { roothash: string }
    expect(stateRoot.roothash).toBe(`0x${entry.stateRoot}`)
  })

  test('proves an entry as it was after an earlier block', async () => {
    const before = (await network.ledger.getBlockCount()) - 1
    const transfer: ContractCall = transferCall(nativeContracts.gasToken, bob, network.committee.scriptHash, 5_00000000n)
    const { blockIndex } = await (await network.ledger.submit([transfer], { account: bob, idempotencyKey: 'pay' })).inBlock()
    await newerThan(parseHeader(base64ToBytes((await askNode('getblockheader', [blockIndex, false])) as string)))
    const client = lightClient()
    const earlier = await client.verifiedStorage(gasToken, balanceKey(bob), { atBlockIndex: Math.min(before, blockIndex - 1) })
    const later = await client.verifiedStorage(gasToken, balanceKey(bob), { atBlockIndex: blockIndex })
    expect(balanceOf(earlier.value)).toBe(100_00000000n)
    expect(balanceOf(later.value)).toBeLessThan(95_00000000n)
  })

  test('proves the header of a block', async () => {
    const header = await lightClient().verifiedHeader(2)
    expect(header.blockIndex).toBe(2)
    expect(await askNode('getblockhash', [2])).toBe(`0x${header.hash}`)
    // The header of another block, and of none: one bit of the signed part is another.
    const other = await lyingNode(async (method, result, _params, ask) => (method === 'getblockheader' ? ask(method, [3, false]) : result))
    const flipped = await lyingNode(
      altering('getblockheader', bytes => {
        bytes[40]! ^= 1
      }),
    )
    for (const url of [other, flipped])
      await expect(lightClient({ nodeUrls: [url] }).verifiedHeader(2)).rejects.toThrow(code('ERR_LEDGER_PROOF'))
  })

  test('a bundle is checked offline', async () => {
    const bundle = await lightClient().proofBundle(gasToken, balanceKey(alice))
    const entry = await verifyProofBundle(JSON.parse(JSON.stringify(bundle)), trustAnchorOf(network.descriptor))
    expect(balanceOf(entry.value)).toBe(100_00000000n)
  })

  test('an entry that is not there cannot be proven', async () => {
    await expect(lightClient().verifiedStorage(gasToken, Uint8Array.of(0x14, 1))).rejects.toThrow(code('ERR_LEDGER_ABSENT'))
  })
})

describe('a lying node is found out, and an honest one asked instead', () => {
  const lies: Record<string, Lie> = {
    'a value altered': altering('getproof', bytes => {
      bytes[bytes.length - 1]! ^= 1
    }),
    "another account's entry": (method, result, [root, contract], ask) =>
      method === 'getproof' ? ask('getproof', [root, contract, bytesToBase64(balanceKey(bob))]) : result,
    'an entry of an earlier state': async (method, result, [, contract, key], ask) => {
      if (method !== 'getproof') return result
      const { roothash } = (await ask('getstateroot', [((await ask('getblockcount', [])) as number) - 4])) as { roothash: string }
      return ask('getproof', [roothash, contract, key])
    },
    'a state root of its own': altering('getblockheader', bytes => {
      bytes[120]! ^= 1
    }),
    'validators of its own to come': altering('getblockheader', bytes => {
      bytes[90]! ^= 1
    }),
    'a signature altered': altering('getblockheader', bytes => {
      bytes[200]! ^= 1
    }),
    "another block's header": (method, result, [index], ask) =>
      method === 'getblockheader' ? ask('getblockheader', [(index as number) - 1, false]) : result,
  }

  test.each(Object.entries(lies))('%s', async (_, lie) => {
    const liar = await lyingNode(lie)
    await expect(lightClient({ nodeUrls: [liar] }).verifiedStorage(gasToken, balanceKey(alice))).rejects.toThrow(code('ERR_LEDGER_PROOF'))
    const entry = await lightClient({ nodeUrls: [liar, honestUrl()] }).verifiedStorage(gasToken, balanceKey(alice))
    expect(balanceOf(entry.value)).toBe(100_00000000n)
  })

  test('a node that hangs', async () => {
    const silent = await lyingNode(() => undefined)
    const options = { nodeUrls: [silent], rpcTimeoutMs: 300 }
    await expect(lightClient(options).verifiedStorage(gasToken, balanceKey(alice))).rejects.toThrow(code('ERR_LEDGER_UNREACHABLE'))
    const entry = await lightClient({ ...options, nodeUrls: [silent, honestUrl()] }).verifiedStorage(gasToken, balanceKey(alice))
    expect(balanceOf(entry.value)).toBe(100_00000000n)
  })

  test('a node that keeps to the past', async () => {
    const stale = await lyingNode((method, result) => (method === 'getblockcount' ? 2 : result))
    const newest = await lightClient().sync()
    const first = await lightClient({ nodeUrls: [stale], maxAgeMs: 3_600_000 }).sync()
    expect(first.blockIndex).toBe(1)
    const options = { clock: { nowMs: () => newest.timeMs }, maxAgeMs: newest.timeMs - first.timeMs - 1 }
    await expect(lightClient({ ...options, nodeUrls: [stale] }).verifiedStorage(gasToken, balanceKey(alice))).rejects.toThrow(
      code('ERR_LEDGER_STALE'),
    )
    const entry = await lightClient({ ...options, nodeUrls: [stale, honestUrl()] }).verifiedStorage(gasToken, balanceKey(alice))
    expect(entry.blockIndex).toBeGreaterThanOrEqual(newest.blockIndex - 1)
  })
})

// Last, for it changes the network: it goes on with three of its four nodes as validators, and a fourth validator that is not there.
test('validators that a vote brings in are followed, from before and from the start', async () => {
  const candidates = await Promise.all(
    ['validator-1', 'validator-2', 'validator-3', 'newcomer'].map(async name => singleAccount(await fixedSigner(name))),
  )
  const early = lightClient()
  const before = await early.sync()

  const ledger = network.client({ maxSystemFeeDatoshi: 2_000_00000000n })
  const sponsor = network.treasury
  const stakes = candidates.map(candidate => transferCall(neoToken, sponsor, candidate.scriptHash, 10_000_000n))
  await (await ledger.submit(stakes, { account: sponsor, idempotencyKey: 'stakes' })).inBlock()
  for (const [index, candidate] of candidates.entries()) {
    const publicKey = { type: 'PublicKey', value: candidate.publicKeys[0]!.bytes } as const
    const account = { type: 'Hash160', value: candidate.scriptHash } as const
    const calls: ContractCall[] = [
      { contract: neoToken, method: 'registerCandidate', args: [publicKey] },
      { contract: neoToken, method: 'vote', args: [account, publicKey] },
    ]
    await (await ledger.submit(calls, { account: candidate, sponsor, idempotencyKey: `candidate ${index}` })).inBlock()
  }

  let newest = before
  while (newest.nextConsensus === before.nextConsensus) newest = await newerThan(newest)
  newest = await newerThan(newest)
  expect(bytesToHex(newest.verificationScript)).not.toBe(bytesToHex(before.verificationScript))

  const entry = await early.verifiedStorage(gasToken, balanceKey(alice))
  expect(entry.blockIndex).toBeGreaterThanOrEqual(newest.blockIndex - 1)
  const bundle = await lightClient().proofBundle(gasToken, balanceKey(alice))
  expect(bundle.headers).toHaveLength(2)
  expect(balanceOf((await verifyProofBundle(bundle, trustAnchorOf(network.descriptor))).value)).toBe(100_00000000n)
  await expect(verifyProofBundle({ ...bundle, headers: bundle.headers.slice(1) }, trustAnchorOf(network.descriptor))).rejects.toThrow(
    code('ERR_LEDGER_PROOF'),
  )
})

function transferCall(token: ScriptHash, from: Account, to: ScriptHash, amount: bigint): ContractCall {
  return {
    contract: token,
    method: 'transfer',
    args: [
      { type: 'Hash160', value: from.scriptHash },
      { type: 'Hash160', value: to },
      { type: 'Integer', value: amount },
      { type: 'Any', value: null },
    ],
  }
}
