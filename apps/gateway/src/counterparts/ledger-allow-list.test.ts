import { parseNetworkId } from '@hufu/chains'
import { LedgerError, parseScriptHash, type StackItem, serializeStackItem, type VerifiedEntry } from '@hufu/ledger'
import { bytesToHex, concatBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { FixedClock, fixedSigner } from '@hufu/testkit'
import { beforeEach, expect, test } from 'vitest'
import { LedgerAllowList } from './ledger-allow-list.ts'

const did = 'did:neo:test:other'
const channel = parseNetworkId('fabric:hospitals@0123456789abcdef')
const own = parseNetworkId('neo3:7')
const contract = { hash: parseScriptHash(`0x${'ab'.repeat(20)}`), id: 9 }
const { publicKey } = await fixedSigner('other gateway')

let storage: Map<string, StackItem>
let reads: number
let failure: Error | undefined
let clock: FixedClock
let list: LedgerAllowList

/** As contracts/gateway/doc.go lays it out. */
function keyOf(prefix: string, name: string): string {
  return bytesToHex(concatBytes(utf8ToBytes(prefix), sha256(utf8ToBytes(name))))
}

const bytes = (value: Uint8Array): StackItem => ({ type: 'ByteString', value })
const integer = (value: number): StackItem => ({ type: 'Integer', value: BigInt(value) })
const boolean = (value: boolean): StackItem => ({ type: 'Boolean', value })

function counterpart(isOn: boolean): StackItem {
  const values = [integer(1), bytes(utf8ToBytes(channel)), bytes(publicKey.bytes), boolean(isOn), integer(5), integer(6)]
  return { type: 'Struct', value: values }
}

function network(isOn: boolean): StackItem {
  return { type: 'Struct', value: [integer(1), integer(1), boolean(isOn), bytes(utf8ToBytes('hospitals'))] }
}

beforeEach(() => {
  storage = new Map([
    [keyOf('c', did), counterpart(true)],
    [keyOf('n', channel), network(true)],
  ])
  reads = 0
  failure = undefined
  clock = new FixedClock()
  const verifiedStorage = async (_contract: unknown, key: Uint8Array): Promise<VerifiedEntry> => {
    reads++
    if (failure !== undefined) throw failure
    const item = storage.get(bytesToHex(key))
    if (item === undefined) throw new LedgerError('ERR_LEDGER_ABSENT', 'there is none')
    return { contractId: 9, key, value: serializeStackItem(item), blockIndex: 6, headerTimeMs: 5 } as VerifiedEntry
  }
  list = new LedgerAllowList({ client: { verifiedStorage }, contract, network: own, clock, maxAgeMs: 10_000 })
})

test('knows a counterpart with its key and network, as the council set it', async () => {
  expect(await list.find(did)).toEqual({ did, networks: [channel], publicKey })
  expect(await list.isNetworkOn(channel)).toBe(true)
})

test('a counterpart that is off, or that nobody set, is not on it', async () => {
  expect(await list.find('did:neo:test:stranger')).toBeUndefined()
  storage.set(keyOf('c', did), counterpart(false))
  expect(await list.find(did)).toBeUndefined()
})

test('a network that is off, or that nobody set, is off; its own is on', async () => {
  expect(await list.isNetworkOn(parseNetworkId('neo3:8'))).toBe(false)
  storage.set(keyOf('n', channel), network(false))
  expect(await list.isNetworkOn(channel)).toBe(false)
  expect(await list.isNetworkOn(own)).toBe(true)
})

test('what was read counts until it is too old, and not a millisecond longer', async () => {
  await list.find(did)
  storage.set(keyOf('c', did), counterpart(false))
  clock.advance(9_999)
  expect(await list.find(did)).toBeDefined()
  clock.advance(1)
  expect(await list.find(did)).toBeUndefined()
  expect(reads).toBe(2)
})

test('what cannot be read is not answered from before, and is asked for again', async () => {
  await list.find(did)
  clock.advance(10_000)
  failure = new LedgerError('ERR_LEDGER_UNREACHABLE', 'no node answered')
  await expect(list.find(did)).rejects.toThrow(expect.objectContaining({ code: 'ERR_LEDGER_UNREACHABLE' }))
  await expect(list.isNetworkOn(channel)).rejects.toThrow()
  failure = undefined
  expect(await list.find(did)).toBeDefined()
})
