import { base64ToBytes, bytesToBase64, bytesToUtf8, sha256, utf8ToBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import type { ChainProof } from '../adapter.ts'
import { parseEndorsedTransaction } from './endorsed-transaction.ts'
import { fabricProofOf, requireAnswerTo, verifyFabricProof } from './fabric-proof.ts'
import { endorserKey, type FixtureTransaction, makeProof, makeTransaction, network, trustIn } from './fabric-proof-fixture.ts'

const all = ['Hospital1MSP', 'Hospital2MSP', 'Hospital3MSP']
const twoOfThree = await trustIn(all, 2)

const refusedWith = (code: string) => expect.objectContaining({ code })
const verify = async (options: FixtureTransaction) => verifyFabricProof(await makeProof(options), twoOfThree)

test('an answer that enough organisations signed is theirs, with the question that it answers', async () => {
  const verdict = await verify({ endorsers: all.slice(0, 2), result: '{"status":"active"}' })
  expect(verdict).toMatchObject({
    network,
    address: { contract: 'hufu', path: ['registry.get', 'Hospital1MSP', 'radiology'] },
    height: 9,
    assurance: { kind: 'endorsementProof', endorsers: ['Hospital1MSP', 'Hospital2MSP'] },
  })
  expect(bytesToUtf8(verdict.value)).toBe('{"status":"active"}')
})

test('counts organisations, not signatures', async () => {
  await expect(verify({ endorsers: all })).resolves.toMatchObject({ assurance: { endorsers: all } })
  await expect(verify({ endorsers: [all[2]!, all[0]!] })).resolves.toBeDefined()
  await expect(verify({ endorsers: [all[0]!] })).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
  await expect(verify({ endorsers: [] })).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
  await expect(verify({ endorsers: [all[0]!, all[0]!, all[0]!] })).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
})

describe('refuses', () => {
  const good = { endorsers: all.slice(0, 2) }
  test.each<[string, FixtureTransaction]>([
    ['an endorser that nobody pinned', { endorsers: [all[0]!, 'StrangerMSP'] }],
    ['a stranger who calls himself a pinned organisation', { endorsers: [all[0]!, { mspId: all[1]!, key: 'stranger' }] }],
    ["an organisation that signs in another's name", { endorsers: [all[0]!, { mspId: all[1]!, key: all[0]! }] }],
    ['the higher of two s', { endorsers: [all[0]!, { mspId: all[1]!, key: all[1]!, highS: true }] }],
    ['another channel', { ...good, channel: 'other' }],
    ['another chaincode', { ...good, chaincode: 'other' }],
    ['the answer of another chaincode', { ...good, answeredBy: 'other' }],
    ['a refusal', { ...good, status: 500 }],
    ['what is no transaction of an endorser', { ...good, type: 1 }],
    ['an id that is not its own', { ...good, transactionId: '00'.repeat(32) }],
    ['an answer to another question', { ...good, proposalHash: sha256(utf8ToBytes('other')) }],
  ])('%s', async (_, options) => {
    await expect(verify(options)).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
  })

  test('the answer to one question, put under another', async () => {
    const asked = await makeTransaction({ ...good, call: ['registry.get', 'Hospital1MSP', 'radiology'] })
    const other = bytesToUtf8Loosely(asked).replace('radiology', 'pathology')
    await expect(
      verifyFabricProof(
        fabricProofOf(
          network,
          Uint8Array.from(other, each => each.charCodeAt(0)),
        ),
        twoOfThree,
      ),
    ).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
  })

  test('a bit flipped in any byte, and any end cut off', async () => {
    const bytes = await makeTransaction(good)
    const isRefused = async (altered: Uint8Array, what: string) =>
      expect(verifyFabricProof(fabricProofOf(network, altered), twoOfThree), what).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
    for (let at = 0; at < bytes.length; at++) {
      const altered = bytes.slice()
      altered[at]! ^= 1 << (at % 8)
      await isRefused(altered, `byte ${at}`)
    }
    for (let length = 0; length < bytes.length; length += 5) await isRefused(bytes.slice(0, length), `cut to ${length}`)
  })

  test('another network, another form, and what is no evidence', async () => {
    const proof = await makeProof(good)
    const refusedProof = (changes: object, code: string) =>
      expect(verifyFabricProof({ ...proof, ...changes } as ChainProof, twoOfThree)).rejects.toThrow(refusedWith(code))
    await refusedProof({ network: 'fabric:hospitals@fedcba9876543210' }, 'ERR_CHAIN_NETWORK')
    await refusedProof({ format: 'fabric-endorsement/2' }, 'ERR_CHAIN_PROOF')
    for (const evidence of [null, {}, [], { transaction: 1 }, { transaction: '?' }, { ...(proof.evidence as object), more: 1 }])
      await refusedProof({ evidence }, 'ERR_CHAIN_PROOF')
  })
})

test('a key that is no longer pinned counts no more', async () => {
  const proof = await makeProof({ endorsers: all.slice(0, 2) })
  const rotated = await trustIn([all[0]!, 'Hospital3MSP'], 2)
  await expect(verifyFabricProof(proof, rotated)).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
  const newKey = Buffer.from((await endorserKey('new')).publicKey.bytes).toString('hex')
  const renewed = { ...twoOfThree, endorsers: [twoOfThree.endorsers[0]!, { mspId: all[1]!, publicKey: newKey }] }
  await expect(verifyFabricProof(proof, renewed)).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
})

test('a threshold that nobody or more than all must meet is a mistake', async () => {
  const proof = await makeProof({ endorsers: all })
  for (const threshold of [0, 4, 1.5, Number.NaN])
    await expect(verifyFabricProof(proof, { ...twoOfThree, threshold })).rejects.toThrow(TypeError)
  const twoPeersOfOne = { ...twoOfThree, endorsers: [twoOfThree.endorsers[0]!, twoOfThree.endorsers[0]!], threshold: 2 }
  await expect(verifyFabricProof(proof, twoPeersOfOne)).rejects.toThrow(TypeError)
})

test('a gateway cannot serve an earlier answer, or that to another question', async () => {
  const answer = parseEndorsedTransaction(await makeTransaction({ endorsers: all }))
  const { transactionId, call } = answer
  requireAnswerTo({ transactionId, call }, answer)
  const refused = refusedWith('ERR_CHAIN_PROOF')
  expect(() => requireAnswerTo({ transactionId: 'ff'.repeat(32), call }, answer)).toThrow(refused)
  expect(() => requireAnswerTo({ transactionId, call: ['registry.get', 'Hospital1MSP', 'pathology'] }, answer)).toThrow(refused)
  expect(() => requireAnswerTo({ transactionId, call: [...call, ''] }, answer)).toThrow(refused)
})

test('survives a way through JSON', async () => {
  const proof = JSON.parse(JSON.stringify(await makeProof({ endorsers: all }))) as ChainProof
  await expect(verifyFabricProof(proof, twoOfThree)).resolves.toBeDefined()
  const { transaction } = proof.evidence as { transaction: string }
  expect(bytesToBase64(base64ToBytes(transaction))).toBe(transaction)
})

function bytesToUtf8Loosely(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
