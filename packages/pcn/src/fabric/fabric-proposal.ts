import type { Signer } from '@hufu/keys'
import { bytesToHex, concatBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { common, msp, peer } from '@hyperledger/fabric-protos'
import { p256 } from '@noble/curves/nist.js'
import timestamps from 'google-protobuf/google/protobuf/timestamp_pb.js'
import { lowSDer } from '../mac/low-s.ts'

/** Who speaks on a Fabric channel: a certificate, and the key in it. */
export interface FabricUser {
  readonly mspId: string
  /** PEM. */
  readonly certificate: string
  /** Of P-256. */
  readonly signer: Signer
}

/** A question to a chaincode. */
export interface FabricCall {
  readonly channel: string
  readonly chaincode: string
  /** Function and arguments. */
  readonly call: readonly string[]
  readonly transientData?: Readonly<Record<string, string>>
  /** 24 bytes, drawn for this call: the transaction's id comes of them. */
  readonly nonce: Uint8Array
  readonly nowMs: number
}

/** A proposal with its maker's signature. */
export interface SignedFabricProposal {
  readonly transactionId: string
  /** `protos.SignedProposal`, what `node/trans` takes in base64. */
  readonly signedProposal: Uint8Array
}

/**
 * Makes and signs a proposal, as Fabric's own clients do.
 *
 * @param hash - of nonce and creator, by which the transaction is called; SM3 where a network of BSN says so
 * @see https://github.com/hyperledger/fabric-protos peer/proposal.proto
 */
export async function signFabricProposal(
  { channel, chaincode, call, transientData = {}, nonce, nowMs }: FabricCall,
  user: FabricUser,
  hash: (bytes: Uint8Array) => Uint8Array = sha256,
): Promise<SignedFabricProposal> {
  const creator = serializedIdentity(user)
  const transactionId = bytesToHex(hash(concatBytes(nonce, creator)))
  const chaincodeId = new peer.ChaincodeID()
  chaincodeId.setName(chaincode)
  const proposal = new peer.Proposal()
  proposal.setHeader(headerBytes(channel, transactionId, chaincodeId, creator, nonce, nowMs))
  proposal.setPayload(payloadBytes(chaincodeId, call, transientData))
  const proposalBytes = proposal.serializeBinary()
  const signed = new peer.SignedProposal()
  signed.setProposalBytes(proposalBytes)
  signed.setSignature(await fabricSignature(user, proposalBytes))
  return { transactionId, signedProposal: signed.serializeBinary() }
}

/** A signature as Fabric takes it: DER, over SHA-256, with the lower s. */
export async function fabricSignature({ signer }: Pick<FabricUser, 'signer'>, message: Uint8Array): Promise<Uint8Array> {
  return lowSDer(p256, await signer.sign(message))
}

/** `msp.SerializedIdentity`: whom a signature is said to be of. */
export function serializedIdentity({ mspId, certificate }: Pick<FabricUser, 'mspId' | 'certificate'>): Uint8Array {
  const identity = new msp.SerializedIdentity()
  identity.setMspid(mspId)
  identity.setIdBytes(utf8ToBytes(certificate))
  return identity.serializeBinary()
}

function headerBytes(
  channel: string,
  transactionId: string,
  chaincodeId: peer.ChaincodeID,
  creator: Uint8Array,
  nonce: Uint8Array,
  nowMs: number,
): Uint8Array {
  const extension = new peer.ChaincodeHeaderExtension()
  extension.setChaincodeId(chaincodeId)
  const channelHeader = new common.ChannelHeader()
  channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION)
  channelHeader.setChannelId(channel)
  channelHeader.setTxId(transactionId)
  channelHeader.setTimestamp(timestamps.Timestamp.fromDate(new Date(nowMs)))
  channelHeader.setExtension$(extension.serializeBinary())
  const signatureHeader = new common.SignatureHeader()
  signatureHeader.setCreator(creator)
  signatureHeader.setNonce(nonce)
  const header = new common.Header()
  header.setChannelHeader(channelHeader.serializeBinary())
  header.setSignatureHeader(signatureHeader.serializeBinary())
  return header.serializeBinary()
}

function payloadBytes(chaincodeId: peer.ChaincodeID, call: readonly string[], transientData: Readonly<Record<string, string>>): Uint8Array {
  const input = new peer.ChaincodeInput()
  input.setArgsList(call.map(utf8ToBytes))
  const specification = new peer.ChaincodeSpec()
  specification.setType(peer.ChaincodeSpec.Type.NODE)
  specification.setChaincodeId(chaincodeId)
  specification.setInput(input)
  const invocation = new peer.ChaincodeInvocationSpec()
  invocation.setChaincodeSpec(specification)
  const payload = new peer.ChaincodeProposalPayload()
  payload.setInput(invocation.serializeBinary())
  for (const [name, value] of Object.entries(transientData)) payload.getTransientmapMap().set(name, utf8ToBytes(value))
  return payload.serializeBinary()
}
