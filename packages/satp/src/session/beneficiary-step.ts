import type { AbortReason } from '../message/message.ts'
import type { Rules } from '../rules.ts'
import type { SessionOutcome } from './session-log.ts'
import type { SessionState } from './session-state.ts'

/** What a beneficiary's gateway does next. */
export type BeneficiaryStep =
  | { readonly do: 'wait'; readonly untilMs: number | null }
  /** Brings the title into being, by the proof that waits for an answer. */
  | { readonly do: 'arrive' }
  /** Signs and logs the answer to what waits for one. */
  | { readonly do: 'answer' }
  | { readonly do: 'close'; readonly outcome: SessionOutcome; readonly reason: AbortReason | null }

/** The next step: pure, so every step can be taken again after a crash. */
export function beneficiaryStep(state: SessionState, nowMs: number, rules: Rules): BeneficiaryStep {
  const { pending, sent, received, opened } = state
  if (state.outcome !== null) return { do: 'wait', untilMs: null }
  if (pending !== undefined) return { do: pending.message.kind === 'commit-final-msg' && state.asset !== 'arrived' ? 'arrive' : 'answer' }
  const acknowledged = sent['ack-commit-final-msg']
  if (acknowledged !== undefined) {
    const untilMs = acknowledged.atMs + rules.graceMs
    const isOver = received['commit-transfer-complete-msg'] !== undefined || nowMs > untilMs
    return isOver ? { do: 'close', outcome: 'completed', reason: null } : { do: 'wait', untilMs }
  }
  if (received['session-abort-msg'] !== undefined) return { do: 'close', outcome: 'aborted', reason: 'aborted-by-counterpart' }
  if (sent['session-abort-msg'] !== undefined) return { do: 'close', outcome: 'aborted', reason: 'operator' }
  // Closing costs nothing: a proof that comes later still counts.
  const untilMs = opened.transfer.lockUntilMs + rules.graceMs
  return nowMs > untilMs ? { do: 'close', outcome: 'aborted', reason: 'time-out' } : { do: 'wait', untilMs }
}
