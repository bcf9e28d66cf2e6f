import { alarmCodes, alarmId, describeAlarm, type Finding } from './describe-alarm.ts'
import type { Alarm, AlarmChange, AlarmCode } from './fleet.ts'

/** So long an alarm stays after it was seen last: a node that lies only now and then shall not ring with every lie. */
const holdMs: Partial<Record<AlarmCode, number>> = { ALARM_FORK: 600_000, ALARM_LYING: 30_000, ALARM_DISK: 60_000 }

interface Entry {
  readonly alarm: Alarm
  readonly seenMs: number
}

/** The alarms that are on. Each is raised once and cleared once, however often it is found between. */
export class AlarmBook {
  readonly #entries = new Map<string, Entry>()

  /** Takes what was found at a moment. @returns what begins and what ends */
  update(nowMs: number, findings: readonly Finding[]): readonly AlarmChange[] {
    const changes: AlarmChange[] = []
    for (const finding of findings) {
      const before = this.#entries.get(alarmId(finding.code, finding.node))
      const alarm = describeAlarm(finding, before?.alarm.sinceMs ?? nowMs)
      this.#entries.set(alarm.id, { alarm, seenMs: nowMs })
      if (before === undefined) changes.push({ kind: 'raised', atMs: nowMs, alarm })
    }
    for (const [id, { alarm, seenMs }] of this.#entries) {
      if (seenMs === nowMs && findings.some(finding => alarmId(finding.code, finding.node) === id)) continue
      if (nowMs - seenMs < (holdMs[alarm.code] ?? 0)) continue
      this.#entries.delete(id)
      changes.push({ kind: 'cleared', atMs: nowMs, alarm })
    }
    return changes
  }

  /** The gravest first, then by time. */
  get alarms(): readonly Alarm[] {
    return [...this.#entries.values()]
      .map(({ alarm }) => alarm)
      .sort((left, right) => alarmCodes.indexOf(left.code) - alarmCodes.indexOf(right.code) || left.sinceMs - right.sinceMs)
  }
}
