import { generateSigner, isSignatureValid } from '@hufu/keys'
import { bytesToHex, concatBytes, sha256, sm3, utf8ToBytes } from '@hufu/primitives'
import { common, peer } from '@hyperledger/fabric-protos'
import { p256 } from '@noble/curves/nist.js'
import { describe, expect, test } from 'vitest'
import { rawOfLowSDer } from '../mac/low-s.ts'
import { parseFabricBlock, parseProcessedTransaction } from './fabric-block.ts'
import { type FabricCall, serializedIdentity, signFabricProposal } from './fabric-proposal.ts'

const signer = await generateSigner('P-256')
const user = { mspId: 'Hospital1MSP', certificate: '-----BEGIN CERTIFICATE-----\n', signer }
const nowMs = 1_795_800_000_123
const call: FabricCall = {
  channel: 'hospitals',
  chaincode: 'hufu',
  call: ['registry.get', '张三'],
  transientData: { key: 'value' },
  nonce: new Uint8Array(24).fill(7),
  nowMs,
}
const malformed = expect.objectContaining({ code: 'ERR_PCN_ANSWER' })

/** What an orderer makes of proposals: only what is looked at here is true. */
function envelopeOf(signedProposal: Uint8Array): Uint8Array {
  const proposal = peer.Proposal.deserializeBinary(peer.SignedProposal.deserializeBinary(signedProposal).getProposalBytes_asU8())
  const payload = new common.Payload()
  payload.setHeader(common.Header.deserializeBinary(proposal.getHeader_asU8()))
  const envelope = new common.Envelope()
  envelope.setPayload(payload.serializeBinary())
  return envelope.serializeBinary()
}

function blockOf(envelopes: Uint8Array[], dataHash = sha256(concatBytes(...envelopes))): Uint8Array {
  const header = new common.BlockHeader()
  header.setNumber(7)
  header.setPreviousHash(new Uint8Array(32).fill(1))
  header.setDataHash(dataHash)
  const data = new common.BlockData()
  data.setDataList(envelopes)
  const metadata = new common.BlockMetadata()
  metadata.setMetadataList([new Uint8Array(), new Uint8Array(), Uint8Array.of(0, 11)])
  const block = new common.Block()
  block.setHeader(header)
  block.setData(data)
  block.setMetadata(metadata)
  return block.serializeBinary()
}

describe('a proposal', () => {
  test('has the id that its nonce and maker give, and a signature that Fabric takes', async () => {
    const { transactionId, signedProposal } = await signFabricProposal(call, user)
    expect(transactionId).toBe(bytesToHex(sha256(concatBytes(call.nonce, serializedIdentity(user)))))
    const signed = peer.SignedProposal.deserializeBinary(signedProposal)
    const raw = rawOfLowSDer(p256, signed.getSignature_asU8())!
    expect(await isSignatureValid(signer.publicKey, signed.getProposalBytes_asU8(), raw)).toBe(true)
    const payload = peer.ChaincodeProposalPayload.deserializeBinary(
      peer.Proposal.deserializeBinary(signed.getProposalBytes_asU8()).getPayload_asU8(),
    )
    expect(payload.getTransientmapMap().get('key')).toEqual(utf8ToBytes('value'))
    const input = peer.ChaincodeInvocationSpec.deserializeBinary(payload.getInput_asU8()).getChaincodeSpec()!.getInput()!
    expect(input.getArgsList_asU8()).toEqual(call.call.map(utf8ToBytes))
  })

  test('is called by SM3 where a network says so', async () => {
    const { transactionId } = await signFabricProposal(call, user, sm3)
    expect(transactionId).toBe(bytesToHex(sm3(concatBytes(call.nonce, serializedIdentity(user)))))
  })
})

describe('a block', () => {
  test('gives its transactions with what the peer found', async () => {
    const first = await signFabricProposal(call, user)
    const second = await signFabricProposal({ ...call, nonce: new Uint8Array(24).fill(8), chaincode: 'other' }, user)
    const block = parseFabricBlock(blockOf([first, second].map(({ signedProposal }) => envelopeOf(signedProposal))))
    expect(block).toMatchObject({ number: 7, previousHash: '01'.repeat(32) })
    expect(block.transactions).toMatchObject([
      { transactionId: first.transactionId, channel: 'hospitals', chaincode: 'hufu', timeMs: nowMs, validationCode: 0, nonce: call.nonce },
      { transactionId: second.transactionId, chaincode: 'other', validationCode: 11 },
    ])
    const processed = new peer.ProcessedTransaction()
    processed.setTransactionenvelope(common.Envelope.deserializeBinary(envelopeOf(first.signedProposal)))
    processed.setValidationcode(12)
    expect(parseProcessedTransaction(processed.serializeBinary())).toEqual({ ...block.transactions[0]!, validationCode: 12 })
  })

  test('is refused if its header names other transactions, or if it is none', async () => {
    const envelope = envelopeOf((await signFabricProposal(call, user)).signedProposal)
    expect(() => parseFabricBlock(blockOf([envelope], sha256(new Uint8Array())))).toThrow(malformed)
    expect(() => parseFabricBlock(blockOf([envelope, envelope], sha256(envelope)))).toThrow(malformed)
    for (const wrong of [new Uint8Array(), Uint8Array.of(1, 2, 3), new Uint8Array(100).fill(255), blockOf([envelope]).subarray(0, 90)]) {
      expect(() => parseFabricBlock(wrong)).toThrow(malformed)
      expect(() => parseProcessedTransaction(wrong)).toThrow(malformed)
    }
  })
})
