import type { ChainAdapter, ChainProof, NetworkId, View } from '@hufu/chains'
import type { AssetEnd } from '@hufu/chains/titles'

/** The chains that a gateway speaks for. */
export interface GatewayChains {
  /** Its end of a network; undefined if it does not speak for it, or may not write to it. */
  endOf(network: NetworkId): AssetEnd | undefined
  /** To read from; undefined as above. */
  adapterOf(network: NetworkId): Pick<ChainAdapter, 'read' | 'prove'> | undefined
  /** Checks proofs of a network offline; undefined if nothing is pinned of it. */
  verifierOf(network: NetworkId): ((proof: ChainProof) => Promise<View>) | undefined
}

/** Chains that must be closed. */
export interface OpenedChains extends GatewayChains {
  close(): Promise<void>
}
