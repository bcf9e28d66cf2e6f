import type { Assurance, ChainAdapter } from '@hufu/chains'
import type { Texts } from '../../language.ts'

/** Another chain beside the pilot, which checks for itself what Neo's validators signed. */
export interface OtherChain {
  readonly chain: Pick<ChainAdapter, 'network' | 'anchor'>
  /** How it is set up, in a line. */
  readonly setting: Texts
  /** An entry of Neo's contract `status` as this chain holds it. @throws ChainError `ERR_CHAIN_ABSENT` and others */
  held(key: Uint8Array): Promise<HeldEntry>
  stop(): Promise<void>
}

/** What a chain holds of Neo, and what stands behind its saying so. */
export interface HeldEntry {
  readonly value: Uint8Array
  /** It was so after this block of Neo. */
  readonly neoBlock: number
  readonly assurance: Assurance
}

export type ChainKind = 'fabric' | 'evm'

export const chainNames: Readonly<Record<ChainKind, Texts>> = {
  fabric: { en: "the hospital group's channel (Hyperledger Fabric)", 'zh-CN': '医院集团通道（Hyperledger Fabric）' },
  evm: { en: 'the EVM chain (anvil)', 'zh-CN': 'EVM 链（anvil）' },
}

/** What became of setting a chain up. */
export type ChainStart = { readonly kind: ChainKind; readonly tookMs: number } & (
  | { readonly chain: OtherChain }
  | { readonly error: unknown }
)
