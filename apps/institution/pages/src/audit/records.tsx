import { DataTable, Section, useLoaded, useNameOf, useSpeech, useTexts } from '@hufu/look'
import { Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { AuditRecord } from '../api/staff-answers.ts'
import classes from '../counter/claim-inputs.module.css'
import { auditTexts } from './audit-texts.ts'

const pageLength = 100

/** Records of the log, the newest first, a range at a time. @param last - position of the last record */
export function Records({ last }: { readonly last: number }) {
  const texts = useTexts(auditTexts)
  const { exactTime } = useSpeech()
  const nameOf = useNameOf()
  // Undefined: whatever is newest.
  const [end, setEnd] = useState<number>()
  const [action, setAction] = useState('')
  const [actor, setActor] = useState('')
  const to = end ?? last
  const after = Math.max(0, to - pageLength)
  const { data, error, reload } = useLoaded(`entries ${after} ${to}`, client =>
    client.get<{ entries: readonly AuditRecord[] }>(`/audit/entries?after=${after}&limit=${Math.max(1, to - after)}`),
  )
  const whoOf = (record: AuditRecord): string =>
    (record.actor ?? '')
      .split(', ')
      .map(each => texts.actors[each] ?? nameOf(each))
      .join(', ')
  const shown = data?.entries
    .filter(
      record =>
        record.sequence <= to &&
        (record.action ?? '').toLowerCase().includes(action.trim().toLowerCase()) &&
        whoOf(record).toLowerCase().includes(actor.trim().toLowerCase()),
    )
    .toReversed()
  return (
    <Section title={texts.entries} aside={to > 0 && <span>{texts.range(after + 1, to)}</span>}>
      <div className={classes.grid}>
        <TextInput
          label={texts.filterAction}
          description={texts.filterHint}
          value={action}
          onChange={event => setAction(event.currentTarget.value)}
        />
        <TextInput
          label={texts.filterActor}
          description={texts.filterHint}
          value={actor}
          onChange={event => setActor(event.currentTarget.value)}
        />
      </div>
      <Group my="md" gap="xs">
        <Button variant="default" disabled={end === undefined} onClick={() => setEnd(undefined)}>
          {texts.newest}
        </Button>
        <Button variant="default" disabled={to >= last} onClick={() => setEnd(Math.min(last, to + pageLength))}>
          {texts.later}
        </Button>
        <Button variant="default" disabled={after === 0} onClick={() => setEnd(after)}>
          {texts.earlier}
        </Button>
      </Group>
      <DataTable
        caption={texts.entries}
        rows={shown}
        keyOf={({ sequence }) => String(sequence)}
        error={error}
        onRetry={reload}
        empty={texts.empty}
        columns={[
          { title: texts.position, isNumber: true, show: ({ sequence }) => sequence },
          { title: texts.at, show: ({ atMs }) => exactTime(atMs) },
          { title: texts.actor, show: whoOf },
          { title: texts.action, show: ({ action: each }) => <span lang="en">{each}</span> },
          { title: texts.subject, show: ({ subject }) => (subject === undefined ? '—' : <code>{subject}</code>) },
          { title: texts.detail, show: ({ detail }) => (detail === undefined ? '—' : <code>{JSON.stringify(detail)}</code>) },
          { title: texts.hash, show: ({ hash }) => <code title={hash}>{hash.slice(0, 12)}…</code> },
        ]}
      />
    </Section>
  )
}
