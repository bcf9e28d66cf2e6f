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
export { blockHash } from './fabric/block-hash.ts'
export { chaincodeRefusal } from './fabric/chaincode-refusal.ts'
export { type EndorsedTransaction, parseEndorsedTransaction } from './fabric/endorsed-transaction.ts'
export { type FabricTrust, fabricProofFormat, type PinnedEndorser, verifyFabricProof } from './fabric/fabric-proof.ts'
export {
  arrivalCalls,
  type FabricAnswerArguments,
  fabricAnswerArguments,
  type NeoEntryArguments,
  neoEntryArguments,
} from './neo/gateway-arguments.ts'
export { NeoChain, type NeoChainOptions, neoProofFormat, verifyNeoProof } from './neo/neo-chain.ts'
export { type NetworkId, parseNetworkId } from './network-id.ts'
export { bringProof, type RelayPatience, relayKey } from './relay/bring-proof.ts'
export { type Arrival, type EntryRelay, type ProvenEntry, provenEntry, type RelaySource, relayEntry } from './relay/relay-entry.ts'
