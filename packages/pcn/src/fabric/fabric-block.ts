import { blockHash } from '@hufu/chains'
import { bytesToHex, concatBytes, equalBytes, sha256 } from '@hufu/primitives'
import { common, peer } from '@hyperledger/fabric-protos'
import { PcnError } from '../errors.ts'

/** A transaction in a block, or as it was asked for by its id. */
export interface FabricTransaction {
  readonly transactionId: string
  readonly channel: string
  /** `common.Payload`, what its maker signed. */
  readonly payload: Uint8Array
  /** Drawn by its maker; the id comes of it. */
  readonly nonce: Uint8Array
  /** `msp.SerializedIdentity` of its maker. */
  readonly creator: Uint8Array
  /** By its maker's word. */
  readonly timeMs: number
  readonly timeNanoseconds: number
  /** What the peer found: 0 counts, all else does not. */
  readonly validationCode: number
  /** Whom it calls; null for the channel's own configuration. */
  readonly chaincode: string | null
}

/** A block, whose parts belong together. */
export interface FabricBlock {
  readonly number: number
  readonly hash: string
  /** Empty for the first. */
  readonly previousHash: string
  readonly size: number
  readonly transactions: readonly FabricTransaction[]
}

/** Position of the validation codes in a block's metadata (common.BlockMetadataIndex). */
const transactionsFilter = 2

/**
 * Takes a block apart and checks that its header names its transactions by their hash, so that its own hash stands for them. Validation codes are in
 * no hash: they are the peer's word.
 *
 * @param bytes - `common.Block`
 * @throws PcnError `ERR_PCN_ANSWER`: not a block, or of parts that do not belong together
 */
export function parseFabricBlock(bytes: Uint8Array): FabricBlock {
  return orMalformed('a block', () => {
    const block = common.Block.deserializeBinary(bytes)
    const header = block.getHeader()!
    const envelopes = block.getData()!.getDataList_asU8()
    if (!equalBytes(sha256(concatBytes(...envelopes)), header.getDataHash_asU8()))
      throw new PcnError('ERR_PCN_ANSWER', 'block: expected the transactions that its header names')
    const codes = block.getMetadata()?.getMetadataList_asU8()[transactionsFilter] ?? new Uint8Array()
    return {
      number: header.getNumber(),
      hash: bytesToHex(blockHash(bytes)),
      previousHash: bytesToHex(header.getPreviousHash_asU8()),
      size: bytes.length,
      transactions: envelopes.map((envelope, index) => parseEnvelope(common.Envelope.deserializeBinary(envelope), codes[index] ?? 255)),
    }
  })
}

/**
 * A transaction as `getTransdata` gives it.
 *
 * @param bytes - `protos.ProcessedTransaction`
 * @throws PcnError `ERR_PCN_ANSWER`
 */
export function parseProcessedTransaction(bytes: Uint8Array): FabricTransaction {
  return orMalformed('a transaction', () => {
    const processed = peer.ProcessedTransaction.deserializeBinary(bytes)
    return parseEnvelope(processed.getTransactionenvelope()!, processed.getValidationcode())
  })
}

function parseEnvelope(envelope: common.Envelope, validationCode: number): FabricTransaction {
  const payload = envelope.getPayload_asU8()
  const header = common.Payload.deserializeBinary(payload).getHeader()!
  const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8())
  const signatureHeader = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8())
  const time = channelHeader.getTimestamp()
  const seconds = time?.getSeconds() ?? 0
  const nanoseconds = time?.getNanos() ?? 0
  return {
    transactionId: channelHeader.getTxId(),
    channel: channelHeader.getChannelId(),
    payload,
    nonce: signatureHeader.getNonce_asU8(),
    creator: signatureHeader.getCreator_asU8(),
    timeMs: seconds * 1000 + Math.floor(nanoseconds / 1e6),
    timeNanoseconds: nanoseconds,
    validationCode,
    chaincode: channelHeader.getType() === common.HeaderType.ENDORSER_TRANSACTION ? chaincodeOf(channelHeader) : null,
  }
}

function chaincodeOf(header: common.ChannelHeader): string {
  return peer.ChaincodeHeaderExtension.deserializeBinary(header.getExtension_asU8()).getChaincodeId()?.getName() ?? ''
}

/** The library below throws errors of its own at bytes that are no message. */
function orMalformed<T>(what: string, parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    if (cause instanceof PcnError) throw cause
    throw new PcnError('ERR_PCN_ANSWER', `expected ${what} of Fabric`, { cause })
  }
}
