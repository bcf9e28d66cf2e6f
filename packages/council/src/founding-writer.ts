import { council as councilOf } from '@hufu/bindings'
import type { ContractCall, LedgerWriter, ScriptHash } from '@hufu/ledger'
import { callsOf } from './payload.ts'

/**
 * A writer whose calls the council makes, as owner of the contracts, at the word of the ledger's committee: how a network is set up. It works until the
 * founding ends; after that, only proposals do.
 *
 * The account of each write must be the committee's.
 */
export function foundingWriter(ledger: LedgerWriter, council: ScriptHash): LedgerWriter {
  const founded = (calls: readonly ContractCall[]): readonly ContractCall[] => [councilOf(council).found({ calls: callsOf(calls) })]
  return {
    submit: (calls, options) => ledger.submit(founded(calls), options),
    estimateSystemFee: (calls, options) => ledger.estimateSystemFee(founded(calls), options),
  }
}
