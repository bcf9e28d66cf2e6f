import { councilFaults } from '@hufu/bindings'
import { type Account, type ContractCall, LedgerError, type Write, type WriteOutcome } from '@hufu/ledger'
import { bytesToHex, canonicalJsonBytes, errorCode, sha256 } from '@hufu/primitives'
import type { CouncilLedger } from './council-ledger.ts'
import { CouncilError, type CouncilErrorCode } from './errors.ts'

/** Who signs, and who pays if it is another. */
export interface SeatSigning {
  /** Name of the seat. */
  readonly seat: string
  /** Acts for the seat. */
  readonly account: Account
  readonly sponsor?: Account
}

/** What contracts/council panics with. */
const faults: Readonly<Record<string, readonly [code: CouncilErrorCode, message: string]>> = {
  [councilFaults.founded]: ['ERR_COUNCIL_FOUNDED', 'the founding is over: the council acts by votes alone'],
  [councilFaults.calls]: ['ERR_COUNCIL_PAYLOAD', 'expected 1 to 64 well-formed calls of at most 60,000 bytes'],
  [councilFaults.proposal]: ['ERR_COUNCIL_PROPOSAL', 'there is no such proposal'],
  [councilFaults.payload]: ['ERR_COUNCIL_PAYLOAD_CHANGED', 'the proposal holds other calls than those that were meant'],
  [councilFaults.state]: ['ERR_COUNCIL_STATE', 'the change does not fit the state of the proposal'],
  [councilFaults.votingOver]: ['ERR_COUNCIL_VOTING_OVER', 'the time to vote is over'],
  [councilFaults.voted]: ['ERR_COUNCIL_VOTED', 'the seat has voted before'],
  [councilFaults.noVote]: ['ERR_COUNCIL_NO_VOTE', 'the seat has no agreeing vote to take back'],
  [councilFaults.vetoOver]: ['ERR_COUNCIL_VETO_OVER', 'a veto counts only during the first delay'],
  [councilFaults.proposer]: ['ERR_COUNCIL_PROPOSER', 'only the seat that proposed can withdraw'],
  [councilFaults.votes]: ['ERR_COUNCIL_VOTES', "fewer of today's seats agree than today's rules need"],
  [councilFaults.tooEarly]: ['ERR_COUNCIL_TOO_EARLY', 'the delay is not over'],
  [councilFaults.tooLate]: ['ERR_COUNCIL_TOO_LATE', 'the time to execute is over'],
  [councilFaults.member]: ['ERR_COUNCIL_MEMBER', "the key is not of the ledger's committee"],
  [councilFaults.collection]: ['ERR_COUNCIL_COLLECTION', 'there is no such collection of signatures'],
  [councilFaults.signed]: ['ERR_COUNCIL_SIGNED', 'the member has signed before'],
  [councilFaults.signature]: ['ERR_COUNCIL_SIGNATURE', "the signature is not the member's of this transaction"],
  [councilFaults.seat]: ['ERR_COUNCIL_SEAT', 'there is no such seat'],
  [councilFaults.seats]: ['ERR_COUNCIL_RULES', 'expected 1 to 21 seats, each with a name and an account of its own'],
  [councilFaults.rules]: ['ERR_COUNCIL_RULES', 'the rules do not fit each other or the number of seats'],
  [councilFaults.ballot]: ['ERR_COUNCIL_BALLOT', 'the seat has no ballot'],
  [councilFaults.stopPause]: ['ERR_COUNCIL_STOP_PAUSE', 'the seat asked for a stop not long ago'],
  [councilFaults.stopped]: ['ERR_COUNCIL_STOPPED', 'an emergency stop lasts'],
  [councilFaults.witness]: ['ERR_COUNCIL_NOT_AUTHORIZED', 'an account that must agree has not signed'],
  [councilFaults.integer]: ['ERR_COUNCIL_ARGUMENT', 'a number is out of range'],
  [councilFaults.bytes]: ['ERR_COUNCIL_ARGUMENT', 'bytes or a text of the wrong length'],
  [councilFaults.name]: ['ERR_COUNCIL_ARGUMENT', 'a name is malformed'],
}

/**
 * Submits one call of the council. The contract's refusals become CouncilErrors, with the LedgerError that says how far the write got as `cause`.
 *
 * @param intent - tells a repeated request from a new one: the same is written once
 */
export async function submitCouncilCall(
  { client, network }: CouncilLedger,
  call: ContractCall,
  { account, sponsor }: Pick<SeatSigning, 'account' | 'sponsor'>,
  intent: readonly unknown[],
): Promise<Write> {
  const named = [network.contracts.council.hash, account.scriptHash, ...intent]
  const idempotencyKey = `council:${call.method}:${bytesToHex(sha256(canonicalJsonBytes(named)))}`
  const write = await translated(call, () =>
    client.submit([call], { account, idempotencyKey, ...(sponsor === undefined ? {} : { sponsor }) }),
  )
  return {
    transactionHash: write.transactionHash,
    inBlock: (): Promise<WriteOutcome> => translated(call, () => write.inBlock()),
    durable: (): Promise<WriteOutcome> => translated(call, () => write.durable()),
  }
}

/** Runs what makes a call of the council; its refusals become CouncilErrors. */
export async function translated<T>({ method }: ContractCall, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isFault = ['ERR_LEDGER_DRY_RUN_FAULT', 'ERR_LEDGER_FAULT'].includes(errorCode(error) ?? '')
    if (!isFault || !(error instanceof LedgerError)) throw error
    const fault = faults[error.reason ?? '']
    if (fault !== undefined) throw new CouncilError(fault[0], fault[1], { cause: error })
    // What the proposal calls has words of its own for why it refuses.
    if (method === 'execute')
      throw new CouncilError('ERR_COUNCIL_CALL', 'a call of the proposal is refused by its contract, so none of them was made', {
        cause: error,
      })
    throw error
  }
}
