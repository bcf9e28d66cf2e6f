import { DataTable, useLoaded, useNameOf, useSpeech, useTexts } from '@hufu/look'
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { ApplicationSummary } from '../api/staff-answers.ts'
import { ApplicationMark } from './application-mark.tsx'
import { counterTexts } from './counter-texts.ts'
import { useTypes } from './use-types.ts'

interface ApplicationTableProps {
  readonly caption: string
  /** Empty: all. */
  readonly state: string
  readonly pathOf: (id: string) => string
  readonly empty: string
  /** Also says who entered it. */
  readonly showsClerk?: boolean
}

const pageLength = 50

/** Applications, the newest first. */
export function ApplicationTable({ caption, state, pathOf, empty, showsClerk = false }: ApplicationTableProps) {
  const texts = useTexts(counterTexts)
  const { dateTime } = useSpeech()
  const nameOf = useNameOf()
  const types = useTypes()
  const [limit, setLimit] = useState(pageLength)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter begins anew
  useEffect(() => setLimit(pageLength), [state])
  const { data, error, reload } = useLoaded(
    `applications ${state} ${limit}`,
    client =>
      client.get<{ applications: readonly ApplicationSummary[] }>(
        `/issuer/applications?limit=${limit}${state === '' ? '' : `&state=${state}`}`,
      ),
    { everyMs: 20_000 },
  )
  const personOf = ({ name }: ApplicationSummary): string => name ?? texts.unnamed
  return (
    <DataTable
      caption={caption}
      rows={data?.applications}
      keyOf={({ id }) => id}
      error={error}
      onRetry={reload}
      empty={empty}
      onMore={data?.applications.length === limit && limit < 200 ? () => setLimit(before => before + pageLength) : undefined}
      columns={[
        { title: texts.applicant, show: row => <strong>{personOf(row)}</strong> },
        { title: texts.type, show: ({ type }) => types.nameOf(type) },
        { title: texts.state, show: row => <ApplicationMark {...row} /> },
        ...(showsClerk ? [{ title: texts.clerk, show: ({ clerk }: ApplicationSummary) => nameOf(clerk) }] : []),
        { title: texts.changed, show: ({ changedAtMs }) => dateTime(changedAtMs) },
        {
          title: '',
          show: row => (
            <Button component={Link} href={pathOf(row.id)} variant="default" aria-label={texts.openOf(personOf(row))}>
              {texts.open}
            </Button>
          ),
        },
      ]}
    />
  )
}
