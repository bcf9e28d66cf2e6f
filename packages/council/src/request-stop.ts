import { council } from '@hufu/bindings'
import type { Write } from '@hufu/ledger'
import type { CouncilLedger } from './council-ledger.ts'
import { type SeatSigning, submitCouncilCall } from './submit-council-call.ts'

/**
 * Asks for an emergency stop; when enough seats do, one begins, and ends by itself. While it lasts nothing new is granted, issued or spent, and no
 * proposal executed; suspending, revoking and everybody's own keys work on.
 *
 * @param request.reason - a code from 0 to 9999; see `grantReasons`
 * @param request.attempt - tells a repeated request from a new one
 * @throws CouncilError `ERR_COUNCIL_STOP_PAUSE`, `ERR_COUNCIL_ARGUMENT`, `ERR_COUNCIL_SEAT`, `ERR_COUNCIL_NOT_AUTHORIZED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export function requestStop(
  ledger: CouncilLedger,
  request: SeatSigning & { readonly reason: number; readonly attempt: string },
): Promise<Write> {
  const { seat, reason, attempt } = request
  const call = council(ledger.network.contracts.council.hash).requestStop({ seat, reason: BigInt(reason) })
  return submitCouncilCall(ledger, call, request, [seat, reason, attempt])
}
