import type { ErrorMessage, SatpMessage } from '../message/message.ts'
import { answerTypeOf, messageTypePrefix, type RequestType, satpVersion } from '../message/message-type.ts'
import type { ProtocolErrorCode } from '../message/protocol-error.ts'
import type { SealedMessage } from '../message/sealed-message.ts'
import { initClaimHash } from './originator-messages.ts'
import type { SessionState } from './session-state.ts'

/** Writes the answer to a request that is in its place. */
export function composeAnswer(request: SealedMessage, state: SessionState, nowMs: number): SatpMessage {
  const kind = answerTypeOf[request.message.kind as RequestType]
  const { transfer } = state.opened
  const header = { sessionId: state.sessionId, transferContextId: state.sessionId, hashPrevMessage: request.hash }
  switch (kind) {
    case 'proposal-receipt-msg':
      return {
        kind,
        version: satpVersion,
        ...header,
        hashTransferInitClaim: initClaimHash(state.received['transfer-proposal-msg']),
        timestamp: new Date(nowMs).toISOString(),
      }
    case 'ack-commence-msg':
    case 'assertion-receipt-msg':
      return { kind, ...header }
    case 'commit-ready-msg':
      return {
        kind,
        ...header,
        mintAssertionClaimFormat: 'MINT_ASSERTION_CLAIM_FORMAT_1',
        mintAssertionClaim: { networkId: transfer.toNetwork, titleId: transfer.assetId, mintedBy: 'proof-of-left' },
      }
    case 'ack-commit-final-msg':
      return {
        kind,
        ...header,
        assignmentAssertionClaimFormat: 'ASSIGNMENT_ASSERTION_CLAIM_FORMAT_1',
        assignmentAssertionClaim: {
          networkId: transfer.toNetwork,
          titleId: transfer.assetId,
          holder: transfer.toHolder,
          transactionId: state.transactions.arrive ?? null,
        },
      }
  }
}

/** Refuses a message (§11.3). */
export function composeError({ message, hash }: SealedMessage, code: ProtocolErrorCode, nowMs: number): ErrorMessage {
  return {
    kind: 'error-msg',
    version: satpVersion,
    sessionId: message.sessionId,
    transferContextId: message.transferContextId,
    hashPrevMessage: hash,
    code,
    prevMessageType: `${messageTypePrefix}${message.kind}`,
    timestamp: new Date(nowMs).toISOString(),
  }
}
