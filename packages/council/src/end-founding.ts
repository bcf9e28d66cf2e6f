import { council } from '@hufu/bindings'
import type { Account, Write } from '@hufu/ledger'
import type { CouncilLedger } from './council-ledger.ts'
import { submitCouncilCall } from './submit-council-call.ts'

/**
 * Ends the founding for good: from now on the council acts by votes alone.
 *
 * @param committee - the ledger's committee
 * @throws CouncilError `ERR_COUNCIL_FOUNDED`: it is over already; `ERR_COUNCIL_NOT_AUTHORIZED`
 */
export function endFounding(ledger: CouncilLedger, committee: Account): Promise<Write> {
  return submitCouncilCall(ledger, council(ledger.network.contracts.council.hash).endFounding(), { account: committee }, [])
}
