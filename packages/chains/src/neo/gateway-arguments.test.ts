import { parseScriptHash } from '@hufu/ledger'
import { bytesToBase64, concatBytes, hexToBytes, sha256 } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import type { ChainProof } from '../adapter.ts'
import { makeProof, makeTransaction, network } from '../fabric/fabric-proof-fixture.ts'
import { parseNetworkId } from '../network-id.ts'
import { arrivalCalls, fabricAnswerArguments, neoEntryArguments } from './gateway-arguments.ts'

const contracts = { gateway: parseScriptHash('11'.repeat(20)), titles: parseScriptHash('22'.repeat(20)) }
const transferId = 'ab'.repeat(32)
const refused = expect.objectContaining({ code: 'ERR_CHAIN_PROOF' })
const base64 = (...bytes: number[]) => bytesToBase64(Uint8Array.from(bytes))

describe('an answer of a chaincode', () => {
  const answer = { call: ['title.left', transferId], endorsers: ['Hospital1MSP', 'Hospital2MSP'] }

  test('comes apart into what was signed, and by whom', async () => {
    const {
      channelHeader,
      signatureHeader,
      proposal,
      answer: signed,
      endorsers,
      signatures,
    } = fabricAnswerArguments(await makeProof(answer))
    // The answer begins with the hash of the question: field 1, 32 bytes.
    expect(signed.slice(2, 34)).toEqual(sha256(concatBytes(channelHeader, signatureHeader, proposal)))
    expect(endorsers).toHaveLength(2)
    expect(signatures.map(each => each.length)).toEqual([64, 64])
  })

  test('arrives by one call', async () => {
    const proof = await makeProof(answer)
    const [call, ...others] = arrivalCalls(contracts, proof)
    expect(others).toEqual([])
    expect(call).toMatchObject({ contract: contracts.titles, method: 'arriveFromFabric' })
    expect(call!.args[0]).toEqual({ type: 'String', value: network })
    expect(call!.args.map(({ type }) => type)).toEqual([
      'String',
      'ByteArray',
      'ByteArray',
      'ByteArray',
      'ByteArray',
      'ByteArray',
      'Array',
      'Array',
    ])
    expect(call!.args[1]).toEqual({ type: 'ByteArray', value: hexToBytes(transferId) })
  })

  test('an answer to a question that names no transfer is none', async () => {
    for (const call of [
      ['title.get', 'fabric-1.licence'],
      ['title.left'],
      ['title.left', 'AB'.repeat(32)],
      ['once', 'key', 'title.left', transferId],
    ]) {
      const proof = await makeProof({ ...answer, call })
      expect(fabricAnswerArguments(proof).call).toEqual(call)
      expect(() => arrivalCalls(contracts, proof)).toThrow(refused)
    }
    // Which function it was, the contract reads.
    expect(arrivalCalls(contracts, await makeProof({ ...answer, call: ['title.leave', transferId] }))).toHaveLength(1)
  })

  test('a signature that Fabric would not take is left out', async () => {
    const endorsers = ['Hospital1MSP', { mspId: 'Hospital2MSP', key: 'Hospital2MSP', highS: true }]
    expect(fabricAnswerArguments(await makeProof({ ...answer, endorsers })).signatures).toHaveLength(1)
  })

  test('what belongs to another question, and what is no transaction, is refused', async () => {
    expect(() => fabricAnswerArguments({ format: 'fabric-endorsement/1', network, evidence: { transaction: base64(1, 2, 3) } })).toThrow(
      refused,
    )
    const other = await makeProof({ ...answer, proposalHash: sha256(new Uint8Array()) })
    expect(() => arrivalCalls(contracts, other)).toThrow(refused)
    const cut = (await makeTransaction(answer)).slice(0, -1)
    const evidence = { transaction: bytesToBase64(cut) }
    expect(() => arrivalCalls(contracts, { format: 'fabric-endorsement/1', network, evidence })).toThrow(refused)
    for (const evidence of [null, {}, { transaction: 1 }, { transaction: '?' }])
      expect(() => arrivalCalls(contracts, { format: 'fabric-endorsement/1', network, evidence })).toThrow(refused)
  })
})

describe('an entry of another network of Neo', () => {
  const key = bytesToBase64(concatBytes(Uint8Array.of(2), hexToBytes(transferId)))
  const bundle = { version: 1, magic: 77, contractId: 12, key, headers: [base64(1), base64(2), base64(3)], proof: base64(4) }
  const proofOf = (evidence: unknown, changes: object = {}): ChainProof => ({
    format: 'neo-bundle/1',
    network: parseNetworkId('neo3:77'),
    evidence,
    ...changes,
  })

  test('arrives with the headers that name new validators before it', () => {
    const [follow, arrive] = arrivalCalls(contracts, proofOf(bundle))
    const array = (...bytes: number[]) => ({ type: 'Array', value: bytes.map(each => ({ type: 'ByteArray', value: Uint8Array.of(each) })) })
    expect(follow).toEqual({
      contract: contracts.gateway,
      method: 'followValidators',
      args: [{ type: 'String', value: 'neo3:77' }, array(1, 2)],
    })
    expect(arrive).toEqual({
      contract: contracts.titles,
      method: 'arriveFromNeo',
      args: [
        { type: 'String', value: 'neo3:77' },
        { type: 'ByteArray', value: hexToBytes(transferId) },
        { type: 'ByteArray', value: Uint8Array.of(3) },
        { type: 'ByteArray', value: Uint8Array.of(4) },
      ],
    })
    expect(arrivalCalls(contracts, proofOf({ ...bundle, headers: [base64(3)] }))).toEqual([arrive])
  })

  test('an entry of another kind, another network and other forms are refused', () => {
    for (const changes of [
      { key: base64(1, ...hexToBytes(transferId)) },
      { key: base64(2, ...hexToBytes(transferId).slice(1)) },
      { key: base64(2, ...hexToBytes(transferId), 0) },
      { version: 2 },
      { magic: 78 },
      { headers: [] },
      { headers: [1] },
      { headers: 'AQ==' },
      { proof: '?' },
    ])
      expect(() => arrivalCalls(contracts, proofOf({ ...bundle, ...changes }))).toThrow(refused)
    expect(() => neoEntryArguments(proofOf(null))).toThrow(refused)
    expect(() => arrivalCalls(contracts, proofOf(bundle, { format: 'neo-bundle/2' }))).toThrow(refused)
    expect(() => arrivalCalls(contracts, proofOf(bundle, { network: parseNetworkId('neo3:78') }))).toThrow(refused)
  })
})
