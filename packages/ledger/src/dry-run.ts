import { bytesToBase64 } from '@hufu/primitives'
import { LedgerError } from './errors.ts'
import { type Execution, parseInvocation } from './execution.ts'
import type { NodePool } from './node-pool.ts'
import { signersToJson, type TransactionSigner } from './transaction.ts'

/**
 * Lets a node run a script against its latest block, with nothing kept.
 *
 * @throws LedgerError `ERR_LEDGER_DRY_RUN_FAULT`: the contract's text is `reason`; `ERR_LEDGER_UNREACHABLE`, `ERR_LEDGER_ANSWER`
 */
export async function dryRun(
  pool: NodePool,
  script: Uint8Array,
  signers: readonly TransactionSigner[],
  signal?: AbortSignal,
): Promise<Execution> {
  const params = signers.length === 0 ? [bytesToBase64(script)] : [bytesToBase64(script), signersToJson(signers)]
  const execution = await pool.call('invokescript', params, parseInvocation, { signal })
  if (!execution.halted)
    throw new LedgerError('ERR_LEDGER_DRY_RUN_FAULT', 'contract call failed in a dry run', { reason: execution.reason })
  return execution
}
