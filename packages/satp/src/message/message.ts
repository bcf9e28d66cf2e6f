import type { ChainProof, NetworkId } from '@hufu/chains'
import type { PublicJwk } from '@hufu/keys'
import type { ProtocolErrorCode } from './protocol-error.ts'

/** In every message: which session, and which transfer. Both are the transfer's identifier here, 64 hexadecimal digits. */
interface Header {
  readonly sessionId: string
  readonly transferContextId: string
}

/** In every message but the first: SHA-256 of the last message's payload, in canonical JSON, 64 hexadecimal digits (§5.3.12, §5.3.13). */
interface Chained extends Header {
  readonly hashPrevMessage: string
}

/** What both gateways agree upon (§8.1). The identifiers of institutions are DIDs; where the draft asks for their keys, the DIDs stand again. */
export interface TransferInitClaim {
  readonly digitalAssetId: { readonly titleId: string; readonly contentHash: string }
  readonly assetProfileId: string
  readonly networkLockType: string
  /** Seconds from the proposal until the lock ends, rounded down. What counts is `lockAssertionExpiration`. */
  readonly assetLockExpirationTime: number
  readonly verifiedOriginatorEntityId: string
  readonly verifiedBeneficiaryEntityId: string
  readonly originatorPublicKey: string
  readonly beneficiaryPublicKey: string
  readonly senderGatewaySignaturePublicKey: PublicJwk
  readonly receiverGatewaySignaturePublicKey: PublicJwk
  readonly senderGatewayId: string
  readonly recipientGatewayId: string
  readonly senderGatewayNetworkId: NetworkId
  readonly recipientGatewayNetworkId: NetworkId
  /** RFC 3339, milliseconds. Not in the draft: the end of the lock is part of what is agreed upon. */
  readonly lockAssertionExpiration: string
}

/** What the origin's side is able to do (§8.2). */
export interface Capabilities {
  readonly gatewayDefaultSignatureAlgorithm: string
  readonly gatewaySupportedSignatureAlgorithms: readonly string[]
  readonly networkLockType: string
  readonly networkLockExpirationTime: number
  readonly gatewayTlsScheme: string
}

/** §8.3 */
export interface TransferProposal extends Header {
  readonly kind: 'transfer-proposal-msg'
  readonly version: string
  readonly transferInitClaimFormat: string
  readonly transferInitClaim: TransferInitClaim
  readonly gatewayAndNetworkCapabilities: Capabilities
}

/** §8.4; `hashPrevMessage` is ours. */
export interface ProposalReceipt extends Chained {
  readonly kind: 'proposal-receipt-msg'
  readonly version: string
  readonly hashTransferInitClaim: string
  readonly timestamp: string
}

/** §8.6 */
export interface TransferCommence extends Chained {
  readonly kind: 'transfer-commence-msg'
  readonly hashTransferInitClaim: string
}

/** §8.7 */
export interface AckCommence extends Chained {
  readonly kind: 'ack-commence-msg'
}

/** What the origin's gateway says of its lock. Nobody needs to believe it: without proof that the title left, nothing arrives. */
export interface LockAssertionClaim {
  readonly networkId: NetworkId
  readonly titleId: string
  readonly contentHash: string
  /** Null if the lock was found there after a crash. */
  readonly transactionId: string | null
}

/** §9.1 */
export interface LockAssert extends Chained {
  readonly kind: 'lock-assert-msg'
  readonly lockAssertionClaimFormat: string
  readonly lockAssertionClaim: LockAssertionClaim
  readonly lockAssertionExpiration: string
}

/** §9.2 */
export interface AssertionReceipt extends Chained {
  readonly kind: 'assertion-receipt-msg'
}

/** §10.1 */
export interface CommitPrepare extends Chained {
  readonly kind: 'commit-prepare-msg'
}

/** Nothing is made before it is proven that the title left: ready means that it will be made by that proof. */
export interface MintAssertionClaim {
  readonly networkId: NetworkId
  readonly titleId: string
  readonly mintedBy: 'proof-of-left'
}

/** §10.2 */
export interface CommitReady extends Chained {
  readonly kind: 'commit-ready-msg'
  readonly mintAssertionClaimFormat: string
  readonly mintAssertionClaim: MintAssertionClaim
}

/** That the title left, with the proof that the other chain itself checks. */
export interface BurnAssertionClaim {
  readonly networkId: NetworkId
  readonly titleId: string
  readonly proof: ChainProof
}

/** §10.3 */
export interface CommitFinal extends Chained {
  readonly kind: 'commit-final-msg'
  readonly burnAssertionClaimFormat: string
  readonly burnAssertionClaim: BurnAssertionClaim
}

/** That the title is at its new holder's disposal. */
export interface AssignmentAssertionClaim {
  readonly networkId: NetworkId
  readonly titleId: string
  readonly holder: string
  /** The transaction that brought it; null if somebody else had brought it before. */
  readonly transactionId: string | null
}

/** §10.4 */
export interface AckCommitFinal extends Chained {
  readonly kind: 'ack-commit-final-msg'
  readonly assignmentAssertionClaimFormat: string
  readonly assignmentAssertionClaim: AssignmentAssertionClaim
}

/** §10.5 */
export interface TransferComplete extends Chained {
  readonly kind: 'commit-transfer-complete-msg'
  readonly hashTransferCommence: string
}

/** §10.7; all but the session is ours. */
export interface SessionAbort extends Chained {
  readonly kind: 'session-abort-msg'
  readonly reason: AbortReason
  readonly timestamp: string
}

/** Why a session ended without a transfer. */
export type AbortReason =
  | 'operator'
  | 'time-out'
  | 'lock-refused'
  | 'leave-refused'
  | 'not-accepted'
  | 'refused-by-counterpart'
  | 'aborted-by-counterpart'

/** §11.3: problem details (RFC 9457) in a signed message. It refuses one message; it does not end the session. */
export interface ErrorMessage extends Chained {
  readonly kind: 'error-msg'
  readonly version: string
  readonly code: ProtocolErrorCode
  readonly prevMessageType: string | undefined
  readonly timestamp: string
}

/** A message of another gateway, after its schema. Members have the draft's names; `kind` is the short form of `messageType`. */
export type SatpMessage =
  | TransferProposal
  | ProposalReceipt
  | TransferCommence
  | AckCommence
  | LockAssert
  | AssertionReceipt
  | CommitPrepare
  | CommitReady
  | CommitFinal
  | AckCommitFinal
  | TransferComplete
  | SessionAbort
  | ErrorMessage
