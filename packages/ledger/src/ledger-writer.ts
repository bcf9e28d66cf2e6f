import type { Account } from './account.ts'
import type { ContractCall } from './contract-call.ts'
import type { Notification } from './notification.ts'
import type { ScriptHash } from './script-hash.ts'
import type { SignedTransaction } from './sign-transaction.ts'
import type { StackItem } from './stack-item.ts'

/** Where a transaction stands on the chain, and what it did. */
export interface WriteOutcome {
  /** Big-endian hexadecimal. */
  readonly transactionHash: string
  readonly blockIndex: number
  readonly blockHash: string
  readonly blockTimeMs: number
  /** What each call returned, in order. */
  readonly results: readonly StackItem[]
  readonly notifications: readonly Notification[]
}

/** A write on its way: sent, in a block, durable. Each promise may be asked for any number of times. */
export interface Write {
  /** Big-endian hexadecimal. */
  readonly transactionHash: string

  /**
   * Settles when the transaction is in a block. Nodes answer before the block is on disk: acknowledge only what is `durable()`.
   *
   * @throws LedgerError `ERR_LEDGER_FAULT`: it ran and failed, the fee is spent; the contract's text is `reason`
   * @throws LedgerError `ERR_LEDGER_EXPIRED`: it can no longer land; the idempotency key is free again
   * @throws LedgerError `ERR_LEDGER_UNKNOWN`: waited long enough and it may still land; look again, never rebuild
   */
  inBlock(): Promise<WriteOutcome>

  /** Settles when a quorum of validators has the block on disk: done, whatever crashes now. Throws as `inBlock`. */
  durable(): Promise<WriteOutcome>
}

/** Who signs and who pays for a write. */
export interface SigningOptions {
  /** Whose witness the contracts check. Several, if a method needs several. */
  readonly account: Account | readonly Account[]
  /** Pays the fees, so that the accounts need no GAS; signs with scope None, which lets no contract act in its name. */
  readonly sponsor?: Account
  /** Further contracts that may check the accounts' witness (scope CustomContracts); the default is CalledByEntry alone. */
  readonly allowedContracts?: readonly ScriptHash[]
}

/** Options of {@link LedgerWriter.submit}. */
export interface SubmitOptions extends SigningOptions {
  /** Names the intent: a second `submit` with the same key is the same write, also after a crash. It is kept in the outbox: no personal data. */
  readonly idempotencyKey: string
  /** Fee for running the calls, from `estimateSystemFee` of calls of equal shape; without it, a dry run of these calls tells. */
  readonly systemFeeDatoshi?: bigint
}

/** Writes by signed transactions. */
export interface LedgerWriter {
  /**
   * Builds, dry-runs, signs, keeps in the outbox, and sends one transaction that makes all the calls or none.
   *
   * A key is taken until its write has failed for good (`REJECTED`, `FAULT`, `EXPIRED`); after that it names a new write.
   *
   * @throws LedgerError `ERR_LEDGER_DRY_RUN_FAULT`: nothing was sent; the contract's text is `reason`
   * @throws LedgerError `ERR_LEDGER_REJECTED`: the nodes refused it, nothing will happen
   * @throws LedgerError `ERR_LEDGER_UNREACHABLE`: no node answered before it was signed, nothing will happen
   * @throws LedgerError `ERR_LEDGER_IDEMPOTENCY`: the key already names a write of other calls or accounts
   */
  submit(calls: readonly ContractCall[], options: SubmitOptions): Promise<Write>

  /**
   * What running the calls costs, margin included, by a dry run.
   *
   * @returns in datoshi (10⁻⁸ GAS)
   * @throws LedgerError `ERR_LEDGER_DRY_RUN_FAULT`, `ERR_LEDGER_UNREACHABLE`
   */
  estimateSystemFee(calls: readonly ContractCall[], options: SigningOptions): Promise<bigint>
}

/** Options of {@link TransactionSender.prepare}. */
export interface PrepareOptions {
  /** Signs and pays. Its keys need not be at hand. */
  readonly account: Account
  /** Blocks in which the transaction may still land: as long as signing may take. */
  readonly validBlocks: number
}

/** Transactions that are signed elsewhere. */
export interface TransactionSender {
  /**
   * Builds and prices a transaction for others to sign.
   *
   * @returns the bytes that the signatures cover
   * @throws LedgerError `ERR_LEDGER_DRY_RUN_FAULT`, `ERR_LEDGER_UNREACHABLE`
   */
  prepare(calls: readonly ContractCall[], options: PrepareOptions): Promise<Uint8Array>

  /**
   * Keeps a transaction in the outbox and sends it, as `submit` does with its own.
   *
   * @param signed - made whole by `joinSignatures`
   * @throws LedgerError `ERR_LEDGER_REJECTED`, `ERR_LEDGER_IDEMPOTENCY`
   */
  sendSigned(signed: SignedTransaction, options: { readonly idempotencyKey: string; readonly validUntilBlock: number }): Promise<Write>
}
