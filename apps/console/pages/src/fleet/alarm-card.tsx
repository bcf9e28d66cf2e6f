import { CopyButton, Mark, useSpeech, useTexts } from '@hufu/look'
import { IconAlertOctagon, IconAlertTriangle } from '@tabler/icons-react'
import type { Fleet } from '../../../src/api-types.ts'
import classes from './alarm-card.module.css'
import { fleetTexts } from './fleet-texts.ts'

/** What is wrong, since when, how sure that is, and the one thing to do about it. */
export function AlarmCard({ alarm }: { readonly alarm: Fleet['alarms'][number] }) {
  const texts = useTexts(fleetTexts)
  const { say, exactTime } = useSpeech()
  const Icon = alarm.severity === 'critical' ? IconAlertOctagon : IconAlertTriangle
  return (
    <article className={classes.alarm} data-severity={alarm.severity}>
      <Icon size={28} stroke={1.8} className={classes.icon} aria-hidden />
      <div className={classes.body}>
        <h3 className={classes.what}>{say(alarm.what)}</h3>
        <p className={classes.meta}>
          <Mark tone={alarm.severity === 'critical' ? 'bad' : 'waiting'}>{texts.severity[alarm.severity]}</Mark>
          <code>{alarm.code}</code>
          <span>
            {texts.since} <time dateTime={new Date(alarm.sinceMs).toISOString()}>{exactTime(alarm.sinceMs)}</time>
          </span>
          <span>{texts.certainty[alarm.certainty]}</span>
        </p>
        <p className={classes.todo}>
          <strong>{texts.whatToDo}</strong> {say(alarm.whatToDo)}
        </p>
        <div className={classes.command}>
          <code>{alarm.command}</code>
          <CopyButton text={alarm.command} />
        </div>
        <p className={classes.runbook}>
          {texts.runbook} <code>{alarm.runbook}</code>
        </p>
      </div>
    </article>
  )
}
