/**
 * Hyperledger Fabric for servers: {@link FabricChain}. What it proves anyone checks with `verifyFabricProof` of `@hufu/chains`, in a browser, too.
 *
 * @packageDocumentation
 */
export { FabricChain, type FabricChainOptions } from './fabric-chain.ts'
export { type FabricConnection, type FabricConnectionOptions, fabricNetworkId, openFabricConnection } from './fabric-connection.ts'
export { isPassing } from './fabric-failure.ts'
export { pinEndorser } from './pin-endorser.ts'
