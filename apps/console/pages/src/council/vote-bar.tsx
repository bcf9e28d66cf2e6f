import { useTexts } from '@hufu/look'
import type { Council, Proposal } from '../../../src/api-types.ts'
import { councilTexts } from './council-texts.ts'
import classes from './vote-bar.module.css'

interface VoteBarProps {
  readonly proposal: Proposal
  readonly council: Council
}

/** The seats in a row: who agrees, who is against, and where it passes. */
export function VoteBar({ proposal, council }: VoteBarProps) {
  const texts = useTexts(councilTexts)
  const { votesNeeded } = council.rules
  const agree = proposal.votes.filter(({ vote }) => vote === 'agrees').length
  const refuse = proposal.votes.filter(({ vote }) => vote === 'refuses').length
  const count = council.seats.length
  const stateOf = (place: number): string => (place < agree ? 'agrees' : place >= count - refuse ? 'refuses' : 'waits')
  return (
    <span className={classes.votes}>
      <span className={classes.bar} aria-hidden="true">
        {council.seats.map(({ name }, place) => (
          <span key={name} className={classes.seat} data-vote={stateOf(place)} data-last={place === votesNeeded - 1} />
        ))}
      </span>
      <span className={classes.words}>{texts.votesOf(agree, votesNeeded)}</span>
      {proposal.vetoes.length > 0 && (
        <span className={classes.vetoes}>{texts.vetoesOf(proposal.vetoes.length, council.rules.vetoesNeeded)}</span>
      )}
    </span>
  )
}
