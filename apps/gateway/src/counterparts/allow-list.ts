import type { NetworkId } from '@hufu/chains'
import type { PublicKey } from '@hufu/keys'

/** A counterpart as the allow-list has it. */
export interface AllowedCounterpart {
  readonly did: string
  readonly networks: readonly NetworkId[]
  /** What it signs with. */
  readonly publicKey: PublicKey
}

/** Who may talk to this gateway, and about which networks: out of the contract gateway on Neo, or out of the configuration. */
export interface AllowList {
  /** @returns undefined if it is not on the list, or is switched off. Throws where that cannot be found out */
  find(did: string): Promise<AllowedCounterpart | undefined>
  /** Whether a network is switched on there. Throws where that cannot be found out. */
  isNetworkOn(network: NetworkId): Promise<boolean>
}
