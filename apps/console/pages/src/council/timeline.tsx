import { useNowMs, useSpeech, useTexts } from '@hufu/look'
import type { Proposal } from '../../../src/api-types.ts'
import { duration } from '../frame/durations.ts'
import { councilTexts } from './council-texts.ts'
import classes from './timeline.module.css'

/** When a proposal may be voted on, vetoed and executed, and where it is now. */
export function Timeline({ proposal }: { readonly proposal: Proposal }) {
  const texts = useTexts(councilTexts)
  const { exactTime, language } = useSpeech()
  const nowMs = useNowMs()
  const stops = [
    { name: texts.proposed, atMs: proposal.proposedMs },
    ...(proposal.state === 'open' || proposal.state === 'expired' ? [{ name: texts.votingEnds, atMs: proposal.votingUntilMs }] : []),
    { name: texts.delayEnds, atMs: proposal.executableFromMs },
    { name: texts.executeUntil, atMs: proposal.executableUntilMs },
  ]
  return (
    <ol className={classes.line}>
      {stops.map(({ name, atMs }) => {
        const isKnown = atMs > 0
        const isPast = isKnown && atMs <= nowMs
        return (
          <li key={name} className={classes.stop} data-past={isPast} data-known={isKnown}>
            <span className={classes.name}>{name}</span>
            <span className={classes.time}>
              {isKnown ? <time dateTime={new Date(atMs).toISOString()}>{exactTime(atMs)}</time> : texts.notYet}
              {isKnown && !isPast && <strong> · {duration(atMs - nowMs, language)}</strong>}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
