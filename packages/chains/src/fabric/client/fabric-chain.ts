import { setTimeout as sleep } from 'node:timers/promises'
import { base64ToBytes, bytesToUtf8, canonicalJson, steadyClock } from '@hufu/primitives'
import { CommitError, type Contract, type Transaction } from '@hyperledger/fabric-gateway'
import type {
  Anchor,
  Capabilities,
  ChainAdapter,
  ChainCall,
  ChainEvent,
  ChainProof,
  EventCursor,
  EventFilter,
  Receipt,
  Verdict,
  View,
  ViewAddress,
} from '../../adapter.ts'
import { type AssurancePolicy, requireAssurance } from '../../assurance.ts'
import { ChainError } from '../../errors.ts'
import { neoProofFormat } from '../../neo/neo-chain.ts'
import type { NetworkId } from '../../network-id.ts'
import {
  type FabricTrust,
  fabricProofOf,
  requireAnswerTo,
  type VerifiedTransaction,
  verifyFabricProof,
  verifyFabricTransaction,
  viewOf,
} from '../fabric-proof.ts'
import { ProtobufFields } from '../protobuf-fields.ts'
import { type FabricConnection, type FabricConnectionOptions, fabricNetworkId, openFabricConnection } from './fabric-connection.ts'
import { fabricFailure, isPassing } from './fabric-failure.ts'
import { followEvents } from './follow-events.ts'

/** Settings of {@link FabricChain}. */
export interface FabricChainOptions extends FabricConnectionOptions {
  readonly trust: FabricTrust
}

/** What our chaincode keeps of a call under a key. */
interface OnceRecord {
  readonly transactionId: string
  readonly result: string
}

const maxAttempts = 12
const retryMs = 60
/** How long the organisations may take to come to one state. */
const agreeWithinMs = 15_000

/**
 * A channel of Hyperledger Fabric on which our chaincode runs (apps/chaincode). What it answers is what a threshold of pinned organisations signed; the
 * gateway that it is reached by is trusted with nothing but to answer.
 */
export class FabricChain implements ChainAdapter<FabricTrust> {
  readonly network: NetworkId
  readonly #trust: FabricTrust
  readonly #mspId: string
  readonly #connection: FabricConnection
  /** Evidence of what was given, for `prove`. */
  readonly #proofs = new WeakMap<View | Receipt, ChainProof>()

  private constructor(options: FabricChainOptions, connection: FabricConnection) {
    this.network = options.trust.network
    this.#trust = options.trust
    this.#mspId = options.identity.mspId
    this.#connection = connection
  }

  /**
   * Connects, and looks whether the channel is the one pinned.
   *
   * @throws ChainError `ERR_CHAIN_NETWORK`: it is another one; `ERR_CHAIN_UNREACHABLE`, `ERR_CHAIN_REFUSED`
   */
  static async connect(options: FabricChainOptions): Promise<FabricChain> {
    const connection = openFabricConnection(options)
    try {
      if ((await fabricNetworkId(connection, options.trust.channel)) !== options.trust.network)
        throw new ChainError('ERR_CHAIN_NETWORK', 'the channel does not begin with the block that was pinned')
      return new FabricChain(options, connection)
    } catch (error) {
      connection.close()
      throw error
    }
  }

  close(): void {
    this.#connection.close()
  }

  capabilities(): Capabilities {
    return { read: 'endorsementProof', events: 'gatewaySigned', anchor: true, invoke: true, isFinal: true }
  }

  /**
   * As {@link ChainAdapter.read}; the path is a function of the chaincode and its arguments. The answer's height is the newest block that wrote what
   * was read; Fabric cannot be asked about an earlier state.
   */
  async read(view: ViewAddress, { minAssurance, at }: { readonly minAssurance: AssurancePolicy; readonly at?: number }): Promise<View> {
    if (at !== undefined) throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'Fabric answers as of now only')
    if (view.contract !== this.#trust.chaincode)
      throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'expected the chaincode whose endorsers are pinned')
    const [name, ...args] = view.path
    if (name === undefined) throw new TypeError('expected a function')
    const { proof, verified } = await this.#endorse(name, args)
    const answer = viewOf(verified, this.#trust)
    requireAssurance(answer.assurance, minAssurance)
    this.#proofs.set(answer, proof)
    return answer
  }

  /** As {@link ChainAdapter.anchor}: takes Neo's proof bundles, which the chaincode verifies. */
  async anchor({ proof }: Anchor, options: { readonly idempotencyKey: string }): Promise<Receipt> {
    if (proof.format !== neoProofFormat) throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'the chaincode verifies proofs of Neo only')
    return this.invoke({ contract: this.#trust.chaincode, method: 'neo.anchor', args: [canonicalJson(proof.evidence)] }, options)
  }

  /** As {@link ChainAdapter.invoke}. The channel itself remembers the key, so a sender may forget everything else. */
  async invoke(call: ChainCall, { idempotencyKey }: { readonly idempotencyKey: string }): Promise<Receipt> {
    if (call.contract !== this.#trust.chaincode)
      throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'expected the chaincode whose endorsers are pinned')
    for (let attempt = 1; ; attempt++) {
      const { transaction, verified } = await this.#endorse('once', [idempotencyKey, call.method, ...call.args])
      // The answer names another transaction: the call took effect in that one, and there is nothing to send.
      const isRepeated = recordOf(verified).transactionId !== verified.transactionId
      if (isRepeated || (await this.#order(transaction, attempt))) return this.#receipt(idempotencyKey, isRepeated)
      await sleep(retryMs * attempt * (0.5 + Math.random()))
    }
  }

  /** As {@link ChainAdapter.events}: one peer's word. A transaction has one event at most. */
  events(filter: EventFilter, cursor?: EventCursor, { signal }: { readonly signal?: AbortSignal } = {}): AsyncIterable<ChainEvent> {
    return followEvents(this.#connection.gateway.getNetwork(this.#trust.channel), this.network, filter, cursor, signal)
  }

  /** As {@link ChainAdapter.prove}, for what this object gave. */
  async prove(of: View | Receipt): Promise<ChainProof> {
    const proof = this.#proofs.get(of)
    if (proof === undefined) throw new ChainError('ERR_CHAIN_UNSUPPORTED', 'expected what this adapter itself gave')
    return proof
  }

  verify(proof: ChainProof, trust: FabricTrust): Promise<Verdict> {
    return verifyFabricProof(proof, trust)
  }

  get #contract(): Contract {
    return this.#connection.gateway.getNetwork(this.#trust.channel).getContract(this.#trust.chaincode)
  }

  /** Has the organisations run a call, and verifies what they signed. That it is of this transaction shows that it is no older answer: its id is fresh. */
  async #endorse(
    name: string,
    args: readonly string[],
  ): Promise<{ readonly transaction: Transaction; readonly verified: VerifiedTransaction; readonly proof: ChainProof }> {
    const { transaction, transactionId } = await this.#askEndorsers(name, args)
    const proof = fabricProofOf(this.network, payloadOf(transaction))
    const verified = await verifyFabricTransaction(proof, this.#trust)
    requireAnswerTo({ transactionId, call: [name, ...args] }, verified)
    return { transaction, verified, proof }
  }

  async #askEndorsers(
    name: string,
    args: readonly string[],
  ): Promise<{ readonly transaction: Transaction; readonly transactionId: string }> {
    const all = [...new Set(this.#trust.endorsers.map(({ mspId }) => mspId))]
    const deadline = steadyClock.nowMs() + agreeWithinMs
    for (let attempt = 1; ; attempt++) {
      // All that are pinned, by turns with as many as the chaincode itself asks for: one that is down may not be needed.
      const options = attempt % 2 === 1 ? { endorsingOrganizations: all } : {}
      const proposal = this.#contract.newProposal(name, { arguments: [...args], ...options })
      try {
        return { transaction: await proposal.endorse(), transactionId: proposal.getTransactionId() }
      } catch (error) {
        const failure = fabricFailure(error, 'asking')
        const mayPass = isPassing(error) || (attempt === 1 && isOutOfReach(failure))
        if (!mayPass || steadyClock.nowMs() > deadline) throw failure
        await sleep(retryMs * Math.min(attempt, 5))
      }
    }
  }

  /** @returns whether it is in a block and counts; if not, another one in the same block came first, and it must be made anew */
  async #order(transaction: Transaction, attempt: number): Promise<boolean> {
    try {
      const status = await (await transaction.submit()).getStatus()
      if (status.successful) return true
      // 11 and 12: what it had read has changed since.
      if ((status.code === 11 || status.code === 12) && attempt < maxAttempts) return false
      throw new ChainError('ERR_CHAIN_REFUSED', 'the peers did not accept the transaction', { reason: `validation code ${status.code}` })
    } catch (error) {
      if (error instanceof CommitError)
        throw new ChainError('ERR_CHAIN_REFUSED', 'the peers did not accept the transaction', { cause: error })
      throw fabricFailure(error, 'sent')
    }
  }

  /** That a call took effect is what the organisations find in their state. */
  async #receipt(idempotencyKey: string, repeated: boolean): Promise<Receipt> {
    const { proof, verified } = await eventually(() => this.#endorse('once.get', [this.#mspId, idempotencyKey]))
    const { transactionId, result } = recordOf(verified)
    const receipt: Receipt = {
      network: this.network,
      idempotencyKey,
      transactionId,
      height: verified.readHeight!,
      result: base64ToBytes(result),
      repeated,
      assurance: { kind: 'endorsementProof', endorsers: verified.endorsers },
    }
    this.#proofs.set(receipt, proof)
    return receipt
  }
}

/** An organisation whose peer is a block behind does not know yet what the others know. */
async function eventually<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = steadyClock.nowMs() + agreeWithinMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      const isBehind = error instanceof ChainError && error.code === 'ERR_CHAIN_ABSENT'
      if (!isBehind || steadyClock.nowMs() > deadline) throw error
      await sleep(retryMs)
    }
  }
}

function recordOf({ result }: VerifiedTransaction): OnceRecord {
  const record = JSON.parse(bytesToUtf8(result)) as Partial<OnceRecord>
  if (typeof record.transactionId !== 'string' || typeof record.result !== 'string')
    throw new ChainError('ERR_CHAIN_ANSWER', 'expected what the chaincode keeps of a call')
  return record as OnceRecord
}

/** `gateway.PreparedTransaction` → `common.Envelope` → `common.Payload`. */
function payloadOf(transaction: Transaction): Uint8Array {
  return new ProtobufFields(transaction.getBytes()).message(2).bytes(1)
}

function isOutOfReach(failure: unknown): boolean {
  return failure instanceof ChainError && failure.code === 'ERR_CHAIN_UNREACHABLE'
}
