import type { Account, ContractCall, TransactionSender } from '@hufu/ledger'
import { translated } from './submit-council-call.ts'

/**
 * Builds the transaction of one call of the council, for somebody to sign whose key is elsewhere. The contract is asked whether it would take the call.
 *
 * @param options.account - who signs and pays; its keys need not be at hand
 * @returns the bytes that the signature covers
 * @throws CouncilError: the contract would refuse; LedgerError as `LedgerWriter.submit`
 */
export function prepareCouncilCall(
  client: Pick<TransactionSender, 'prepare'>,
  call: ContractCall,
  options: { readonly account: Account; readonly validBlocks: number },
): Promise<Uint8Array> {
  return translated(call, () => client.prepare([call], options))
}
