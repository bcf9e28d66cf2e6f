import { gatewayFaults } from '@hufu/bindings'
import { LedgerError, type LedgerErrorCode } from '@hufu/ledger'
import { ChainError, type ChainErrorCode } from '../errors.ts'

/** How far a write got, as a caller of any chain is told. */
const ofLedger: Partial<Record<LedgerErrorCode, ChainErrorCode>> = {
  ERR_LEDGER_DRY_RUN_FAULT: 'ERR_CHAIN_REFUSED',
  ERR_LEDGER_FAULT: 'ERR_CHAIN_REFUSED',
  ERR_LEDGER_REJECTED: 'ERR_CHAIN_REFUSED',
  ERR_LEDGER_FEE: 'ERR_CHAIN_REFUSED',
  // It can no longer land, and its key is free: to be called again, as when it is not known.
  ERR_LEDGER_EXPIRED: 'ERR_CHAIN_UNKNOWN',
  ERR_LEDGER_UNKNOWN: 'ERR_CHAIN_UNKNOWN',
  ERR_LEDGER_IDEMPOTENCY: 'ERR_CHAIN_IDEMPOTENCY',
  ERR_LEDGER_UNREACHABLE: 'ERR_CHAIN_UNREACHABLE',
  ERR_LEDGER_ANSWER: 'ERR_CHAIN_ANSWER',
  ERR_LEDGER_NODE: 'ERR_CHAIN_ANSWER',
}

/** What a failure of the ledger's means to a caller of the chain. The contract's own words are `reason`. */
export function writeFailure(error: unknown): unknown {
  if (!(error instanceof LedgerError)) return error
  // The other network's validators have changed since it was proven.
  const code = error.reason === gatewayFaults.oldHeader ? 'ERR_CHAIN_ROLLBACK' : ofLedger[error.code]
  return code === undefined ? error : new ChainError(code, error.message, { reason: error.reason, cause: error })
}
