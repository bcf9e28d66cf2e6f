import { base64ToBytes, bytesToBase64, bytesToUtf8 } from '@hufu/primitives'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  blockMs,
  contract,
  fetchOf,
  genesisMs,
  key,
  makeHeader,
  makeState,
  refusal,
  SyntheticChain,
  validatorSet,
} from '../../test/synthetic-chain.ts'
import type { Account } from '../account.ts'
import type { HeaderStore } from './header-store.ts'
import { LightClient, type LightClientOptions } from './light-client.ts'
import { verifyProofBundle } from './proof-bundle.ts'

const magic = 4_242
let a: Account
let b: Account
let c: Account
/** Blocks 0 to 59 by a, to 109 by b, to 159 by c, to 200 by a again. */
let chain: SyntheticChain
/** Blocks 0 to 40, all by a. */
let plain: SyntheticChain

beforeAll(async () => {
  ;[a, b, c] = await Promise.all([validatorSet('a', 7), validatorSet('b', 4), validatorSet('c', 7)])
  const signers = (index: number) => (index < 60 ? a : index < 110 ? b : index < 160 ? c : a)
  chain = await SyntheticChain.make(
    magic,
    Array.from({ length: 202 }, (_, index) => signers(index)),
  )
  plain = await SyntheticChain.make(magic, new Array<Account>(42).fill(a))
})

function clientOf(
  nodes: readonly Answer[],
  options: Partial<LightClientOptions> & { nowMs?: number; calls?: string[]; of?: SyntheticChain } = {},
) {
  const { nowMs, calls, of: from = chain, ...others } = options
  const urls = nodes.map((_, index) => `http://node${index}`)
  return new LightClient({
    network: { magic, validators: [] },
    trustAnchor: from.anchor,
    nodeUrls: urls,
    fetch: fetchOf(Object.fromEntries(nodes.map((answer, index) => [urls[index]!, answer])), calls),
    clock: { nowMs: () => nowMs ?? from.headers.at(-1)!.timeMs + blockMs },
    ...others,
  })
}

function overriding(method: string, answer: (params: readonly unknown[]) => unknown, honest: Answer = chain.answer): Answer {
  return (called, params) => (called === method ? answer(params) : honest(called, params))
}

const code = (text: string) => expect.objectContaining({ code: text })

describe('an honest node', () => {
  test('gives the newest entry, under the header after its block', async () => {
    const entry = await clientOf([chain.answer]).verifiedStorage(contract, key)
    expect({ ...entry, value: bytesToUtf8(entry.value) }).toEqual({
      contractId: 7,
      key,
      value: 'block 199',
      blockIndex: 199,
      stateRoot: chain.headers[200]!.previousStateRoot,
      headerHash: chain.headers[200]!.hash,
      headerTimeMs: genesisMs + 200 * blockMs,
    })
  })

  test.each([0, 58, 59, 60, 108, 109, 110, 130, 159, 160, 199])(
    'gives the entry after block %i, whoever signed then',
    async atBlockIndex => {
      const client = clientOf([chain.answer])
      expect(bytesToUtf8((await client.verifiedStorage(contract, key, { atBlockIndex })).value)).toBe(`block ${atBlockIndex}`)
      await client.sync()
      expect(bytesToUtf8((await client.verifiedStorage(contract, key, { atBlockIndex })).value)).toBe(`block ${atBlockIndex}`)
    },
  )

  test('is asked for few headers, and for none that are known', async () => {
    const calls: string[] = []
    const client = clientOf([chain.answer], { calls })
    await client.sync()
    // The newest is signed by the anchor's validators, who were away for a while: nothing in between is needed.
    expect(calls).toEqual(['http://node0 getblockcount', 'http://node0 getblockheader'])
    calls.length = 0
    await client.verifiedStorage(contract, key, { atBlockIndex: 130 })
    expect(calls.filter(call => call.endsWith('getblockheader')).length).toBeLessThan(20)
    calls.length = 0
    await client.verifiedStorage(contract, key, { atBlockIndex: 130 })
    await client.verifiedStorage(contract, key, { maxAgeMs: 60_000 })
    expect(calls).toEqual(['http://node0 getproof', 'http://node0 getproof'])
  })

  test('cannot prove that an entry is absent', async () => {
    const calls: string[] = []
    const client = clientOf([chain.answer, chain.answer], { calls })
    await expect(client.verifiedStorage(contract, Uint8Array.of(9))).rejects.toThrow(code('ERR_LEDGER_ABSENT'))
    expect(calls.filter(call => call.endsWith('getproof'))).toHaveLength(2)
  })

  test('may answer two reads in any order: the newest header stays', async () => {
    const slow = Promise.withResolvers<void>()
    const counts = [101, 201]
    const store = memoryStore()
    const node: Answer = async (method, params) => {
      if (method === 'getblockcount') return counts.shift()
      if (params[0] === 100) await slow.promise
      return chain.answer(method, params)
    }
    const client = clientOf([node], { store })
    const earlier = client.sync()
    expect((await client.sync()).blockIndex).toBe(200)
    slow.resolve()
    expect((await earlier).blockIndex).toBe(200)
    expect(store.saved).toEqual([bytesToBase64(chain.headers[200]!.bytes)])
  })

  test('may be asked for no block before the anchor, nor for one that is no number', async () => {
    const client = clientOf([chain.answer])
    await expect(client.verifiedStorage(contract, key, { atBlockIndex: -1 })).rejects.toThrow(TypeError)
    await expect(client.verifiedStorage(contract, key, { atBlockIndex: 1.5 })).rejects.toThrow(TypeError)
    await expect(client.verifiedStorage(contract, key, { atBlockIndex: 200 })).rejects.toThrow(code('ERR_LEDGER_NODE'))
  })
})

describe('a false answer is refused, and the next node asked', () => {
  const base64 = (bytes: Uint8Array) => bytesToBase64(bytes)
  const newest = 40
  const fields = (index = newest) => ({ magic, blockIndex: index, signedBy: a, next: a, stateRoot: makeState('lie').root })
  const header = (change: (index: number) => Promise<Uint8Array>) => {
    const made = new Map<number, string>()
    return {
      prepare: async () => {
        for (let index = 1; index <= newest; index++) made.set(index, base64(await change(index)))
      },
      answer: overriding(
        'getblockheader',
        ([index]) => made.get(index as number),
        (method, params) => plain.answer(method, params),
      ),
    }
  }
  const proof = (answer: (params: readonly unknown[]) => unknown) => ({
    prepare: async () => {},
    answer: overriding('getproof', answer, (method, params) => plain.answer(method, params)),
  })
  const lies = {
    'an entry of another value': proof(() => base64(makeState('lie').proof)),
    'an entry as it was before': proof(() => base64(makeState('block 38').proof)),
    'a proof cut short': proof(() => base64(makeState('block 39').proof.slice(0, -1))),
    'no proof': proof(() => ''),
    'a header of another state root': header(async () => {
      const bytes = plain.headers[newest]!.bytes.slice()
      bytes[120]! ^= 1
      return bytes
    }),
    'a header of another network': header(async index => (await makeHeader({ ...fields(index), magic: magic + 1 })).bytes),
    'a header with too few signatures': header(async index => (await makeHeader({ ...fields(index), signatures: 4 })).bytes),
    'a header with too many signatures': header(async index => (await makeHeader({ ...fields(index), signatures: 6 })).bytes),
    'a header signed by others': header(async index => (await makeHeader({ ...fields(index), signedBy: c })).bytes),
    'a header of others that the trusted seem to have named': header(async index =>
      index > 20
        ? (await makeHeader({ ...fields(index), signedBy: c })).bytes
        : (await makeHeader({ ...fields(index), next: c, signatures: 4 })).bytes,
    ),
    'a header of another block': header(async () => plain.headers[newest - 1]!.bytes),
    'the first block of the chain': header(async () => plain.headers[0]!.bytes),
    'no header': header(async () => new Uint8Array(0)),
  }

  test.each(Object.entries(lies))('%s', async (_, lie) => {
    await lie.prepare()
    await expect(clientOf([lie.answer], { of: plain }).verifiedStorage(contract, key)).rejects.toThrow(code('ERR_LEDGER_PROOF'))
    const calls: string[] = []
    const client = clientOf([lie.answer, plain.answer], { of: plain, calls })
    expect(bytesToUtf8((await client.verifiedStorage(contract, key)).value)).toBe('block 39')
    calls.length = 0
    await client.verifiedStorage(contract, key)
    // The node that told the truth is now the first to be asked.
    expect(calls.every(call => call.startsWith('http://node1'))).toBe(true)
  })

  test.each([
    [
      'is not base64',
      'ERR_LEDGER_ANSWER',
      overriding(
        'getproof',
        () => '***',
        (method, params) => plain.answer(method, params),
      ),
    ],
    [
      'is not text',
      'ERR_LEDGER_ANSWER',
      overriding(
        'getblockheader',
        () => ({}),
        (method, params) => plain.answer(method, params),
      ),
    ],
    [
      'is no block count',
      'ERR_LEDGER_ANSWER',
      overriding(
        'getblockcount',
        () => 'many',
        (method, params) => plain.answer(method, params),
      ),
    ],
    [
      'is a height that the chain has not',
      'ERR_LEDGER_NODE',
      overriding(
        'getblockcount',
        () => 2 ** 40,
        (method, params) => plain.answer(method, params),
      ),
    ],
    ['is a refusal', 'ERR_LEDGER_NODE', () => refusal(-606)],
    [
      'says that the entry is absent',
      'ERR_LEDGER_ABSENT',
      overriding(
        'getproof',
        () => refusal(-104),
        (method, params) => plain.answer(method, params),
      ),
    ],
  ] as const)('an answer that %s', async (_, expected, answer) => {
    await expect(clientOf([answer], { of: plain }).verifiedStorage(contract, key)).rejects.toThrow(code(expected))
    expect(bytesToUtf8((await clientOf([answer, plain.answer], { of: plain }).verifiedStorage(contract, key)).value)).toBe('block 39')
  })

  test('a node that cannot be reached', async () => {
    const unreachable = () => {
      throw new TypeError('no network')
    }
    await expect(clientOf([unreachable], { of: plain }).verifiedStorage(contract, key)).rejects.toThrow(code('ERR_LEDGER_UNREACHABLE'))
    expect(bytesToUtf8((await clientOf([unreachable, plain.answer], { of: plain }).verifiedStorage(contract, key)).value)).toBe('block 39')
  })
})

describe('a list of keys', () => {
  const entries = (...keys: readonly unknown[]) => keys.map(each => ({ key: each, value: '' }))
  const keysFrom = (answer: (params: readonly unknown[]) => unknown) =>
    clientOf([overriding('findstates', answer)]).storageKeys(contract, Uint8Array.of(1))

  test('is read page by page', async () => {
    const pages = new Map([
      ['', { results: entries('AQI='), truncated: true }],
      ['AQI=', { results: entries('AQM=', 'AQMA'), truncated: false }],
    ])
    expect(await keysFrom(params => pages.get(params[3] as string))).toEqual(
      [
        [1, 2],
        [1, 3],
        [1, 3, 0],
      ].map(each => Uint8Array.from(each)),
    )
  })

  test.each([
    ['nothing', null],
    ['no list', { results: {} }],
    ['an entry that is none', { results: [null] }],
    ['a key that is a number', { results: entries(7) }],
    ['a key of another prefix', { results: entries('AgM=') }],
    ['a key twice', { results: entries('AQI=', 'AQI=') }],
    ['keys out of order', { results: entries('AQM=', 'AQI=') }],
    ['the same page again and again', { results: entries('AQI='), truncated: true }],
  ])('is refused if it is %s', async (_, answer) => {
    await expect(keysFrom(() => answer)).rejects.toThrow(code('ERR_LEDGER_ANSWER'))
  })
})

describe('age', () => {
  test('a node whose newest header is too old is refused, and the next asked', async () => {
    const old: Answer = overriding('getblockcount', () => 150)
    const nowMs = chain.headers[200]!.timeMs
    await expect(clientOf([old], { nowMs }).verifiedStorage(contract, key)).rejects.toThrow(code('ERR_LEDGER_STALE'))
    expect((await clientOf([old, chain.answer], { nowMs }).verifiedStorage(contract, key)).blockIndex).toBe(199)
    expect((await clientOf([old], { nowMs }).verifiedStorage(contract, key, { maxAgeMs: 60_000 })).blockIndex).toBe(148)
  })

  test('the newest header may be as old as asked for, and not a millisecond older', async () => {
    const nowMs = chain.headers[200]!.timeMs + 5_000
    await expect(clientOf([chain.answer], { nowMs }).verifiedStorage(contract, key, { maxAgeMs: 5_000 })).resolves.toBeDefined()
    await expect(clientOf([chain.answer], { nowMs }).verifiedStorage(contract, key, { maxAgeMs: 4_999 })).rejects.toThrow(
      code('ERR_LEDGER_STALE'),
    )
  })

  test('a clock that is behind the chain is noticed', async () => {
    const nowMs = chain.headers[200]!.timeMs - 60_001
    await expect(clientOf([chain.answer], { nowMs }).sync()).rejects.toThrow(code('ERR_LEDGER_STALE'))
  })

  test('a chain without a block behind the anchor is refused', async () => {
    const client = clientOf([overriding('getblockcount', () => 1)])
    await expect(client.sync()).rejects.toThrow(code('ERR_LEDGER_STALE'))
  })
})

describe('validators that change', () => {
  test('what the old validators sign after their change is refused once it is known', async () => {
    const forked = await makeHeader({ magic, blockIndex: 105, signedBy: a, next: a, stateRoot: makeState('fork').root })
    const fork: Answer = (method, params) => {
      if (method === 'getblockcount') return 106
      if (method === 'getblockheader' && params[0] === 105) return bytesToBase64(forked.bytes)
      return method === 'getproof' ? bytesToBase64(makeState('fork').proof) : chain.answer(method, params)
    }
    const store = memoryStore()
    const nowMs = chain.headers[100]!.timeMs
    const at100: Answer = overriding('getblockcount', () => 101)
    expect((await clientOf([at100], { nowMs, store }).sync()).blockIndex).toBe(100)
    const client = clientOf([fork], { nowMs, store })
    await expect(client.sync()).rejects.toThrow(code('ERR_LEDGER_PROOF'))
    await expect(client.verifiedStorage(contract, key, { atBlockIndex: 104 })).rejects.toThrow(code('ERR_LEDGER_PROOF'))
    // The long-range assumption: a client that has not seen the change cannot tell.
    expect(bytesToUtf8((await clientOf([fork], { nowMs }).verifiedStorage(contract, key)).value)).toBe('fork')
  })

  test('what the new validators sign before their change is refused', async () => {
    const early = await makeHeader({ magic, blockIndex: 40, signedBy: b, next: b, stateRoot: makeState('early').root })
    const client = clientOf([
      overriding('getblockheader', ([index]) => bytesToBase64((index === 40 ? early : chain.headers[index as number]!).bytes)),
    ])
    await expect(client.verifiedStorage(contract, key, { atBlockIndex: 39 })).rejects.toThrow(code('ERR_LEDGER_PROOF'))
  })
})

function memoryStore(headers: readonly string[] = []): HeaderStore & { saved: readonly string[] } {
  const store = {
    saved: headers,
    load: async () => store.saved,
    save: async (line: readonly string[]) => {
      store.saved = line
    },
  }
  return store
}

describe('store', () => {
  test('keeps the changes of validators and the newest header', async () => {
    const store = memoryStore()
    for (const count of [50, 70, 100, 130, 140]) {
      await clientOf([overriding('getblockcount', () => count)], { store, nowMs: genesisMs + count * blockMs }).sync()
    }
    expect(store.saved).toEqual([59, 109, 139].map(index => bytesToBase64(chain.headers[index]!.bytes)))
    const calls: string[] = []
    await clientOf([chain.answer], { store, calls }).verifiedStorage(contract, key, { atBlockIndex: 100 })
    expect(calls).toEqual(['http://node0 getblockheader', 'http://node0 getproof'])
    expect((await clientOf([chain.answer], { store }).verifiedStorage(contract, key, { atBlockIndex: 138 })).blockIndex).toBe(138)
  })

  test('is not trusted: what does not verify is forgotten', async () => {
    const forged = await makeHeader({ magic, blockIndex: 190, signedBy: b, next: b, stateRoot: makeState('forged').root })
    for (const saved of [[bytesToBase64(forged.bytes)], ['***'], ['']]) {
      expect((await clientOf([chain.answer], { store: memoryStore(saved) }).verifiedStorage(contract, key)).blockIndex).toBe(199)
    }
  })

  test('that fails once is asked again', async () => {
    let failures = 1
    const store = { ...memoryStore(), load: async () => (failures-- > 0 ? Promise.reject(new Error('disk')) : []) }
    const client = clientOf([chain.answer], { store })
    await expect(client.sync()).rejects.toThrow('disk')
    expect((await client.sync()).blockIndex).toBe(200)
  })
})

describe('proof bundle', () => {
  test('is checked offline, through changes of validators', async () => {
    const nowMs = chain.headers[130]!.timeMs
    const bundle = await clientOf([overriding('getblockcount', () => 131)], { nowMs }).proofBundle(contract, key)
    expect(bundle.headers).toHaveLength(3)
    const entry = await verifyProofBundle(JSON.parse(JSON.stringify(bundle)), chain.anchor)
    expect(bytesToUtf8(entry.value)).toBe('block 129')
    expect(entry).toMatchObject({ contractId: 7, key, blockIndex: 129, headerHash: chain.headers[130]!.hash })
  })

  test('is refused if anything in it is changed', async () => {
    const nowMs = chain.headers[130]!.timeMs
    const bundle = await clientOf([overriding('getblockcount', () => 131)], { nowMs }).proofBundle(contract, key)
    const [first, second, last] = bundle.headers as [string, string, string]
    const altered = (text: string, index: number) => {
      const bytes = base64ToBytes(text)
      bytes[index]! ^= 1
      return bytesToBase64(bytes)
    }
    const changes: Record<string, unknown> = {
      'another version': { ...bundle, version: 2 },
      'another network': { ...bundle, magic: magic + 1 },
      'another contract': { ...bundle, contractId: 8 },
      'another key': { ...bundle, key: 'AQIE' },
      'a key of 66 bytes': { ...bundle, key: bytesToBase64(new Uint8Array(66)) },
      'no headers': { ...bundle, headers: [] },
      'no first header': { ...bundle, headers: [second, last] },
      'no middle header': { ...bundle, headers: [first, last] },
      'no last header': { ...bundle, headers: [first, second] },
      'headers in another order': { ...bundle, headers: [second, first, last] },
      'a header twice': { ...bundle, headers: [first, first, second, last] },
      'an altered header': { ...bundle, headers: [altered(first, 60), second, last] },
      'an altered root': { ...bundle, headers: [first, second, altered(last, 120)] },
      'an altered proof': { ...bundle, proof: altered(bundle.proof, 40) },
      'a proof that is not text': { ...bundle, proof: null },
      'a proof that is not base64': { ...bundle, proof: '*' },
      'a member more': { ...bundle, value: 'lie' },
      'no object': null,
      'a list': [bundle],
    }
    for (const [name, changed] of Object.entries(changes)) {
      await expect(verifyProofBundle(changed, chain.anchor), name).rejects.toThrow(code('ERR_LEDGER_PROOF'))
    }
    await expect(verifyProofBundle(bundle, { ...chain.anchor, nextConsensus: b.scriptHash })).rejects.toThrow(code('ERR_LEDGER_PROOF'))
    await expect(verifyProofBundle(bundle, { ...chain.anchor, blockIndex: 131 })).rejects.toThrow(code('ERR_LEDGER_PROOF'))
  })
})
