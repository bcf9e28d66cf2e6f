import { Section, useSpeech, useTexts } from '@hufu/look'
import { fleetTexts } from './fleet-texts.ts'
import { type FleetEvent, useLiveFleet } from './live-fleet.tsx'
import classes from './what-happened.module.css'

/** What has changed since the page was opened, the newest first. */
export function WhatHappened() {
  const texts = useTexts(fleetTexts)
  const { say, exactTime } = useSpeech()
  const { events } = useLiveFleet()
  const words = ({ kind, subject, what }: FleetEvent): string =>
    kind === 'down' || kind === 'up' ? texts.event[kind](subject) : `${texts.event[kind]}: ${what === undefined ? subject : say(what)}`
  return (
    <Section title={texts.events}>
      {events.length === 0 ? (
        <p className={classes.none}>{texts.noEvents}</p>
      ) : (
        <ol className={classes.events}>
          {events.map(event => (
            <li key={`${event.atMs} ${event.kind} ${event.subject}`} data-kind={event.kind}>
              <time dateTime={new Date(event.atMs).toISOString()}>{exactTime(event.atMs)}</time>
              <span>{words(event)}</span>
            </li>
          ))}
        </ol>
      )}
    </Section>
  )
}
