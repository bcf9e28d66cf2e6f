import { parsePublicKey } from '@hufu/keys'
import { hexToBytes } from '@hufu/primitives'
import { multisigScriptHash } from '../account.ts'
import type { NetworkDescriptor } from '../network-descriptor.ts'
import { quorumOf } from '../quorum-of.ts'
import type { ScriptHash } from '../script-hash.ts'

/** What a light client takes on trust: that these validators sign what follows on this block. All else it checks. */
export interface TrustAnchor {
  /** Number of the network, which every signature covers. */
  readonly magic: number
  /** Block after which the validators sign; 0 is the first block of the chain. */
  readonly blockIndex: number
  /** Account of the validators: of their keys and how many of them must sign. */
  readonly nextConsensus: ScriptHash
}

/** The anchor of a network whose descriptor names the validators of its first block: n − ⌊(n−1)/3⌋ of them must sign. */
export function trustAnchorOf({ magic, validators }: Pick<NetworkDescriptor, 'magic' | 'validators'>): TrustAnchor {
  const keys = validators.map(validator => parsePublicKey('P-256', hexToBytes(validator.publicKey)))
  return { magic, blockIndex: 0, nextConsensus: multisigScriptHash(quorumOf(keys.length), keys) }
}
