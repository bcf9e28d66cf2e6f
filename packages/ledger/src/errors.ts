import { PlatformError } from '@hufu/primitives'

/** Codes of {@link LedgerError}; the first six say how far a write got. */
export type LedgerErrorCode =
  | 'ERR_LEDGER_DRY_RUN_FAULT'
  | 'ERR_LEDGER_REJECTED'
  | 'ERR_LEDGER_FAULT'
  | 'ERR_LEDGER_EXPIRED'
  | 'ERR_LEDGER_UNKNOWN'
  | 'ERR_LEDGER_IDEMPOTENCY'
  | 'ERR_LEDGER_FEE'
  | 'ERR_LEDGER_UNREACHABLE'
  | 'ERR_LEDGER_ANSWER'
  | 'ERR_LEDGER_NODE'
  | 'ERR_LEDGER_PROOF'
  | 'ERR_LEDGER_STALE'
  | 'ERR_LEDGER_ABSENT'
  | 'ERR_LEDGER_CHAIN'
  | 'ERR_LEDGER_GAP'
  | 'ERR_LEDGER_DESCRIPTOR'
  | 'ERR_LEDGER_SCRIPT_HASH'
  | 'ERR_LEDGER_TRANSACTION'

/** What a {@link LedgerError} can carry beside its code. */
export interface LedgerErrorDetails {
  /** The panic text of the contract, or what the node gave as the reason. */
  readonly reason?: string | undefined
  /** Hash of the transaction it is about, big-endian hexadecimal. */
  readonly transactionHash?: string | undefined
  readonly cause?: unknown
}

/** A read or write that did not work out, by whose fault and how far it got. */
export class LedgerError extends PlatformError<LedgerErrorCode> {
  /** The panic text of the contract, or what the node gave as the reason. Never shown to strangers: it comes from outside. */
  readonly reason: string | undefined
  /** Hash of the transaction it is about, big-endian hexadecimal. */
  readonly transactionHash: string | undefined

  constructor(code: LedgerErrorCode, message: string, details: LedgerErrorDetails = {}) {
    super(code, message, details.cause === undefined ? undefined : { cause: details.cause })
    this.reason = details.reason
    this.transactionHash = details.transactionHash
  }
}

/** A node understood the request and refused it. */
export class NodeError extends LedgerError {
  /** JSON-RPC error code, such as -103 (unknown transaction). */
  readonly rpcCode: number

  constructor(rpcCode: number, reason: string) {
    super('ERR_LEDGER_NODE', `node answered with error ${rpcCode}`, { reason })
    this.rpcCode = rpcCode
  }
}
