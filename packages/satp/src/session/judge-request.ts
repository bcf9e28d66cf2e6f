import { SatpError } from '../errors.ts'
import type { CommitFinal, LockAssert, SatpMessage } from '../message/message.ts'
import type { MessageType } from '../message/message-type.ts'
import type { SealedMessage } from '../message/sealed-message.ts'
import { initClaimHash } from './originator-messages.ts'
import type { SessionState } from './session-state.ts'

/** Where the beneficiary's side of a session stands: what it said last, or how it ended. */
export type BeneficiaryPhase = 'opened' | 'agreed' | 'commenced' | 'asserted' | 'ready' | 'acknowledged' | 'completed' | 'aborted'

/**
 * What is in its place in each phase, besides what was answered before, which has the same answer again.
 *
 * `commit-final-msg` comes with a proof that the chain itself checks: it counts from when the title may be locked on, even in a session that was given
 * up. Whatever gateways say to each other, a title that left arrives. Once it has, a proof that was made anew is answered by that, too.
 */
export const acceptedRequests: Readonly<Record<BeneficiaryPhase, readonly MessageType[]>> = {
  opened: [],
  agreed: ['transfer-commence-msg', 'session-abort-msg'],
  commenced: ['lock-assert-msg', 'commit-final-msg', 'session-abort-msg'],
  asserted: ['commit-prepare-msg', 'commit-final-msg', 'session-abort-msg'],
  ready: ['commit-final-msg', 'session-abort-msg'],
  acknowledged: ['commit-transfer-complete-msg', 'commit-final-msg'],
  completed: ['commit-final-msg'],
  aborted: ['commit-final-msg'],
}

/** The phase of a session in which nothing waits for an answer. */
export function phaseOf({ sent, outcome }: SessionState): BeneficiaryPhase {
  if (outcome !== null) return outcome
  if (sent['ack-commit-final-msg'] !== undefined) return 'acknowledged'
  if (sent['session-abort-msg'] !== undefined) return 'aborted'
  if (sent['commit-ready-msg'] !== undefined) return 'ready'
  if (sent['assertion-receipt-msg'] !== undefined) return 'asserted'
  if (sent['ack-commence-msg'] !== undefined) return 'commenced'
  return sent['proposal-receipt-msg'] === undefined ? 'opened' : 'agreed'
}

/**
 * Whether a message that was not seen before is in its place in a session of the beneficiary's.
 *
 * @throws SatpError `ERR_SATP_SESSION`, `ERR_SATP_STATE`, `ERR_SATP_HASH`, `ERR_SATP_TERMS`, `ERR_SATP_EXPIRED`
 */
export function judgeRequest({ message }: SealedMessage, state: SessionState, nowMs: number): void {
  if (message.transferContextId !== state.sessionId)
    throw new SatpError('ERR_SATP_SESSION', "transferContextId: expected the session's transfer")
  if (!acceptedRequests[phaseOf(state)].includes(message.kind))
    throw new SatpError('ERR_SATP_STATE', 'messageType: expected one that is in its place now')
  checkPrevious(message, state)
  checkContent(message, state, nowMs)
}

function checkPrevious(message: SatpMessage, state: SessionState): void {
  const given = 'hashPrevMessage' in message ? message.hashPrevMessage : undefined
  // Who gives up, or brings a proof after one side gave up, may not have heard our last answer.
  const mayLag = message.kind === 'session-abort-msg' || message.kind === 'commit-final-msg'
  const isLast = mayLag ? given !== undefined && state.hashes.has(given) : given === state.lastHash
  if (!isLast) throw new SatpError('ERR_SATP_HASH', 'hashPrevMessage: expected the hash of the last message')
}

function checkContent(message: SatpMessage, state: SessionState, nowMs: number): void {
  switch (message.kind) {
    case 'transfer-commence-msg':
      if (message.hashTransferInitClaim !== initClaimHash(state.received['transfer-proposal-msg']))
        throw terms('hashTransferInitClaim', 'err_1.3.3')
      return
    case 'lock-assert-msg':
      checkLock(message, state, nowMs)
      return
    case 'commit-prepare-msg':
      checkTime(state, nowMs)
      return
    case 'commit-final-msg':
      checkFinal(message, state)
      return
    case 'commit-transfer-complete-msg':
      if (message.hashTransferCommence !== state.received['transfer-commence-msg']?.hash) throw terms('hashTransferCommence', 'err_3.9.4')
      return
    default:
  }
}

function checkLock({ lockAssertionClaim: claim, lockAssertionExpiration }: LockAssert, state: SessionState, nowMs: number): void {
  const { transfer } = state.opened
  if (claim.networkId !== transfer.fromNetwork || claim.titleId !== transfer.assetId || claim.contentHash !== transfer.contentHash)
    throw terms('lockAssertionClaim', 'err_2.2.7')
  if (Date.parse(lockAssertionExpiration) !== transfer.lockUntilMs) throw terms('lockAssertionExpiration', 'err_2.2.4')
  checkTime(state, nowMs)
}

function checkTime({ opened }: SessionState, nowMs: number): void {
  if (nowMs >= opened.transfer.lockUntilMs) throw new SatpError('ERR_SATP_EXPIRED', 'lockAssertionExpiration: expected a time to come')
}

function checkFinal({ burnAssertionClaim: claim }: CommitFinal, { opened: { transfer } }: SessionState): void {
  const isOfTransfer =
    claim.networkId === transfer.fromNetwork && claim.titleId === transfer.assetId && claim.proof.network === transfer.fromNetwork
  if (!isOfTransfer) throw terms('burnAssertionClaim', 'err_3.5.4')
}

function terms(member: string, protocolCode: SatpError['protocolCode']): SatpError {
  return new SatpError('ERR_SATP_TERMS', `${member}: expected what was agreed upon`, { protocolCode })
}
