import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alarmCodes, describeAlarm } from './describe-alarm.ts'
import { alarmLogLine } from './log-sink.ts'

const repository = join(import.meta.dirname, '..', '..', '..')
const detail = { en: 'It lacks 3 blocks.', 'zh-CN': '缺少 3 个区块。' }

describe.each(alarmCodes)('%s', code => {
  test.each([true, false])('says in both languages what it is and what to do (on this machine: %s)', isHere => {
    const alarm = describeAlarm({ code, certainty: 'seen', node: 'city-1', isHere, detail }, 5)
    expect(alarm).toMatchObject({ id: `${code}/city-1`, sinceMs: 5, node: 'city-1' })
    expect(alarm.what.en).toContain(detail.en)
    expect(alarm.what['zh-CN']).toContain(detail['zh-CN'])
    for (const text of [alarm.whatToDo.en, alarm.whatToDo['zh-CN']]) expect(text).toContain(alarm.command)
    expect(alarm.what['zh-CN']).toMatch(/\p{Script=Han}/u)
    expect(alarm.command).not.toBe('')
  })

  test('has a page that names it, its command, and answers the five questions', () => {
    const alarm = describeAlarm({ code, certainty: 'seen', node: 'NAME', isHere: true, detail }, 5)
    const page = readFileSync(join(repository, alarm.runbook), 'utf8')
    expect(page).toContain(code)
    expect(page).toContain(alarm.command)
    for (const heading of ['## What you see', '## Why', '## What to do', '## How to know it is over', '## What not to do'])
      expect(page).toContain(heading)
  })
})

test('there is no page without an alarm', () => {
  const folder = join(repository, 'docs', 'runbooks')
  const pages = alarmCodes.map(code => describeAlarm({ code, certainty: 'seen', isHere: true, detail }, 0).runbook)
  expect(existsSync(folder)).toBe(true)
  expect(
    readdirSync(folder)
      .map(name => `docs/runbooks/${name}`)
      .toSorted(),
  ).toEqual([...pages, 'docs/runbooks/README.md'].toSorted())
})

test('one line of log says what changed, when, and where to read on', () => {
  const alarm = describeAlarm({ code: 'ALARM_LAGGING', certainty: 'seen', node: 'city-1', isHere: true, detail }, 1_000)
  const lines = (['raised', 'cleared'] as const).map(kind => JSON.parse(alarmLogLine({ kind, atMs: 61_000, alarm })))
  expect(lines[0]).toMatchObject({
    time: '1970-01-01T00:01:01Z',
    since: '1970-01-01T00:00:01Z',
    level: 'warn',
    event: 'alarm raised',
    id: 'ALARM_LAGGING/city-1',
    runbook: 'docs/runbooks/lagging.md',
  })
  expect(lines[1]).toMatchObject({ level: 'info', event: 'alarm cleared' })
})
