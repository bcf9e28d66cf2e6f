import type { ChainProof, Receipt } from '../adapter.ts'
import type { NetworkId } from '../network-id.ts'
import type { TitleState, Transfer } from './transfer.ts'

/**
 * One side of a transfer: what a gateway does on its own chain. Every call may be made again after a crash or a lost answer, and then either does
 * what it did not do yet or says that it is done (`repeated`). A receipt means that the chain will not take it back.
 *
 * Every method throws ChainError: `ERR_CHAIN_UNREACHABLE`; `ERR_CHAIN_UNKNOWN`: it may have taken effect, call again; `ERR_CHAIN_REFUSED`: the
 * chain's rules are against it, such as a lock whose time has passed; `ERR_CHAIN_PROOF`.
 */
export interface AssetEnd {
  readonly network: NetworkId

  /** @returns undefined if the chain never had the title */
  get(assetId: string): Promise<TitleState | undefined>

  /** Source: promises the title to the transfer. @throws ChainError `ERR_CHAIN_REFUSED`: not held here, locked by another, or its content is another */
  lock(transfer: Transfer): Promise<Receipt>

  /** Source: extinguishes the locked title, for good. @throws ChainError `ERR_CHAIN_REFUSED`: not locked by this transfer, or its time has passed */
  leave(transfer: Transfer): Promise<Receipt>

  /** Source: gives up the lock. @throws ChainError `ERR_CHAIN_REFUSED`: its time has not passed, or the title has left */
  unlock(transfer: Transfer): Promise<Receipt>

  /** Source: that the title has left by this transfer, by a read that is later than the leaving. @throws ChainError `ERR_CHAIN_ABSENT`: it has not */
  proveLeft(transfer: Transfer): Promise<ChainProof>

  /**
   * Destination: brings the title into being, once for each transfer. The chain itself checks the proof.
   *
   * @throws ChainError `ERR_CHAIN_REFUSED`: the chain does not find it proven, or does not accept titles from there; `ERR_CHAIN_ROLLBACK`: the
   *   chain has followed newer validators than the proof shows, so have it proven anew; `ERR_CHAIN_PROOF`: not of this transfer
   */
  arrive(transfer: Transfer, proof: ChainProof): Promise<Receipt>

  /** Destination: whether the title has arrived by this transfer. */
  arrived(transfer: Transfer): Promise<boolean>
}
