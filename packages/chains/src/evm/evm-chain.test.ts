import { encodeErrorResult, encodeFunctionResult, type Hex } from 'viem'
import { expect, test } from 'vitest'
import { parseNetworkId } from '../network-id.ts'
import { anchoredEntry } from './anchored-entry.ts'
import { EvmChain } from './evm-chain.ts'
import { neoLightClient } from './generated/neo-light-client.ts'

const contract: Hex = `0x${'11'.repeat(20)}`
const network = parseNetworkId('eip155:5555')
const refusedWith = (code: string) => expect.objectContaining({ code })
const block = { hash: `0x${'22'.repeat(32)}`, timestamp: '0x10' }
const entry = encodeFunctionResult({ abi: neoLightClient.abi, functionName: 'entryOf', result: ['0x2101', 7, 9_000n] })

type Answers = Record<string, unknown>
const honest: Answers = { eth_chainId: '0x15b3', eth_blockNumber: '0x8', eth_getBlockByNumber: block, eth_call: entry }

/** A node with these answers; an object with `error` is a refusal, undefined a connection that breaks. */
function nodeWith(answers: Answers, seen: RequestInit[] = []) {
  const fetch = async (_: string | URL | Request, init?: RequestInit) => {
    seen.push(init!)
    const { id, method } = JSON.parse(String(init?.body))
    const answer = answers[method]
    if (answer === undefined) throw new TypeError('connection refused')
    const isError = typeof answer === 'object' && answer !== null && 'error' in answer
    return Response.json(isError ? { jsonrpc: '2.0', id, ...answer } : { jsonrpc: '2.0', id, result: answer })
  }
  return { url: 'http://node', fetch: fetch as typeof globalThis.fetch, headers: { 'x-api-key': 'secret' } }
}

const connect = (...nodes: readonly Answers[]) =>
  EvmChain.connect({ network, nodes: nodes.map(answers => nodeWith(answers)), agreeing: Math.ceil(nodes.length / 2), confirmations: 2 })
const read = async (chain: EvmChain, at?: number) =>
  chain.read({ contract, path: ['entryOf', '1', '0x69'] }, { minAssurance: { kind: 'gatewaySigned' }, ...(at !== undefined && { at }) })

test('an entry is read as of a block that lies deep enough', async () => {
  const view = await read(await connect(honest))
  expect(view).toMatchObject({ network, height: 6, timeMs: 16_000, assurance: { kind: 'gatewaySigned' } })
  expect(anchoredEntry(view)).toEqual({ value: Uint8Array.of(0x21, 1), blockIndex: 7, timeMs: 9_000 })
  expect(() => anchoredEntry({ value: view.value.slice(0, 64) })).toThrow(refusedWith('ERR_CHAIN_ANSWER'))
  await expect(read(await connect(honest), 7)).rejects.toThrow(refusedWith('ERR_CHAIN_STALE'))
})

test('sends the key of a project along', async () => {
  const seen: RequestInit[] = []
  await EvmChain.connect({ network, nodes: [nodeWith(honest, seen)], confirmations: 0 })
  expect(new Headers(seen[0]!.headers).get('x-api-key')).toBe('secret')
})

test('what a contract refuses with has a meaning', async () => {
  const refusing = (data: Hex) => connect({ ...honest, eth_call: { error: { code: 3, message: 'execution reverted', data } } })
  const { abi } = neoLightClient
  const cases = [
    [encodeErrorResult({ abi, errorName: 'EntryNotKnown' }), 'ERR_CHAIN_ABSENT'],
    [encodeErrorResult({ abi, errorName: 'EntryOlderThanHeld', args: [1, 2] }), 'ERR_CHAIN_ROLLBACK'],
    [encodeErrorResult({ abi, errorName: 'HeaderNotNewer', args: [1, 2] }), 'ERR_CHAIN_ROLLBACK'],
    [encodeErrorResult({ abi, errorName: 'Fork', args: [1] }), 'ERR_CHAIN_REFUSED'],
    ['0x12345678', 'ERR_CHAIN_REFUSED'],
  ] as const
  for (const [data, code] of cases) await expect(read(await refusing(data))).rejects.toThrow(refusedWith(code))
})

test.each<[string, Answers, string]>([
  ['a node that is gone', { ...honest, eth_blockNumber: undefined }, 'ERR_CHAIN_UNREACHABLE'],
  ['a node that refuses', { ...honest, eth_blockNumber: { error: { code: -32601, message: 'no' } } }, 'ERR_CHAIN_ANSWER'],
  ['a height that is no number', { ...honest, eth_blockNumber: '8' }, 'ERR_CHAIN_ANSWER'],
  ['a height beyond all numbers', { ...honest, eth_blockNumber: `0x${'f'.repeat(20)}` }, 'ERR_CHAIN_ANSWER'],
  ['a block without a hash', { ...honest, eth_getBlockByNumber: { timestamp: '0x10' } }, 'ERR_CHAIN_ANSWER'],
  ['no such block', { ...honest, eth_getBlockByNumber: null }, 'ERR_CHAIN_STALE'],
  ['an address without a contract', { ...honest, eth_call: '0x' }, 'ERR_CHAIN_ANSWER'],
  ['an answer that is no data', { ...honest, eth_call: 7 }, 'ERR_CHAIN_ANSWER'],
])('refuses %s', async (_, answers, code) => {
  await expect(read(await connect(answers))).rejects.toThrow(refusedWith(code))
})

test('as many nodes as agree stand behind an answer; one that is gone, lags or lies does not count', async () => {
  const lagging = { ...honest, eth_blockNumber: '0x3' }
  const lying = { ...honest, eth_call: entry.replace('7', '8') }
  await expect(read(await connect(honest, honest, lying))).resolves.toMatchObject({ assurance: { kind: 'attested', k: 2, n: 3 } })
  await expect(read(await connect(honest, lagging, honest))).resolves.toMatchObject({ height: 6 })
  await expect(read(await connect(honest, honest, { ...honest, eth_call: undefined }))).resolves.toMatchObject({ assurance: { k: 2 } })
  await expect(read(await connect(honest, lying, { ...honest, eth_call: undefined }))).rejects.toThrow(refusedWith('ERR_CHAIN_ANSWER'))
  await expect(connect({ ...honest, eth_chainId: '0x1' })).rejects.toThrow(refusedWith('ERR_CHAIN_NETWORK'))
  await expect(EvmChain.connect({ network: parseNetworkId('neo3:1'), nodes: [nodeWith(honest)], confirmations: 0 })).rejects.toThrow(
    refusedWith('ERR_CHAIN_NETWORK'),
  )
  await expect(EvmChain.connect({ network, nodes: [nodeWith(honest)], agreeing: 2, confirmations: 0 })).rejects.toThrow(TypeError)
})
