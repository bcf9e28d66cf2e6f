/**
 * Other chains, as gateways see them: {@link ChainAdapter} for each, and what stands behind every answer, {@link Assurance}.
 *
 * @packageDocumentation
 */
export type {
  Anchor,
  Capabilities,
  ChainAdapter,
  ChainCall,
  ChainEvent,
  ChainProof,
  EventCursor,
  EventFilter,
  Receipt,
  Verdict,
  View,
  ViewAddress,
} from './adapter.ts'
export { type Assurance, type AssurancePolicy, meetsAssurance, requireAssurance } from './assurance.ts'
export { ChainError, type ChainErrorCode } from './errors.ts'
export { type FabricTrust, fabricProofFormat, type PinnedEndorser, verifyFabricProof } from './fabric/fabric-proof.ts'
export { NeoChain, type NeoChainOptions, neoProofFormat, verifyNeoProof } from './neo/neo-chain.ts'
export { type NetworkId, parseNetworkId } from './network-id.ts'
