import {
  type Anchor,
  type AssurancePolicy,
  type Capabilities,
  type ChainAdapter,
  type ChainCall,
  ChainError,
  type ChainEvent,
  type ChainProof,
  type EventCursor,
  type EventFilter,
  type FabricTrust,
  fabricProofFormat,
  meetsAssurance,
  type NetworkId,
  neoProofFormat,
  type Receipt,
  requireAssurance,
  type Verdict,
  type View,
  type ViewAddress,
  verifyFabricProof,
} from '@hufu/chains'
import { base64ToBytes, bytesToBase64, canonicalJson, errorCode, parseJson, utf8ToBytes } from '@hufu/primitives'
import type { AnswerOf } from '../endpoints/endpoint.ts'
import { fabricEndpoints } from '../endpoints/fabric-endpoints.ts'
import { newNonce, type PcnClient } from '../pcn-client.ts'
import { chainFailure } from './chain-failure.ts'
import { type FabricBlock, type FabricTransaction, parseFabricBlock, parseProcessedTransaction } from './fabric-block.ts'
import { followPcnBlocks } from './follow-pcn-blocks.ts'

/** Settings of {@link PcnFabricChain}. */
export interface PcnFabricChainOptions {
  readonly client: PcnClient
  readonly network: NetworkId
  readonly chaincode: string
  /** A user whose key the gateway keeps. */
  readonly userName: string
  /** Endorsers as pinned. With it, reads can be proven: the gateway is then trusted with nothing but to answer. */
  readonly trust?: FabricTrust
  /** How long until a transaction must be in a block; default 60,000. */
  readonly commitTimeoutMs?: number
  /** How often it is asked whether there is a block; default 250. */
  readonly pollMs?: number
  /** Waits; default by the machine's clock. */
  readonly sleep?: (ms: number) => Promise<void>
}

type CallAnswer = AnswerOf<typeof fabricEndpoints.callChaincode>

interface Called {
  readonly answer: CallAnswer
  readonly nonce: string
  readonly call: readonly string[]
}

const maxAttempts = 12
const chaincodeSuccess = 200

/**
 * A Fabric channel behind a city node of BSN's, with our chaincode on it (apps/chaincode). What the node says is its own word. If endorsers are pinned,
 * a read can be had with their signatures, out of the block that the node's transaction went into.
 */
export class PcnFabricChain implements ChainAdapter<FabricTrust> {
  readonly network: NetworkId
  readonly #options: Required<Omit<PcnFabricChainOptions, 'trust'>> & Pick<PcnFabricChainOptions, 'trust'>
  /** Evidence of what was given, for `prove`. */
  readonly #proofs = new WeakMap<View | Receipt, ChainProof>()

  private constructor(options: PcnFabricChainOptions) {
    this.network = options.network
    this.#options = { commitTimeoutMs: 60_000, pollMs: 250, sleep: ms => new Promise(resolve => setTimeout(resolve, ms)), ...options }
  }

  /**
   * Looks whether the channel behind the node begins with the block that the network is named by.
   *
   * @throws ChainError `ERR_CHAIN_NETWORK`: it is another one; as {@link ChainAdapter}
   */
  static async connect(options: PcnFabricChainOptions): Promise<PcnFabricChain> {
    const chain = new PcnFabricChain(options)
    const { hash, number, transactions } = await chain.#block({ blockNumber: 0 })
    const name = `fabric:${transactions[0]?.channel ?? ''}@${hash.slice(0, 16)}`
    if (number !== 0 || name !== options.network)
      throw new ChainError('ERR_CHAIN_NETWORK', 'the channel behind the node does not begin with the block that was pinned')
    return chain
  }

  capabilities(): Capabilities {
    const read = this.#options.trust === undefined ? 'gatewaySigned' : 'endorsementProof'
    return { read, events: 'gatewaySigned', anchor: true, invoke: true, isFinal: true }
  }

  /**
   * As {@link ChainAdapter.read}; the path is a function of the chaincode and its arguments. A node runs reads as transactions. If more than its own word
   * is asked for, that transaction is waited for in a block, with its endorsers' signatures.
   */
  async read(view: ViewAddress, { minAssurance, at }: { readonly minAssurance: AssurancePolicy; readonly at?: number }): Promise<View> {
    if (at !== undefined) throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'Fabric answers as of now only')
    this.#requireChaincode(view.contract)
    const assurance = { kind: 'gatewaySigned' } as const
    if (!meetsAssurance(assurance, minAssurance) && this.#options.trust === undefined) requireAssurance(assurance, minAssurance)
    const called = await this.#call(view.path, false)
    if (meetsAssurance(assurance, minAssurance)) {
      const value = utf8ToBytes(called.answer.ccRes.ccData)
      return { network: this.network, address: view, value, height: null, timeMs: null, assurance }
    }
    return this.#provenAnswer(called, minAssurance)
  }

  /** As {@link ChainAdapter.anchor}: takes Neo's proof bundles, which the chaincode verifies. */
  async anchor({ proof }: Anchor, options: { readonly idempotencyKey: string }): Promise<Receipt> {
    if (proof.format !== neoProofFormat) throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'the chaincode verifies proofs of Neo only')
    return this.invoke({ contract: this.#options.chaincode, method: 'neo.anchor', args: [canonicalJson(proof.evidence)] }, options)
  }

  /**
   * As {@link ChainAdapter.invoke}. The channel itself remembers the key. The receipt is the node's word, though the block that it names is checked to
   * hold the transaction.
   */
  async invoke(call: ChainCall, { idempotencyKey }: { readonly idempotencyKey: string }): Promise<Receipt> {
    this.#requireChaincode(call.contract)
    for (let attempt = 1; ; attempt++) {
      const { answer } = await this.#call(['once', idempotencyKey, call.method, ...call.args], true)
      const { transactionId, result } = onceRecordOf(answer.ccRes.ccData)
      const repeated = transactionId !== answer.blockInfo.txId
      const transaction = await this.#untilCommitted(transactionId, true)
      if (transaction.validationCode === 0) return this.#receipt({ idempotencyKey, transactionId, result, repeated })
      // 11 and 12: what it had read has changed since. It had no effect, and another one may have had.
      const mayRetry = (transaction.validationCode === 11 || transaction.validationCode === 12) && attempt < maxAttempts
      if (!mayRetry)
        throw new ChainError('ERR_CHAIN_REFUSED', 'the peers did not accept the transaction', {
          reason: `validation code ${transaction.validationCode}`,
        })
    }
  }

  /** As {@link ChainAdapter.events}, out of blocks that the node gives: each is checked to follow on the one before. */
  events(filter: EventFilter, cursor?: EventCursor, { signal }: { readonly signal?: AbortSignal } = {}): AsyncIterable<ChainEvent> {
    const { sleep, pollMs } = this.#options
    const wait = () => sleep(pollMs)
    return followPcnBlocks({ height: () => this.#height(), block: blockNumber => this.#block({ blockNumber }), wait }, this.network, {
      filter,
      cursor,
      signal,
    })
  }

  /** As {@link ChainAdapter.prove}, for reads that this object gave with endorsers' signatures. */
  async prove(of: View | Receipt): Promise<ChainProof> {
    const proof = this.#proofs.get(of)
    if (proof === undefined) throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'expected a read of this adapter that endorsers signed')
    return proof
  }

  verify(proof: ChainProof, trust: FabricTrust): Promise<Verdict> {
    return verifyFabricProof(proof, trust)
  }

  async #call(path: readonly string[], changesSomething: boolean): Promise<Called> {
    const [funcName, ...args] = path
    if (funcName === undefined) throw new TypeError('expected a function')
    const { client, chaincode, userName } = this.#options
    const nonce = newNonce()
    try {
      const body = { userName, nonce, chainCode: chaincode, funcName, args, transientData: {} }
      const answer = await client.call(fabricEndpoints.callChaincode, body)
      if (answer.ccRes.ccCode !== chaincodeSuccess)
        throw new ChainError('ERR_CHAIN_REFUSED', 'the chaincode refused', { reason: answer.ccRes.ccData })
      return { answer, nonce, call: path }
    } catch (error) {
      throw chainFailure(error, changesSomething)
    }
  }

  /** The node says which transaction; that it is the one just asked for, and no earlier one, its nonce shows. */
  async #provenAnswer({ answer, nonce, call }: Called, minAssurance: AssurancePolicy): Promise<View> {
    const transaction = await this.#untilCommitted(answer.blockInfo.txId, false)
    const evidence = { transaction: bytesToBase64(transaction.payload) }
    const proof: ChainProof = { format: fabricProofFormat, network: this.network, evidence }
    const view = await verifyFabricProof(proof, this.#options.trust!)
    if (bytesToBase64(transaction.nonce) !== nonce || canonicalJson(view.address.path) !== canonicalJson(call))
      throw new ChainError('ERR_CHAIN_PROOF', 'the node answered another question, or an earlier one')
    requireAssurance(view.assurance, minAssurance)
    this.#proofs.set(view, proof)
    return view
  }

  async #receipt(of: Pick<Receipt, 'idempotencyKey' | 'transactionId' | 'repeated'> & { readonly result: Uint8Array }): Promise<Receipt> {
    const block = await this.#block({ txId: of.transactionId }).catch(unknownIfUnreached)
    if (!block.transactions.some(({ transactionId }) => transactionId === of.transactionId))
      throw new ChainError('ERR_CHAIN_UNKNOWN', 'the node names a block that does not hold the transaction')
    return { network: this.network, ...of, height: block.number, assurance: { kind: 'gatewaySigned' } }
  }

  async #untilCommitted(txId: string, changesSomething: boolean): Promise<FabricTransaction> {
    const { client, commitTimeoutMs, pollMs, sleep } = this.#options
    for (let waitedMs = 0; ; waitedMs += pollMs) {
      try {
        const { transData } = await client.call(fabricEndpoints.getTransactionData, { txId, dataType: '' })
        const transaction = parseProcessedTransaction(base64ToBytes(transData))
        if (transaction.transactionId !== txId) throw new ChainError('ERR_CHAIN_PROOF', 'the node gave another transaction')
        return transaction
      } catch (error) {
        // Not there yet: the node refuses.
        if (errorCode(error) !== 'ERR_PCN_REFUSED') throw chainFailure(error, changesSomething)
      }
      if (waitedMs >= commitTimeoutMs)
        throw changesSomething
          ? new ChainError('ERR_CHAIN_UNKNOWN', 'a transaction was sent, and is in no block yet')
          : new ChainError('ERR_CHAIN_UNREACHABLE', 'no block with the question came in time')
      await sleep(pollMs)
    }
  }

  async #height(): Promise<number> {
    try {
      return (await this.#options.client.call(fabricEndpoints.getLedgerInfo, {})).height
    } catch (error) {
      throw chainFailure(error, false)
    }
  }

  async #block(of: { readonly blockNumber?: number; readonly txId?: string }): Promise<FabricBlock> {
    try {
      const question = { blockNumber: 0, blockHash: '', txId: '', dataType: '', ...of }
      const { blockHash, blockNumber, preBlockHash, blockData } = await this.#options.client.call(fabricEndpoints.getBlockData, question)
      const block = parseFabricBlock(base64ToBytes(blockData))
      if (block.hash !== blockHash || block.number !== blockNumber || block.previousHash !== preBlockHash)
        throw new ChainError('ERR_CHAIN_PROOF', 'the node gave a block other than it says')
      return block
    } catch (error) {
      throw chainFailure(error, false)
    }
  }

  #requireChaincode(contract: string): void {
    if (contract !== this.#options.chaincode)
      throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'expected the chaincode that this adapter is for')
  }
}

/** What our chaincode keeps of a call under a key. */
function onceRecordOf(text: string): { readonly transactionId: string; readonly result: Uint8Array } {
  try {
    const record = parseJson(text)
    const { transactionId, result } = (typeof record === 'object' && record !== null ? record : {}) as Record<string, unknown>
    if (typeof transactionId === 'string' && /^[0-9a-f]{64}$/.test(transactionId) && typeof result === 'string')
      return { transactionId, result: base64ToBytes(result) }
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw new ChainError('ERR_CHAIN_UNKNOWN', 'a call was sent, and the answer is not what the chaincode keeps of it')
}

/** The call took effect: only where is not known. */
function unknownIfUnreached(error: unknown): never {
  throw new ChainError('ERR_CHAIN_UNKNOWN', 'the call took effect, and the node does not say in which block', { cause: error })
}
