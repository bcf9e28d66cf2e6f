import { council } from '@hufu/bindings'
import type { Write } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import type { CouncilLedger } from './council-ledger.ts'
import { type SeatSigning, submitCouncilCall } from './submit-council-call.ts'

/** A seat's word on a proposal. */
export interface SeatAnswer extends SeatSigning {
  /** Number of the proposal. */
  readonly id: number
}

/** A word that names the calls it is about, so that it counts for no others. */
export interface InformedAnswer extends SeatAnswer {
  /** {@link payloadHash} of what the voter has seen. */
  readonly payloadHash: Uint8Array
}

/**
 * Votes for or against a proposal, once for each seat. With enough votes it passes, and the delay begins.
 *
 * @throws CouncilError `ERR_COUNCIL_PAYLOAD_CHANGED`, `ERR_COUNCIL_VOTED`, `ERR_COUNCIL_VOTING_OVER`, `ERR_COUNCIL_STATE`, `ERR_COUNCIL_PROPOSAL`,
 *   `ERR_COUNCIL_SEAT`, `ERR_COUNCIL_NOT_AUTHORIZED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export function castVote(ledger: CouncilLedger, vote: InformedAnswer & { readonly agrees: boolean }): Promise<Write> {
  const { seat, id, payloadHash, agrees } = vote
  const call = council(ledger.network.contracts.council.hash).vote({ seat, id: BigInt(id), payloadHash, agrees })
  return submitCouncilCall(ledger, call, vote, [seat, id, bytesToHex(payloadHash), agrees])
}

/** Takes an agreeing vote back, before the proposal is executed. @throws CouncilError as {@link castVote}, and `ERR_COUNCIL_NO_VOTE` */
export function retractVote(ledger: CouncilLedger, answer: SeatAnswer): Promise<Write> {
  const { seat, id } = answer
  return submitCouncilCall(ledger, council(ledger.network.contracts.council.hash).retract({ seat, id: BigInt(id) }), answer, [seat, id])
}

/** Calls for a longer delay of a proposal that has passed. @throws CouncilError as {@link castVote}, and `ERR_COUNCIL_VETO_OVER` */
export function vetoProposal(ledger: CouncilLedger, answer: InformedAnswer): Promise<Write> {
  const { seat, id, payloadHash } = answer
  const call = council(ledger.network.contracts.council.hash).veto({ seat, id: BigInt(id), payloadHash })
  return submitCouncilCall(ledger, call, answer, [seat, id, bytesToHex(payloadHash)])
}

/** Ends a proposal of one's own. @throws CouncilError as {@link castVote}, and `ERR_COUNCIL_PROPOSER` */
export function withdrawProposal(ledger: CouncilLedger, answer: SeatAnswer): Promise<Write> {
  const { seat, id } = answer
  return submitCouncilCall(ledger, council(ledger.network.contracts.council.hash).withdraw({ seat, id: BigInt(id) }), answer, [seat, id])
}

/**
 * Makes the calls of a proposal that has passed, as the council, all or none.
 *
 * @throws CouncilError as {@link castVote}, and `ERR_COUNCIL_TOO_EARLY`, `ERR_COUNCIL_TOO_LATE`, `ERR_COUNCIL_VOTES`, `ERR_COUNCIL_STOPPED`,
 *   `ERR_COUNCIL_CALL`: what it calls refuses; the contract's words are in the `reason` of `cause`
 */
export function executeProposal(ledger: CouncilLedger, answer: InformedAnswer): Promise<Write> {
  const { seat, id, payloadHash } = answer
  const call = council(ledger.network.contracts.council.hash).execute({ seat, id: BigInt(id), payloadHash })
  return submitCouncilCall(ledger, call, answer, [seat, id, bytesToHex(payloadHash)])
}
