import { setTimeout as sleep } from 'node:timers/promises'
import { type FabricConnection, isPassing } from '@hufu/chains/fabric'
import { GatewayError } from '@hyperledger/fabric-gateway'
import { common, gateway as messages, peer } from '@hyperledger/fabric-protos'
import { Refusal } from './refusal.ts'

const agreeWithinMs = 10_000
const retryMs = 60

/** A call that the peers ran and signed, and that nobody has sent yet. */
export interface EndorsedCall {
  readonly transactionId: string
  /** `common.Payload`, which its maker must sign. */
  readonly payload: Uint8Array
  /** `gateway.PreparedTransaction`. */
  readonly prepared: Uint8Array
  readonly result: Uint8Array
}

/** Which block: one of them. */
export type BlockQuestion = { readonly number: number } | { readonly hash: Uint8Array } | { readonly transactionId: string }

/** The Fabric that the stand-in stands before: a peer's own gateway. */
export class FabricNode {
  readonly channel: string
  readonly #connection: FabricConnection

  constructor(connection: FabricConnection, channel: string) {
    this.#connection = connection
    this.channel = channel
  }

  /**
   * Has peers run a proposal that its maker signed.
   *
   * @param signedProposal - `protos.SignedProposal`
   * @throws Refusal: no proposal for this channel, or peers or chaincode refuse
   */
  async endorse(signedProposal: Uint8Array): Promise<EndorsedCall> {
    const proposal = readProposal(signedProposal)
    if (proposal.channel !== this.channel) throw new Refusal('transData: the proposal is for another channel')
    const proposed = new messages.ProposedTransaction()
    proposed.setTransactionId(proposal.transactionId)
    proposed.setProposal(proposal.signed)
    const { gateway } = this.#connection
    return orRefused(async () => {
      const bytes = proposed.serializeBinary()
      const transaction = await whenAgreed(() => gateway.newSignedProposal(bytes, proposal.signed.getSignature_asU8()).endorse())
      const prepared = transaction.getBytes()
      const payload = messages.PreparedTransaction.deserializeBinary(prepared).getEnvelope()!.getPayload_asU8()
      return { transactionId: proposal.transactionId, payload, prepared, result: transaction.getResult() }
    })
  }

  /** Sends a transaction to the orderer, and waits for no block. @throws Refusal */
  async submit({ prepared }: EndorsedCall, signature: Uint8Array): Promise<void> {
    await orRefused(() => this.#connection.gateway.newSignedTransaction(prepared, signature).submit())
  }

  /** `protos.ProcessedTransaction`. @throws Refusal: there is none */
  transaction(transactionId: string): Promise<Uint8Array> {
    return this.#ask('GetTransactionByID', transactionId)
  }

  /** `common.Block`. @throws Refusal: there is none */
  block(question: BlockQuestion): Promise<Uint8Array> {
    if ('hash' in question) return this.#ask('GetBlockByHash', question.hash)
    if ('transactionId' in question) return this.#ask('GetBlockByTxID', question.transactionId)
    return this.#ask('GetBlockByNumber', String(question.number))
  }

  /** How many blocks there are, and the hashes of the last two. */
  async ledger(): Promise<{ readonly height: number; readonly hash: Uint8Array; readonly previousHash: Uint8Array }> {
    const info = common.BlockchainInfo.deserializeBinary(await this.#ask('GetChainInfo'))
    return { height: info.getHeight(), hash: info.getCurrentblockhash_asU8(), previousHash: info.getPreviousblockhash_asU8() }
  }

  /** Blocks from a number on, as they come, until the signal. @throws GatewayError: the peer is gone */
  async *blocks(from: number, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const blocks = await this.#connection.gateway.getNetwork(this.channel).getBlockEvents({ startBlock: BigInt(from) })
    const stop = (): void => blocks.close()
    signal.addEventListener('abort', stop, { once: true })
    try {
      for await (const block of blocks) yield block.serializeBinary()
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      signal.removeEventListener('abort', stop)
      stop()
    }
  }

  #ask(name: string, ...args: (string | Uint8Array)[]): Promise<Uint8Array> {
    const ledger = this.#connection.gateway.getNetwork(this.channel).getContract('qscc')
    return orRefused(() => ledger.evaluateTransaction(name, this.channel, ...args))
  }
}

function readProposal(bytes: Uint8Array): {
  readonly signed: peer.SignedProposal
  readonly channel: string
  readonly transactionId: string
} {
  try {
    const signed = peer.SignedProposal.deserializeBinary(bytes)
    const header = common.Header.deserializeBinary(peer.Proposal.deserializeBinary(signed.getProposalBytes_asU8()).getHeader_asU8())
    const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8())
    return { signed, channel: channelHeader.getChannelId(), transactionId: channelHeader.getTxId() }
  } catch {
    throw new Refusal('transData: expected a signed proposal')
  }
}

/** Peers that are a block apart give different answers; a moment later they do not. */
async function whenAgreed<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + agreeWithinMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error) || Date.now() > deadline) throw error
      await sleep(retryMs)
    }
  }
}

async function orRefused<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    throw new Refusal([error.message, ...error.details.map(({ message }) => message)].join('; ').slice(0, 4_096))
  }
}
