import { SatpError } from '../errors.ts'
import type { SatpMessage } from '../message/message.ts'
import { answerTypeOf, isRequestType, type MessageType } from '../message/message-type.ts'
import type { SealedMessage } from '../message/sealed-message.ts'
import { initClaimHash } from './originator-messages.ts'
import type { SessionState } from './session-state.ts'

/** What may answer a message: its own answer, or an end, or a refusal. */
export function acceptedAnswers(kind: MessageType): readonly MessageType[] {
  const ends: readonly MessageType[] = ['session-abort-msg', 'error-msg']
  return isRequestType(kind) ? [answerTypeOf[kind], ...ends] : ends
}

/**
 * Whether a message is an answer to the request that waits for one.
 *
 * @throws SatpError `ERR_SATP_SESSION`, `ERR_SATP_STATE`, `ERR_SATP_HASH`, `ERR_SATP_TERMS`
 */
export function judgeAnswer({ message }: SealedMessage, request: SealedMessage, state: SessionState): void {
  if (message.sessionId !== state.sessionId || message.transferContextId !== state.sessionId)
    throw new SatpError('ERR_SATP_SESSION', 'sessionId: expected the session of the request')
  if (!acceptedAnswers(request.message.kind).includes(message.kind))
    throw new SatpError('ERR_SATP_STATE', 'messageType: expected the answer to the request')
  const given = 'hashPrevMessage' in message ? message.hashPrevMessage : ''
  // An abort may have been said before, in answer to another message.
  const isLast = message.kind === 'session-abort-msg' ? state.hashes.has(given) : given === request.hash
  if (!isLast) throw new SatpError('ERR_SATP_HASH', 'hashPrevMessage: expected the hash of the request')
  checkContent(message, state)
}

function checkContent(message: SatpMessage, state: SessionState): void {
  const { transfer } = state.opened
  switch (message.kind) {
    case 'proposal-receipt-msg':
      if (message.hashTransferInitClaim !== initClaimHash(state.sent['transfer-proposal-msg'])) throw terms('hashTransferInitClaim')
      return
    case 'commit-ready-msg': {
      const { networkId, titleId } = message.mintAssertionClaim
      if (networkId !== transfer.toNetwork || titleId !== transfer.assetId) throw terms('mintAssertionClaim')
      return
    }
    case 'ack-commit-final-msg': {
      const { networkId, titleId, holder } = message.assignmentAssertionClaim
      if (networkId !== transfer.toNetwork || titleId !== transfer.assetId || holder !== transfer.toHolder)
        throw terms('assignmentAssertionClaim')
      return
    }
    default:
  }
}

function terms(member: string): SatpError {
  return new SatpError('ERR_SATP_TERMS', `${member}: expected what was agreed upon`)
}
