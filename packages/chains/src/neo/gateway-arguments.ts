import { gateway as gatewayContract, titles as titlesContract } from '@hufu/bindings'
import type { ContractCall, ScriptHash } from '@hufu/ledger'
import { base64ToBytes, errorCode, hexToBytes } from '@hufu/primitives'
import type { ChainProof } from '../adapter.ts'
import { ChainError } from '../errors.ts'
import { rawSignature } from '../fabric/der-signature.ts'
import { parseEndorsedTransaction } from '../fabric/endorsed-transaction.ts'
import { fabricProofFormat } from '../fabric/fabric-proof.ts'
import { ProtobufFields } from '../fabric/protobuf-fields.ts'
import { neoProofFormat } from './neo-chain.ts'

/** What the contract `gateway` on Neo takes as proof of a chaincode's answer. */
export interface FabricAnswerArguments {
  /** Function and arguments, as they stand in the proposal. */
  readonly call: readonly string[]
  readonly channelHeader: Uint8Array
  readonly signatureHeader: Uint8Array
  readonly proposal: Uint8Array
  /** `ProposalResponsePayload`, what endorsers sign. */
  readonly answer: Uint8Array
  /** Serialised identities. */
  readonly endorsers: readonly Uint8Array[]
  /** r ‖ s, in the order of the endorsers. */
  readonly signatures: readonly Uint8Array[]
}

/** What the contract `gateway` on Neo takes as proof of an entry of another network of Neo. */
export interface NeoEntryArguments {
  /** Headers that name new validators; to be followed first. */
  readonly headers: readonly Uint8Array[]
  readonly header: Uint8Array
  readonly key: Uint8Array
  readonly proof: Uint8Array
}

/** The contract takes no more. */
const maxEndorsers = 32
/** Of an entry that says what has left by a transfer: contracts/titles/doc.go. */
const leftPrefix = 2
const transferIdLength = 32
const transferPattern = /^[0-9a-f]{64}$/

/**
 * The calls that bring a title to Neo by the proof that it has left another chain for here: to be submitted together, by anyone. Whether the proof is
 * true is for the contracts to say.
 *
 * @param contracts - as the network's descriptor names them
 * @throws ChainError `ERR_CHAIN_PROOF`: it has no form that these contracts take, or is of another entry
 */
export function arrivalCalls(
  contracts: { readonly gateway: ScriptHash; readonly titles: ScriptHash },
  proof: ChainProof,
): readonly ContractCall[] {
  const { network } = proof
  if (proof.format === fabricProofFormat) {
    const { call, ...answer } = fabricAnswerArguments(proof)
    // Which function was asked, and whether with this alone, the contract reads in the proposal.
    const transferId = call[1]
    if (transferId === undefined || !transferPattern.test(transferId)) throw otherProof()
    return [titlesContract(contracts.titles).arriveFromFabric({ network, transferId: hexToBytes(transferId), ...answer })]
  }
  const { headers, key, ...entry } = neoEntryArguments(proof)
  if (key[0] !== leftPrefix || key.length !== 1 + transferIdLength) throw otherProof()
  const arrival = titlesContract(contracts.titles).arriveFromNeo({ network, transferId: key.slice(1), ...entry })
  return headers.length === 0 ? [arrival] : [gatewayContract(contracts.gateway).followValidators({ network, headers }), arrival]
}

/**
 * A chaincode's answer, taken apart for the contract.
 *
 * @throws ChainError `ERR_CHAIN_PROOF`: not a transaction with an answer that belongs to its question
 */
export function fabricAnswerArguments({ format, evidence }: ChainProof): FabricAnswerArguments {
  const payload = bytesOf(format === fabricProofFormat ? (evidence as { transaction?: unknown } | null)?.transaction : undefined)
  const { call, signedPayload, endorsements } = parseEndorsedTransaction(payload)
  const envelope = new ProtobufFields(payload)
  const header = envelope.message(1)
  const proposal = new ProtobufFields(envelope.message(2).bytes(1)).message(2).bytes(1)
  // Signatures that Fabric itself would not take count for nobody.
  const signed = endorsements
    .map(({ endorser, signature }) => ({ endorser, signature: rawSignature(signature) }))
    .filter(each => each.signature !== undefined)
    .slice(0, maxEndorsers)
  return {
    call,
    channelHeader: header.bytes(1),
    signatureHeader: header.bytes(2),
    proposal,
    answer: signedPayload,
    endorsers: signed.map(({ endorser }) => endorser),
    signatures: signed.map(({ signature }) => signature!),
  }
}

/** A proof bundle of Neo, taken apart for the contract. @throws ChainError `ERR_CHAIN_PROOF`: not the members of a bundle */
export function neoEntryArguments({ format, network, evidence }: ChainProof): NeoEntryArguments {
  const { version, magic, key, headers, proof } = (evidence ?? {}) as Readonly<Record<string, unknown>>
  if (format !== neoProofFormat || version !== 1 || network !== `neo3:${magic}` || !Array.isArray(headers) || headers.length === 0)
    throw malformed()
  const bytes = headers.map(bytesOf)
  return { headers: bytes.slice(0, -1), header: bytes.at(-1)!, key: bytesOf(key), proof: bytesOf(proof) }
}

function bytesOf(base64: unknown): Uint8Array {
  try {
    if (typeof base64 === 'string') return base64ToBytes(base64)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw malformed()
}

function otherProof(): ChainError {
  return new ChainError('ERR_CHAIN_PROOF', 'expected the proof of what has left by a transfer')
}

function malformed(): ChainError {
  return new ChainError('ERR_CHAIN_PROOF', `expected evidence of the form ${fabricProofFormat} or ${neoProofFormat}`)
}
