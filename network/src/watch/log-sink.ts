import { msToDateTime } from '@hufu/primitives'
import type { AlarmChange } from './fleet.ts'

/** An alarm that begins or ends as one line of a structured log. */
export function alarmLogLine({ kind, atMs, alarm }: AlarmChange): string {
  const { id, code, severity, certainty, node, sinceMs, what, command, runbook } = alarm
  return JSON.stringify({
    time: msToDateTime(atMs),
    level: kind === 'cleared' ? 'info' : severity === 'critical' ? 'error' : 'warn',
    event: `alarm ${kind}`,
    id,
    code,
    certainty,
    ...(node === undefined ? {} : { node }),
    since: msToDateTime(sinceMs),
    message: what.en,
    command,
    runbook,
  })
}
