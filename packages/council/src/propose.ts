import { council } from '@hufu/bindings'
import { asNumber, type ContractCall, type Write, type WriteOutcome } from '@hufu/ledger'
import { bytesToHex, utf8ToBytes } from '@hufu/primitives'
import type { CouncilLedger } from './council-ledger.ts'
import { CouncilError } from './errors.ts'
import { callsOf, encodePayload, payloadHash } from './payload.ts'
import { type SeatSigning, submitCouncilCall } from './submit-council-call.ts'

const maxTitleBytes = 128

/** What a seat asks the council to do. */
export interface NewProposal extends SeatSigning {
  /** For people, at most 128 bytes, without personal data: it stays on the ledger. What counts is the calls. */
  readonly title: string
  readonly calls: readonly ContractCall[]
  /** Names this request: it tells a repeated one from a new one. */
  readonly attempt: string
}

/**
 * Asks the council to make calls. Its number is {@link proposalIdOf} the outcome.
 *
 * @throws CouncilError `ERR_COUNCIL_ARGUMENT`, `ERR_COUNCIL_PAYLOAD`: nothing was sent; `ERR_COUNCIL_SEAT`, `ERR_COUNCIL_NOT_AUTHORIZED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function propose(ledger: CouncilLedger, proposal: NewProposal): Promise<Write> {
  const { seat, title, calls, attempt } = proposal
  const titleBytes = utf8ToBytes(title).length
  if (titleBytes < 1 || titleBytes > maxTitleBytes)
    throw new CouncilError('ERR_COUNCIL_ARGUMENT', `title: expected 1 to ${maxTitleBytes} bytes of UTF-8`)
  const hash = bytesToHex(payloadHash(encodePayload(calls)))
  const call = council(ledger.network.contracts.council.hash).propose({ seat, calls: callsOf(calls), title })
  return submitCouncilCall(ledger, call, proposal, [seat, hash, title, attempt])
}

/** Number of the proposal that a write of {@link propose} made. */
export function proposalIdOf({ results }: WriteOutcome): number {
  return asNumber(results[0])
}
