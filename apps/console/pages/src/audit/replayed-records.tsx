import { DataTable, Mark, Section, useSpeech, useTexts } from '@hufu/look'
import type { AuditReport } from '@hufu/service/check-audit-log'
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { auditTexts } from './audit-texts.ts'
import type { ReadLog } from './read-log.ts'

const shownRecords = 100

/** The log's records, each with what vouches for it. */
export function ReplayedRecords({ log, report }: { readonly log: ReadLog; readonly report: AuditReport }) {
  const texts = useTexts(auditTexts)
  const { exactTime, number } = useSpeech()
  const [filter, setFilter] = useState('')
  const { finding, anchoredThrough } = report
  const wanted = filter.trim().toLowerCase()
  const rows = log.copy.records
    .map((record, index) => ({ record, place: index + 1 }))
    .filter(({ record }) => wanted === '' || JSON.stringify([record.actor, record.action, record.subject]).toLowerCase().includes(wanted))
  const stateOf = (place: number) => {
    if (finding !== null && finding.kind !== 'not-anchored' && place >= finding.from) return <Mark tone="bad">{texts.broken}</Mark>
    return place <= anchoredThrough ? <Mark tone="good">{texts.anchored}</Mark> : <Mark tone="plain">{texts.chained}</Mark>
  }
  return (
    <Section title={texts.entries}>
      <TextInput label={texts.filter} value={filter} mb="md" onChange={event => setFilter(event.currentTarget.value)} />
      <DataTable
        caption={texts.entries}
        rows={rows.slice(0, shownRecords)}
        keyOf={({ place }) => String(place)}
        empty={texts.none}
        columns={[
          { title: texts.position, isNumber: true, show: ({ place }) => number(place) },
          { title: texts.at, show: ({ record }) => exactTime(Number(record.atMs)) },
          { title: texts.who, show: ({ record }) => String(record.actor) },
          { title: texts.action, show: ({ record }) => <span lang="en">{String(record.action)}</span> },
          { title: texts.about, show: ({ record }) => (record.subject === undefined ? '—' : <code>{String(record.subject)}</code>) },
          { title: texts.state, show: ({ place }) => stateOf(place) },
        ]}
      />
      {rows.length > shownRecords && <p>{texts.more(number(shownRecords))}</p>}
    </Section>
  )
}
