import { council } from '@hufu/bindings'
import type { LedgerWriter } from '@hufu/ledger'
import type { CouncilLedger } from './council-ledger.ts'
import { callsOf } from './payload.ts'
import { propose } from './propose.ts'
import type { SeatSigning } from './submit-council-call.ts'

/**
 * A writer that makes no calls but asks the council to: each write becomes a proposal, whose number is `proposalIdOf` its outcome. The same write is the
 * same proposal. For what is done as owner of the contracts once the founding is over.
 *
 * The account of each write must be the seat's.
 *
 * @param proposer.again - tells the same write from one whose proposal came to nothing
 */
export function proposingWriter(
  ledger: CouncilLedger,
  proposer: SeatSigning & { readonly title: string; readonly again?: string },
): LedgerWriter {
  const { seat, title, again = '' } = proposer
  return {
    submit: (calls, { idempotencyKey }) => propose(ledger, { ...proposer, calls, attempt: `${idempotencyKey} ${again}` }),
    estimateSystemFee: (calls, options) =>
      ledger.client.estimateSystemFee(
        [council(ledger.network.contracts.council.hash).propose({ seat, calls: callsOf(calls), title })],
        options,
      ),
  }
}
