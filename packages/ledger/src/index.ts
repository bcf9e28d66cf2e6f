/**
 * Neo N3 for the rest of the project. For most uses: {@link LedgerClient} reads, writes and follows over several nodes; {@link LightClient} reads
 * what no node can forge.
 *
 * @packageDocumentation
 */
export { type Account, multisigAccount, multisigScriptHash, singleAccount } from './account.ts'
export { type Address, addressOfScriptHash, scriptHashOfAddress } from './address.ts'
export type { Argument } from './argument.ts'
export { asNumber } from './as-number.ts'
export { callScript } from './call-script.ts'
export type { ContractCall } from './contract-call.ts'
export { LedgerError, type LedgerErrorCode, type LedgerErrorDetails, NodeError } from './errors.ts'
export type { FollowCursor, FollowedBlock, FollowedBlocks, FollowOptions } from './follow-blocks.ts'
export { joinSignatures, transactionId, transactionMessage } from './join-signatures.ts'
export { LedgerClient, type LedgerClientOptions, type NodeEndpoint } from './ledger-client.ts'
export type { LedgerReader, ReadOptions } from './ledger-reader.ts'
export type {
  LedgerWriter,
  PrepareOptions,
  SigningOptions,
  SubmitOptions,
  TransactionSender,
  Write,
  WriteOutcome,
} from './ledger-writer.ts'
export { type Header, parseHeader } from './light/header.ts'
export { type HeaderSigners, headerSigners } from './light/header-signers.ts'
export type { HeaderStore } from './light/header-store.ts'
export { LightClient, type LightClientOptions, type VerifiedReadOptions } from './light/light-client.ts'
export { parseMultisigScript } from './light/multisig-script.ts'
export { type ProofBundle, type VerifiedEntry, verifyProofBundle } from './light/proof-bundle.ts'
export { type TrustAnchor, trustAnchorOf } from './light/trust-anchor.ts'
export { verifyHeader } from './light/verify-header.ts'
export { verifyStorageProof } from './light/verify-storage-proof.ts'
export { MemoryOutbox } from './memory-outbox.ts'
export { nativeContracts } from './native-contracts.ts'
export {
  type ContractDescriptor,
  type ContractName,
  isNetworkName,
  type NetworkDescriptor,
  parseNetworkDescriptor,
  type ValidatorDescriptor,
} from './network-descriptor.ts'
export type { Notification } from './notification.ts'
export type { DurableRecord, OutboxRecord, OutboxStore, PendingRecord } from './outbox-store.ts'
export { fetchPersistedHeight } from './persisted-height.ts'
export { quorumOf } from './quorum-of.ts'
export { type CallOnStack, readCallScript } from './read-call-script.ts'
export { readTransaction } from './read-transaction.ts'
export { RpcNode, type RpcOptions } from './rpc-node.ts'
export { parseScriptHash, type ScriptHash, scriptHashFromBytes, scriptHashToBytes } from './script-hash.ts'
export { ScriptWriter } from './script-writer.ts'
export { type SignedTransaction, signTransaction } from './sign-transaction.ts'
export {
  asBoolean,
  asBytes,
  asInteger,
  asScriptHash,
  asStruct,
  asText,
  isNull,
  parseStackItem,
  type StackItem,
} from './stack-item.ts'
export { deserializeStackItem, serializeStackItem } from './stack-item-binary.ts'
export { stackItemOfArgument } from './stack-item-of-argument.ts'
export type { TransactionSigner, UnsignedTransaction } from './transaction.ts'
