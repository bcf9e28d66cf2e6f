/**
 * EVM chains: {@link EvmChain}, and the contract by which they check Neo for themselves, {@link deployNeoLightClient}. For browsers, too; a door of its
 * own, since not everybody who looks at other chains needs Ethereum's codecs.
 *
 * @packageDocumentation
 */
export { type AnchoredEntry, anchoredEntry } from './anchored-entry.ts'
export { type DeployedContract, deployNeoLightClient } from './deploy-neo-light-client.ts'
export { type EthrRegistryOptions, ethrRegistry } from './ethr-registry.ts'
export { EvmChain, type EvmChainOptions } from './evm-chain.ts'
export type { EvmNodeOptions } from './evm-node.ts'
