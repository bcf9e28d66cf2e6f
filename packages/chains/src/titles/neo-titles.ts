import { titles } from '@hufu/bindings'
import {
  type Account,
  asBytes,
  asStruct,
  asText,
  type ContractCall,
  type ContractDescriptor,
  isNull,
  type LedgerReader,
  type LedgerWriter,
  type StackItem,
  serializeStackItem,
  type WriteOutcome,
} from '@hufu/ledger'
import { bytesToBase64, bytesToHex, canonicalJsonBytes, hexToBytes, sha256 } from '@hufu/primitives'
import type { ChainProof, Receipt, View } from '../adapter.ts'
import { ChainError } from '../errors.ts'
import { arrivalCalls } from '../neo/gateway-arguments.ts'
import type { NeoChain } from '../neo/neo-chain.ts'
import type { NetworkId } from '../network-id.ts'
import { hasChainCode, untilOver } from '../relay/bring-proof.ts'
import type { AssetEnd } from './asset-end.ts'
import { neoLeftKey } from './neo-left-record.ts'
import { neoTitleState } from './neo-title-state.ts'
import { writeFailure } from './neo-write-failure.ts'
import { requireSameTitle } from './require-same-title.ts'
import type { TitleState, Transfer } from './transfer.ts'

/** Settings of {@link NeoTitles}. */
export interface NeoTitlesOptions {
  /** The network by light client: what has left is proven by it. */
  readonly chain: Pick<NeoChain, 'network' | 'read' | 'prove'>
  readonly client: LedgerReader & LedgerWriter
  /** Of the network's descriptor. */
  readonly contracts: { readonly titles: ContractDescriptor; readonly gateway: ContractDescriptor }
  /** Signs: controller of the identifier of the institution that keeps the titles. */
  readonly account: Account
  /** Pays, if it is another. */
  readonly sponsor?: Account
  /** How long to wait for the block that carries the state root of another; default 30,000. */
  readonly proofWaitMs?: number
}

/** Titles on a network of Neo, kept by the contract `titles`. What it reads for itself is a node's word; what it gives others is proven. */
export class NeoTitles implements AssetEnd {
  readonly network: NetworkId
  readonly #options: NeoTitlesOptions
  readonly #contract: ReturnType<typeof titles>

  constructor(options: NeoTitlesOptions) {
    this.network = options.chain.network
    this.#options = options
    this.#contract = titles(options.contracts.titles.hash)
  }

  async get(assetId: string): Promise<TitleState | undefined> {
    const item = await this.#ask(this.#contract.title({ id: assetId }))
    return isNull(item) ? undefined : neoTitleState(assetId, item)
  }

  async lock(transfer: Transfer): Promise<Receipt> {
    const { transferId, assetId, lockUntilMs, toNetwork, toHolder } = transfer
    // The chain's lock says nothing of the content, which does not change while the title is there.
    requireSameTitle(await this.get(assetId), transfer)
    // Anyone may have had it leave before this was answered; then it had its lock.
    if (!isNull(await this.#left(transfer))) return { ...(await this.leave(transfer)), repeated: true }
    const call = this.#contract.lock({
      id: assetId,
      transferId: hexToBytes(transferId),
      untilMs: BigInt(lockUntilMs),
      toNetwork,
      toHolder,
    })
    return this.#submit([call], `titles:lock:${transferId}`)
  }

  leave({ transferId }: Transfer): Promise<Receipt> {
    return this.#submit([this.#contract.leave({ transferId: hexToBytes(transferId) })], `titles:leave:${transferId}`)
  }

  unlock({ transferId }: Transfer): Promise<Receipt> {
    return this.#submit([this.#contract.unlock({ transferId: hexToBytes(transferId) })], `titles:unlock:${transferId}`)
  }

  async proveLeft(transfer: Transfer): Promise<ChainProof> {
    if (isNull(await this.#left(transfer))) throw new ChainError('ERR_CHAIN_ABSENT', 'no title has left by that transfer')
    return this.#options.chain.prove(await this.#provenLeft(transfer.transferId))
  }

  async arrive(transfer: Transfer, proof: ChainProof): Promise<Receipt> {
    const { gateway, titles: contract } = this.#options.contracts
    if (proof.network !== transfer.fromNetwork) throw new ChainError('ERR_CHAIN_PROOF', 'the proof is of another network')
    const calls = arrivalCalls({ titles: contract.hash, gateway: gateway.hash }, proof)
    // The contract lets a transfer in once, whatever proves it; a proof made anew is another write.
    const digest = bytesToHex(sha256(canonicalJsonBytes(proof.evidence))).slice(0, 32)
    const receipt = await this.#submit(calls, `titles:arrive:${digest}`)
    await this.#requireAgreed(transfer)
    return receipt
  }

  async arrived(transfer: Transfer): Promise<boolean> {
    return !isNull(await this.#arrival(transfer))
  }

  /** The block after the one in which it left carries the state that shows it. */
  #provenLeft(transferId: string): Promise<View> {
    const { chain, contracts, proofWaitMs = 30_000 } = this.#options
    const address = { contract: String(contracts.titles.id), path: [bytesToBase64(neoLeftKey(transferId))] }
    const isEarly = (error: unknown) => hasChainCode(error, 'ERR_CHAIN_ABSENT', 'ERR_CHAIN_STALE', 'ERR_CHAIN_UNREACHABLE')
    return untilOver({ withinMs: proofWaitMs }, isEarly, () => chain.read(address, { minAssurance: { kind: 'lightClient' } }))
  }

  #left({ transferId }: Transfer): Promise<StackItem> {
    return this.#ask(this.#contract.left({ transferId: hexToBytes(transferId) }))
  }

  #arrival({ fromNetwork, transferId }: Transfer): Promise<StackItem> {
    return this.#ask(this.#contract.arrival({ network: fromNetwork, transferId: hexToBytes(transferId) }))
  }

  #ask(call: ContractCall): Promise<StackItem> {
    return this.#translated(() => this.#options.client.invokeRead(call))
  }

  /** A true proof of another transfer has brought another title, which is in its place; it is not the one that was spoken of. */
  async #requireAgreed(transfer: Transfer): Promise<void> {
    const item = await this.#arrival(transfer)
    if (isNull(item)) throw new ChainError('ERR_CHAIN_PROOF', 'the proof is of another transfer')
    const [id, contentHash, , holder] = asStruct(item, 6)
    const isSame =
      asText(id) === transfer.assetId && bytesToHex(asBytes(contentHash)) === transfer.contentHash && asText(holder) === transfer.toHolder
    if (!isSame) throw new ChainError('ERR_CHAIN_PROOF', 'another title has arrived than was agreed')
  }

  #submit(calls: readonly ContractCall[], idempotencyKey: string): Promise<Receipt> {
    const { client, account, sponsor } = this.#options
    return this.#translated(async () => {
      const write = await client.submit(calls, { account, idempotencyKey, ...(sponsor === undefined ? {} : { sponsor }) })
      return this.#receiptOf(idempotencyKey, await write.durable())
    })
  }

  /** The nodes' word, who have it on their disks; others are shown a proof of the state that it led to. */
  #receiptOf(idempotencyKey: string, { transactionHash, blockIndex, results, notifications }: WriteOutcome): Receipt {
    const last = results.at(-1)
    return {
      network: this.network,
      idempotencyKey,
      transactionId: transactionHash,
      height: blockIndex,
      result: last === undefined ? new Uint8Array() : serializeStackItem(last),
      repeated: !notifications.some(({ contract }) => contract === this.#options.contracts.titles.hash),
      assurance: { kind: 'gatewaySigned' },
    }
  }

  async #translated<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw writeFailure(error)
    }
  }
}
