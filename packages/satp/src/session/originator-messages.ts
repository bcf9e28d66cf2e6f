import type { ChainProof } from '@hufu/chains'
import type { Counterpart } from '../counterpart.ts'
import { hashPayload } from '../message/hash-payload.ts'
import type { AbortReason, SatpMessage } from '../message/message.ts'
import type { LoggedMessage, SessionState } from './session-state.ts'
import { proposalOf } from './terms.ts'

/** What the originator's gateway says by itself, in this order; a proof goes with `commit-final-msg`. */
export const originatorRequests = [
  'transfer-proposal-msg',
  'transfer-commence-msg',
  'lock-assert-msg',
  'commit-prepare-msg',
  'commit-final-msg',
] as const

/** One of them. */
export type OriginatorRequest = (typeof originatorRequests)[number]

/** Writes the next request of a session. */
export function composeRequest(
  kind: Exclude<OriginatorRequest, 'commit-final-msg'>,
  state: SessionState,
  counterpart: Counterpart,
  nowMs: number,
): SatpMessage {
  const { transfer, fromHolder } = state.opened
  switch (kind) {
    case 'transfer-proposal-msg':
      return proposalOf(transfer, fromHolder, counterpart, nowMs)
    case 'transfer-commence-msg':
      return { kind, ...chained(state), hashTransferInitClaim: initClaimHash(state.sent['transfer-proposal-msg']) }
    case 'lock-assert-msg':
      return {
        kind,
        ...chained(state),
        lockAssertionClaimFormat: 'LOCK_ASSERTION_CLAIM_FORMAT_1',
        lockAssertionClaim: {
          networkId: transfer.fromNetwork,
          titleId: transfer.assetId,
          contentHash: transfer.contentHash,
          transactionId: state.transactions.lock ?? null,
        },
        lockAssertionExpiration: new Date(transfer.lockUntilMs).toISOString(),
      }
    case 'commit-prepare-msg':
      return { kind, ...chained(state) }
  }
}

/** That the title left, with its proof. */
export function composeFinal(state: SessionState, proof: ChainProof): SatpMessage {
  const { transfer } = state.opened
  return {
    kind: 'commit-final-msg',
    ...chained(state),
    burnAssertionClaimFormat: 'BURN_ASSERTION_CLAIM_FORMAT_1',
    burnAssertionClaim: { networkId: transfer.fromNetwork, titleId: transfer.assetId, proof },
  }
}

/** That all is done (§10.5). */
export function composeComplete(state: SessionState): SatpMessage {
  const commence = state.sent['transfer-commence-msg']
  return { kind: 'commit-transfer-complete-msg', ...chained(state), hashTransferCommence: commence?.hash ?? '' }
}

/** That the session ends without a transfer. Names a message that the other is sure to know: its own, if it is not the first. */
export function composeAbort(state: SessionState, hashPrevMessage: string, reason: AbortReason, nowMs: number): SatpMessage {
  return {
    kind: 'session-abort-msg',
    sessionId: state.sessionId,
    transferContextId: state.sessionId,
    hashPrevMessage,
    reason,
    timestamp: new Date(nowMs).toISOString(),
  }
}

/** SHA-256 of the claim in a proposal. */
export function initClaimHash(proposal: LoggedMessage | undefined): string {
  return proposal?.message.kind === 'transfer-proposal-msg' ? hashPayload(proposal.message.transferInitClaim) : ''
}

/** Members of every message but the first. */
export function chained({ sessionId, lastHash = '' }: SessionState): {
  sessionId: string
  transferContextId: string
  hashPrevMessage: string
} {
  return { sessionId, transferContextId: sessionId, hashPrevMessage: lastHash }
}
