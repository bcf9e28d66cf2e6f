import { bytesToBase64, bytesToHex, bytesToUtf8, canonicalJson, canonicalJsonBytes, errorCode, sha256 } from '@hufu/primitives'
import type { ChainAdapter, ChainProof, Receipt, View } from '../adapter.ts'
import { type AssurancePolicy, requireAssurance } from '../assurance.ts'
import { ChainError } from '../errors.ts'
import { neoProofFormat } from '../neo/neo-chain.ts'
import type { NetworkId } from '../network-id.ts'
import type { AssetEnd } from './asset-end.ts'
import { neoLeftKey } from './neo-left-record.ts'
import { requireSameTitle } from './require-same-title.ts'
import type { TitleState, Transfer } from './transfer.ts'

/** Settings of {@link FabricTitles}. */
export interface FabricTitlesOptions {
  /** The channel, by `FabricChain`, in the name of the organisation that keeps the titles. */
  readonly chain: Pick<ChainAdapter, 'network' | 'read' | 'invoke' | 'prove'>
  /** Name of our chaincode there. */
  readonly chaincode: string
  /** What must stand behind its answers: as many organisations as those ask for who let titles in elsewhere. */
  readonly minAssurance: AssurancePolicy
}

/** Titles on a channel of Fabric, kept by our chaincode (apps/chaincode). */
export class FabricTitles implements AssetEnd {
  readonly network: NetworkId
  readonly #chain: FabricTitlesOptions['chain']
  readonly #chaincode: string
  readonly #minAssurance: AssurancePolicy

  constructor({ chain, chaincode, minAssurance }: FabricTitlesOptions) {
    this.network = chain.network
    this.#chain = chain
    this.#chaincode = chaincode
    this.#minAssurance = minAssurance
  }

  async get(assetId: string): Promise<TitleState | undefined> {
    const view = await this.#find('title.get', assetId)
    return view === undefined ? undefined : (JSON.parse(bytesToUtf8(view.value)) as TitleState)
  }

  async lock(transfer: Transfer): Promise<Receipt> {
    const { transferId, assetId, lockUntilMs, toNetwork, toHolder } = transfer
    // The chain's lock says nothing of the content, which does not change while the title is there.
    requireSameTitle(await this.get(assetId), transfer)
    return this.#invoke('title.lock', [assetId, transferId, String(lockUntilMs), toNetwork, toHolder], `title.lock/${transferId}`)
  }

  leave({ transferId }: Transfer): Promise<Receipt> {
    return this.#invoke('title.leave', [transferId], `title.leave/${transferId}`)
  }

  unlock({ transferId }: Transfer): Promise<Receipt> {
    return this.#invoke('title.unlock', [transferId], `title.unlock/${transferId}`)
  }

  async proveLeft({ transferId }: Transfer): Promise<ChainProof> {
    return this.#chain.prove(await this.#read('title.left', transferId))
  }

  async arrive(transfer: Transfer, proof: ChainProof): Promise<Receipt> {
    if (proof.format !== neoProofFormat) throw new ChainError('ERR_CHAIN_REFUSED', 'the chaincode lets titles in from Neo only')
    requireProofOf(transfer, proof)
    // The chaincode lets a transfer in once, whatever proves it; a proof made anew is another call.
    const digest = bytesToHex(sha256(canonicalJsonBytes(proof.evidence))).slice(0, 32)
    const receipt = await this.#invoke('title.arrive', [canonicalJson(proof.evidence)], `title.arrive/${digest}`)
    requireAgreed(transfer, JSON.parse(bytesToUtf8(receipt.result)) as Partial<Transfer>)
    return receipt
  }

  async arrived({ fromNetwork, transferId }: Transfer): Promise<boolean> {
    return (await this.#find('title.arrived', fromNetwork, transferId)) !== undefined
  }

  #read(...path: readonly string[]): Promise<View> {
    return this.#chain.read({ contract: this.#chaincode, path }, { minAssurance: this.#minAssurance })
  }

  async #find(...path: readonly string[]): Promise<View | undefined> {
    try {
      return await this.#read(...path)
    } catch (error) {
      if (errorCode(error) !== 'ERR_CHAIN_ABSENT') throw error
      return undefined
    }
  }

  async #invoke(method: string, args: readonly string[], idempotencyKey: string): Promise<Receipt> {
    const receipt = await this.#chain.invoke({ contract: this.#chaincode, method, args }, { idempotencyKey })
    requireAssurance(receipt.assurance, this.#minAssurance)
    return receipt
  }
}

/** What is sent is the proof of this transfer. What it says is for the chain to check. */
function requireProofOf({ fromNetwork, transferId }: Transfer, { network, evidence }: ChainProof): void {
  const { key } = (evidence ?? {}) as { readonly key?: unknown }
  if (network !== fromNetwork || key !== bytesToBase64(neoLeftKey(transferId)))
    throw new ChainError('ERR_CHAIN_PROOF', 'the proof is of another transfer')
}

/** The title is in its place, but it is not the one that was spoken of: nothing that a gateway could set right. */
function requireAgreed(transfer: Transfer, arrival: Partial<Transfer>): void {
  const isSame = (['assetId', 'contentHash', 'toHolder'] as const).every(name => arrival[name] === transfer[name])
  if (!isSame) throw new ChainError('ERR_CHAIN_PROOF', 'another title has arrived than was agreed')
}
