import type { ScriptHash } from '@hufu/ledger'
import { DidError } from './errors.ts'

/** Who may take a DID over, and how long its controller then has for a veto. */
export interface RecoveryTerms {
  readonly account: ScriptHash
  /** From 1 second to 365 days. */
  readonly delayMs: number
}

const minDelayMs = 1_000
const maxDelayMs = 365 * 24 * 60 * 60 * 1000

/** The terms as contract arguments; null: nobody may. @throws DidError `ERR_DID_RECOVERY`: delay out of bounds */
export function recoveryArguments(terms: RecoveryTerms | null): { readonly recovery: ScriptHash | null; readonly recoveryDelayMs: bigint } {
  if (terms === null) return { recovery: null, recoveryDelayMs: 0n }
  const { account, delayMs } = terms
  if (!Number.isInteger(delayMs) || delayMs < minDelayMs || delayMs > maxDelayMs) {
    throw new DidError('ERR_DID_RECOVERY', `delayMs: expected ${minDelayMs} to ${maxDelayMs} milliseconds`)
  }
  return { recovery: account, recoveryDelayMs: BigInt(delayMs) }
}
