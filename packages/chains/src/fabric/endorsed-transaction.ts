import { bytesToHex, bytesToUtf8, concatBytes, equalBytes, sha256 } from '@hufu/primitives'
import { ChainError } from '../errors.ts'
import { ProtobufFields } from './protobuf-fields.ts'

/** A question to a chaincode, the answer, and who signed it; nobody's signature is checked yet. */
export interface EndorsedTransaction {
  readonly channel: string
  readonly transactionId: string
  readonly chaincode: string
  /** Function and arguments. */
  readonly call: readonly string[]
  readonly result: Uint8Array
  /** What the call says to followers, if anything. */
  readonly event: { readonly name: string; readonly payload: Uint8Array } | null
  /** Newest block of those that wrote what the chaincode read of its own state; null if it read nothing that was there. */
  readonly readHeight: number | null
  /** What each endorser signs, followed by its identity. */
  readonly signedPayload: Uint8Array
  readonly endorsements: readonly Endorsement[]
}

/** One endorser's signature. */
export interface Endorsement {
  readonly mspId: string
  /** Serialised identity: organisation and certificate. */
  readonly endorser: Uint8Array
  /** DER. */
  readonly signature: Uint8Array
}

const endorserTransaction = 3n
const success = 200n

/**
 * Takes a transaction apart and checks that its parts belong together: the endorsed answer is to this question, on this channel.
 *
 * @param payload - `common.Payload`, what a client signs to have the transaction ordered
 * @throws ChainError `ERR_CHAIN_PROOF`: it is none, its parts do not belong together, or the chaincode refused
 * @see https://github.com/hyperledger/fabric-protos peer/transaction.proto, the comment at its head
 */
export function parseEndorsedTransaction(payload: Uint8Array): EndorsedTransaction {
  const envelope = new ProtobufFields(payload)
  const header = envelope.message(1)
  const [channelHeaderBytes, signatureHeaderBytes] = [header.bytes(1), header.bytes(2)]
  const [actionBytes, ...others] = envelope.message(2).repeated(1)
  if (actionBytes === undefined || others.length > 0) throw wrong('a transaction with one action')
  const action = new ProtobufFields(actionBytes)
  if (!equalBytes(action.bytes(1), signatureHeaderBytes)) throw wrong('an action of whoever sends the transaction')
  const actionPayload = action.message(2)
  const proposalBytes = actionPayload.bytes(1)
  const endorsed = actionPayload.message(2)
  const signedPayload = endorsed.bytes(1)
  const response = new ProtobufFields(signedPayload)
  // The answer names the question by its hash: Fabric, protoutil.GetProposalHash2.
  if (!equalBytes(response.bytes(1), sha256(concatBytes(channelHeaderBytes, signatureHeaderBytes, proposalBytes))))
    throw wrong('an answer to the question that it comes with')
  const channelHeader = new ProtobufFields(channelHeaderBytes)
  const signatureHeader = new ProtobufFields(signatureHeaderBytes)
  if (channelHeader.integer(1) !== endorserTransaction) throw wrong('a transaction of an endorser')
  const transactionId = bytesToHex(sha256(concatBytes(signatureHeader.bytes(2), signatureHeader.bytes(1))))
  if (channelHeader.text(5) !== transactionId) throw wrong("a transaction's own id")
  const specification = new ProtobufFields(proposalBytes).message(1).message(1)
  const chaincode = specification.message(2).text(2)
  const answer = response.message(2)
  if (answer.message(4).text(2) !== chaincode) throw wrong('an answer of the chaincode that was asked')
  const outcome = answer.message(3)
  if (outcome.integer(1) !== success) throw wrong('a call that the chaincode did not refuse')
  return {
    channel: channelHeader.text(4),
    transactionId,
    chaincode,
    call: specification.message(3).repeated(1).map(utf8),
    result: outcome.optionalBytes(3),
    event: parseEvent(answer.optionalBytes(2), chaincode, transactionId),
    readHeight: readHeightOf(answer.optionalBytes(1), chaincode),
    signedPayload,
    endorsements: endorsed.repeated(2).map(parseEndorsement),
  }
}

function parseEndorsement(bytes: Uint8Array): Endorsement {
  const endorsement = new ProtobufFields(bytes)
  const endorser = endorsement.bytes(1)
  return { mspId: new ProtobufFields(endorser).text(1), endorser, signature: endorsement.bytes(2) }
}

function parseEvent(bytes: Uint8Array, chaincode: string, transactionId: string): EndorsedTransaction['event'] {
  if (bytes.length === 0) return null
  const event = new ProtobufFields(bytes)
  if (event.text(1) !== chaincode || event.text(2) !== transactionId) throw wrong('an event of this transaction')
  return { name: event.text(3), payload: event.optionalBytes(4) }
}

/** `rwset.TxReadWriteSet`: by namespace, what was read in which version. */
function readHeightOf(bytes: Uint8Array, chaincode: string): number | null {
  const heights = new ProtobufFields(bytes)
    .repeated(2)
    .map(each => new ProtobufFields(each))
    .filter(namespace => namespace.text(1) === chaincode)
    .flatMap(namespace => new ProtobufFields(namespace.optionalBytes(2)).repeated(1))
    .map(read => new ProtobufFields(read).optionalBytes(2))
    .filter(version => version.length > 0)
    .map(version => Number(new ProtobufFields(version).integer(1)))
  return heights.length === 0 ? null : Math.max(...heights)
}

function utf8(bytes: Uint8Array): string {
  try {
    return bytesToUtf8(bytes)
  } catch {
    throw wrong('arguments that are text')
  }
}

function wrong(expected: string): ChainError {
  return new ChainError('ERR_CHAIN_PROOF', `expected ${expected}`)
}
