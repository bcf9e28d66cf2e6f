import { ErrorNotice, Section, useClient, useTask, useTexts } from '@hufu/look'
import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import type { Council, Prepared, PrepareRequest, Proposal } from '../../../src/api-types.ts'
import { councilTexts } from './council-texts.ts'
import { PreparedTransaction } from './prepared-transaction.tsx'
import { type ChosenSeat, SeatChoice, useChosenSeat } from './seat-choice.tsx'

type Action = 'agree' | 'refuse' | 'retract' | 'veto' | 'withdraw' | 'execute'

interface ActOnProposalProps {
  readonly proposal: Proposal
  readonly seats: Council['seats']
}

/** What a member can do about a proposal now. This server prepares it; only the seat's key makes it count. */
export function ActOnProposal({ proposal, seats }: ActOnProposalProps) {
  const texts = useTexts(councilTexts)
  const client = useClient()
  const task = useTask()
  const [chosen, setChosen, isChosen] = useChosenSeat(seats)
  const [prepared, setPrepared] = useState<Prepared>()
  const prepare = (action: Action): void =>
    task.run(async () => {
      setPrepared(undefined)
      setPrepared(await client.send('POST', '/v1/council/prepare', requestOf(action, chosen, proposal)))
    })
  return (
    <Section title={texts.act}>
      <p>{texts.actExplain}</p>
      <SeatChoice
        seats={seats}
        chosen={chosen}
        onChange={next => {
          setChosen(next)
          setPrepared(undefined)
        }}
      />
      <Group mt="md" gap="xs">
        {actionsIn(proposal, chosen.seat).map(action => (
          <Button
            key={action}
            variant={action === 'agree' || action === 'execute' ? 'filled' : 'default'}
            disabled={task.isRunning || !isChosen}
            onClick={() => prepare(action)}
          >
            {texts.actions[action]}
          </Button>
        ))}
      </Group>
      <ErrorNotice error={task.error} />
      {prepared !== undefined && <PreparedTransaction key={prepared.transactionHash} prepared={prepared} publicKey={chosen.publicKey} />}
    </Section>
  )
}

function actionsIn({ state, votes, seat: proposer }: Proposal, seat: string): readonly Action[] {
  const hasAgreed = votes.some(vote => vote.seat === seat && vote.vote === 'agrees')
  const hasVoted = votes.some(vote => vote.seat === seat)
  const withdraw: readonly Action[] = proposer === seat ? ['withdraw'] : []
  if (state === 'open')
    return [...(hasVoted ? [] : (['agree', 'refuse'] as const)), ...(hasAgreed ? (['retract'] as const) : []), ...withdraw]
  if (state === 'passed') return ['veto', ...(hasAgreed ? (['retract'] as const) : []), ...withdraw]
  if (state === 'executable') return ['execute', ...(hasAgreed ? (['retract'] as const) : []), ...withdraw]
  return []
}

function requestOf(action: Action, chosen: ChosenSeat, { id, payloadHash }: Proposal): PrepareRequest {
  if (action === 'agree' || action === 'refuse') return { action: 'vote', ...chosen, id, payloadHash, agrees: action === 'agree' }
  return { action, ...chosen, id, payloadHash }
}
