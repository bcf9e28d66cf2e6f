import type { AbortReason } from '../message/message.ts'
import type { Rules } from '../rules.ts'
import { type OriginatorRequest, originatorRequests } from './originator-messages.ts'
import type { SessionOutcome } from './session-log.ts'
import type { SessionState } from './session-state.ts'

/** What an originator's gateway does next. */
export type OriginatorStep =
  | { readonly do: 'nothing' }
  /** Writes, signs and logs a message; the next step sends it. */
  | { readonly do: 'write'; readonly kind: OriginatorRequest | 'commit-transfer-complete-msg' | 'session-abort-msg' }
  /** Sends, perhaps again, what waits for an answer. */
  | { readonly do: 'send' }
  | { readonly do: 'act'; readonly action: 'lock' | 'leave' | 'unlock' }
  | { readonly do: 'give-up'; readonly reason: AbortReason }
  | { readonly do: 'close'; readonly outcome: SessionOutcome }

/** The next step, by where the title is: pure, so every step can be taken again after a crash. */
export function originatorStep(state: SessionState, nowMs: number, rules: Rules): OriginatorStep {
  if (state.outcome !== null) return { do: 'nothing' }
  switch (state.asset) {
    case 'locking':
      return { do: 'act', action: 'lock' }
    case 'leaving':
      return { do: 'act', action: 'leave' }
    case 'unlocking':
      return { do: 'act', action: 'unlock' }
    case 'held':
      return state.aborting === null ? beforeLock(state, nowMs, rules) : ending(state, nowMs, rules)
    case 'locked':
      return state.aborting === null ? whileLocked(state, nowMs, rules) : { do: 'act', action: 'unlock' }
    case 'unlocked':
      return state.aborting === null ? { do: 'give-up', reason: 'leave-refused' } : ending(state, nowMs, rules)
    default:
      return afterLeaving(state, nowMs, rules)
  }
}

/** Stage 1: nothing is at stake yet. */
function beforeLock(state: SessionState, nowMs: number, rules: Rules): OriginatorStep {
  const refusal = refusedBy(state)
  if (refusal !== undefined) return { do: 'give-up', reason: refusal }
  const isLate = nowMs > state.opened.atMs + rules.agreeWithinMs || isTooLateToLeave(state, nowMs, rules)
  if (isLate) return { do: 'give-up', reason: 'time-out' }
  if (state.pending !== undefined) return { do: 'send' }
  return nextRequest(state) ?? { do: 'act', action: 'lock' }
}

/** Stage 2, and stage 3 until the title leaves. */
function whileLocked(state: SessionState, nowMs: number, rules: Rules): OriginatorStep {
  const refusal = refusedBy(state)
  if (refusal !== undefined) return { do: 'give-up', reason: refusal }
  if (isTooLateToLeave(state, nowMs, rules)) return { do: 'give-up', reason: 'time-out' }
  if (state.pending !== undefined) return { do: 'send' }
  return nextRequest(state) ?? { do: 'act', action: 'leave' }
}

/** It has left, and must arrive: no time-out, no abort and no refusal counts any more. */
function afterLeaving(state: SessionState, nowMs: number, rules: Rules): OriginatorStep {
  const { sent, received, pending } = state
  const complete = sent['commit-transfer-complete-msg']
  if (complete !== undefined) {
    const isOver = pending === undefined || nowMs > complete.atMs + rules.completeWithinMs
    return isOver ? { do: 'close', outcome: 'completed' } : { do: 'send' }
  }
  if (received['ack-commit-final-msg'] !== undefined) return { do: 'write', kind: 'commit-transfer-complete-msg' }
  // What it does not answer any more, and an end of the session that the other knows of, do not matter: the proof does.
  if (pending !== undefined && pending.message.kind !== 'session-abort-msg') return { do: 'send' }
  return { do: 'write', kind: 'commit-final-msg' }
}

/** The title is where it was: tells the other, if it has heard of it, and closes. */
function ending(state: SessionState, nowMs: number, rules: Rules): OriginatorStep {
  const abort = state.sent['session-abort-msg']
  const knows = state.sent['transfer-proposal-msg'] !== undefined && state.received['session-abort-msg'] === undefined
  if (!knows) return { do: 'close', outcome: 'aborted' }
  if (abort === undefined) return { do: 'write', kind: 'session-abort-msg' }
  const isOver = state.pending === undefined || nowMs > abort.atMs + rules.graceMs
  return isOver ? { do: 'close', outcome: 'aborted' } : { do: 'send' }
}

/** The first request that was not made, up to the proof. */
function nextRequest({ sent, asset }: SessionState): OriginatorStep | undefined {
  const kinds = asset === 'held' ? originatorRequests.slice(0, 2) : originatorRequests.slice(2, 4)
  const kind = kinds.find(each => sent[each] === undefined)
  return kind === undefined ? undefined : { do: 'write', kind }
}

/** Why the other does not go on: by an abort, or by a refusal of the last message. */
function refusedBy({ received }: SessionState): AbortReason | undefined {
  if (received['session-abort-msg'] !== undefined) return 'aborted-by-counterpart'
  return received['error-msg'] === undefined ? undefined : 'refused-by-counterpart'
}

function isTooLateToLeave({ opened }: SessionState, nowMs: number, rules: Rules): boolean {
  return nowMs > opened.transfer.lockUntilMs - rules.leaveMarginMs
}
