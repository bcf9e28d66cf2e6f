import {
  type DescribedCall,
  describePayload,
  type ProposalStanding,
  type ProposalWithPayload,
  readCouncil,
  readProposal,
  standingOfProposal,
} from '@hufu/council'
import type { Session } from '../session.ts'

/** A proposal in words, as it stands by this machine's clock. */
export interface SeenProposal extends ProposalWithPayload {
  readonly calls: readonly DescribedCall[]
  readonly standing: ProposalStanding
}

/** Reads a proposal and says what it would do. Throws as `readProposal`. */
export async function seeProposal({ client, network }: Session, id: number): Promise<SeenProposal> {
  const [read, { seats, rules }] = await Promise.all([readProposal({ client, network }, id), readCouncil({ client, network })])
  return {
    ...read,
    calls: describePayload(read.payload, { network, seats, rules }),
    standing: standingOfProposal(read.proposal, Date.now()),
  }
}
