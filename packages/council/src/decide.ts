import type { Account, ContractCall, WriteOutcome } from '@hufu/ledger'
import { errorCode } from '@hufu/primitives'
import { castVote, executeProposal } from './cast-vote.ts'
import type { CouncilLedger } from './council-ledger.ts'
import { encodePayload, payloadHash } from './payload.ts'
import { proposalIdOf, propose } from './propose.ts'

/** A decision that several seats are of one mind about, whose keys are all at hand: on a network for trying out. */
export interface Decision {
  /** The first one proposes. As many as the rules need. */
  readonly seats: readonly { readonly name: string; readonly account: Account }[]
  readonly sponsor: Account
  readonly title: string
  readonly calls: readonly ContractCall[]
  readonly attempt: string
  /** Told when it is proposed, and when it has passed. */
  readonly onStep?: (step: 'proposed' | 'passed', id: number) => void
  readonly signal?: AbortSignal
}

const retryMs = 200

/** Proposes, votes, waits out the delay and executes; returns once that is durable. Throws as `propose`, `castVote` and `executeProposal`. */
export async function decide(ledger: CouncilLedger, decision: Decision): Promise<{ readonly id: number; readonly outcome: WriteOutcome }> {
  const { seats, sponsor, title, calls, attempt, onStep, signal } = decision
  const proposer = seats[0]
  if (proposer === undefined) throw new TypeError('expected a seat')
  const signing = ({ name, account }: (typeof seats)[number]) => ({ seat: name, account, sponsor })
  const hash = payloadHash(encodePayload(calls))
  const id = proposalIdOf(await (await propose(ledger, { ...signing(proposer), title, calls, attempt })).inBlock())
  onStep?.('proposed', id)
  for (const seat of seats) await (await castVote(ledger, { ...signing(seat), id, payloadHash: hash, agrees: true })).inBlock()
  onStep?.('passed', id)
  for (;;) {
    signal?.throwIfAborted()
    try {
      const write = await executeProposal(ledger, { ...signing(proposer), id, payloadHash: hash })
      return { id, outcome: await write.durable() }
    } catch (error) {
      if (errorCode(error) !== 'ERR_COUNCIL_TOO_EARLY') throw error
      await new Promise(resolve => setTimeout(resolve, retryMs))
    }
  }
}
