import type { DidAssurance } from '../did-assurance.ts'

/** A block of an EVM chain. */
export interface EthrBlock {
  readonly number: number
  /** `0x` and 64 hexadecimal digits. */
  readonly hash: string
  readonly timeMs: number
}

/** An event of the registry, as nodes give it: hexadecimal, with `0x`. */
export interface EthrLog {
  readonly topics: readonly string[]
  readonly data: string
}

/** What the chain's nodes say, and how many of them. */
export interface EthrAnswer<Value> {
  readonly value: Value
  readonly assurance: DidAssurance
}

/** A registry of ERC-1056 on one chain, as it is asked. `ethrRegistry` of packages/chains is one. */
export interface EthrRegistry {
  readonly chainId: number
  /** The newest block that is counted on. */
  head(): Promise<EthrBlock>
  block(number: number): Promise<EthrBlock>
  /** What a function returns by the state after a block. */
  call(data: string, at: EthrBlock): Promise<EthrAnswer<string>>
  /** The registry's events in one block, in their order, that have this second topic. */
  logs(blockNumber: number, identityTopic: string): Promise<EthrAnswer<readonly EthrLog[]>>
}
