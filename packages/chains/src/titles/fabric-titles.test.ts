import { bytesToBase64, bytesToHex, canonicalJsonBytes, sha256 } from '@hufu/primitives'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ChainCall, ChainProof, Receipt, View } from '../adapter.ts'
import { ChainError } from '../errors.ts'
import { neoProofFormat } from '../neo/neo-chain.ts'
import { parseNetworkId } from '../network-id.ts'
import { FabricTitles } from './fabric-titles.ts'
import { neoLeftKey } from './neo-left-record.ts'
import type { Transfer } from './transfer.ts'

const channel = parseNetworkId('fabric:hospitals@0123456789abcdef')
const neo = parseNetworkId('neo3:77')
const assurance = { kind: 'endorsementProof', endorsers: ['Hospital1MSP', 'Hospital2MSP'] } as const
const minAssurance = { kind: 'endorsementProof', minEndorsers: 2 } as const
const transferId = 'a1'.repeat(32)
const away: Transfer = {
  transferId,
  assetId: 'fabric-0123456789abcdef.licence',
  contentHash: 'c0'.repeat(32),
  fromNetwork: channel,
  toNetwork: neo,
  toHolder: 'did:neo:test:N1',
  lockUntilMs: 1_767_225_600_000,
}
const hither: Transfer = { ...away, fromNetwork: neo, toNetwork: channel }
const bundle = { key: bytesToBase64(neoLeftKey(transferId)), proof: 'AA==' }
const proofOf = (changes: Partial<ChainProof> = {}): ChainProof => ({ format: neoProofFormat, network: neo, evidence: bundle, ...changes })
const refusedWith = (code: string) => expect.objectContaining({ code })

/** Answers by function; what was called stands in `calls`. */
let answers: Record<string, object | undefined>
let calls: (ChainCall & { readonly key: string })[]
let given: Receipt['assurance']
let titles: FabricTitles

beforeEach(() => {
  answers = { 'title.get': { ...away, holder: 'did:neo:test:N2', status: 'held' } }
  calls = []
  given = assurance
  titles = new FabricTitles({ chain, chaincode: 'hufu', minAssurance })
})

const chain = {
  network: channel,
  async read({ path }: { readonly path: readonly string[] }): Promise<View> {
    const answer = answers[path[0]!]
    if (answer === undefined) throw new ChainError('ERR_CHAIN_ABSENT', 'absent')
    const address = { contract: 'hufu', path }
    return { network: channel, address, value: canonicalJsonBytes(answer), height: 3, timeMs: null, assurance }
  },
  async invoke(call: ChainCall, { idempotencyKey }: { readonly idempotencyKey: string }): Promise<Receipt> {
    calls.push({ ...call, key: idempotencyKey })
    const result = canonicalJsonBytes(answers[call.method] ?? {})
    return { network: channel, idempotencyKey, transactionId: '1', height: 4, result, repeated: false, assurance: given }
  },
  prove: async (of: View | Receipt): Promise<ChainProof> => ({ format: 'of', network: channel, evidence: of }),
}

describe('a title that goes', () => {
  test('is locked, leaves and is unlocked by calls with one key each', async () => {
    for (const step of ['lock', 'leave', 'unlock'] as const) await titles[step](away)
    expect(calls.map(({ method, args, key }) => [method, args, key])).toEqual([
      ['title.lock', [away.assetId, transferId, '1767225600000', neo, away.toHolder], `title.lock/${transferId}`],
      ['title.leave', [transferId], `title.leave/${transferId}`],
      ['title.unlock', [transferId], `title.unlock/${transferId}`],
    ])
  })

  test('is not locked if it is not there, or with other content', async () => {
    await expect(titles.lock({ ...away, contentHash: 'c1'.repeat(32) })).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
    answers = {}
    await expect(titles.lock(away)).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
    expect(calls).toEqual([])
  })

  test('is proven to have left by a read alone', async () => {
    await expect(titles.proveLeft(away)).rejects.toThrow(refusedWith('ERR_CHAIN_ABSENT'))
    answers['title.left'] = { transferId }
    expect((await titles.proveLeft(away)).evidence).toMatchObject({ address: { path: ['title.left', transferId] } })
    expect(calls).toEqual([])
  })

  test('has not gone by the word of too few', async () => {
    given = { kind: 'endorsementProof', endorsers: ['Hospital1MSP'] }
    await expect(titles.leave(away)).rejects.toThrow(refusedWith('ERR_CHAIN_ASSURANCE'))
  })
})

describe('a title that comes', () => {
  test('is brought with its proof, under a key of the proof', async () => {
    answers['title.arrive'] = hither
    await titles.arrive(hither, proofOf())
    const digest = bytesToHex(sha256(canonicalJsonBytes(bundle))).slice(0, 32)
    expect(calls).toEqual([{ contract: 'hufu', method: 'title.arrive', args: [JSON.stringify(bundle)], key: `title.arrive/${digest}` }])
  })

  test.each<[string, Transfer, ChainProof]>([
    ['of another transfer', { ...hither, transferId: 'a2'.repeat(32) }, proofOf()],
    ['of another network', hither, proofOf({ network: parseNetworkId('neo3:78') })],
    ['of nothing', hither, proofOf({ evidence: null })],
  ])('is not brought with a proof %s', async (_, transfer, proof) => {
    answers['title.arrive'] = hither
    await expect(titles.arrive(transfer, proof)).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
    expect(calls).toEqual([])
  })

  test('is not brought from elsewhere than Neo', async () => {
    await expect(titles.arrive(hither, proofOf({ format: 'fabric-endorsement/1' }))).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
    expect(calls).toEqual([])
  })

  test.each(['assetId', 'contentHash', 'toHolder'] as const)('is not taken for the one agreed upon if its %s is another', async name => {
    answers['title.arrive'] = { ...hither, [name]: 'other' }
    await expect(titles.arrive(hither, proofOf())).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
  })

  test('is there or not', async () => {
    expect(await titles.arrived(hither)).toBe(false)
    answers['title.arrived'] = hither
    expect(await titles.arrived(hither)).toBe(true)
    answers = {}
    expect(await titles.get(away.assetId)).toBeUndefined()
  })
})
