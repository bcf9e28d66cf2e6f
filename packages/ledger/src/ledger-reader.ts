import type { ContractCall } from './contract-call.ts'
import type { StackItem } from './stack-item.ts'

/** Options of a read. */
export interface ReadOptions {
  /** Ends the read early. */
  readonly signal?: AbortSignal
}

/** Reads by asking a node to run contract code. The answer is the node's word: where that is not enough, use `LightClient`. */
export interface LedgerReader {
  /**
   * Runs a safe method without a transaction.
   *
   * @returns what the method returned; null of the VM is `{ type: 'Any' }`
   * @throws LedgerError `ERR_LEDGER_DRY_RUN_FAULT`: the contract panicked, its text is `reason`
   * @throws LedgerError `ERR_LEDGER_UNREACHABLE`: no node answered; `ERR_LEDGER_ANSWER`: a node's answer was malformed
   */
  invokeRead(call: ContractCall, options?: ReadOptions): Promise<StackItem>

  /** As `invokeRead`, several calls in one script, all against the same block; one panic fails all. */
  invokeReadMany(calls: readonly ContractCall[], options?: ReadOptions): Promise<readonly StackItem[]>

  /** Blocks that the network has, as far as the nodes know: index of the latest plus one. */
  getBlockCount(options?: ReadOptions): Promise<number>
}
