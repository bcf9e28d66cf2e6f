import { ErrorNotice, Loading, Page, Rows, Section, useClient, useLoaded, useSpeech, useTask, useTexts } from '@hufu/look'
import { Alert, Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { BegunPresentation, RegisteredQuery } from '../api/staff-answers.ts'
import { PresentationView } from './presentation-view.tsx'
import { verificationTexts } from './verification-texts.ts'

/** Asks somebody at the counter to show something. */
export function VerifyPage() {
  const texts = useTexts(verificationTexts)
  const { say } = useSpeech()
  const client = useClient()
  const task = useTask()
  const [queryId, setQueryId] = useState('')
  const [begun, setBegun] = useState<BegunPresentation>()
  const { data, error, reload } = useLoaded('queries', each => each.get<{ queries: readonly RegisteredQuery[] }>('/verifier/queries'))
  const query = data?.queries.find(({ id }) => id === queryId)
  const begin = (): void =>
    task.run(async () => setBegun(await client.send<BegunPresentation>('POST', '/verifier/counter/presentations', { queryId })))
  if (begun !== undefined && query !== undefined)
    return (
      <Page title={say(query.purpose)}>
        <PresentationView begun={begun} onEnd={() => setBegun(undefined)} />
      </Page>
    )
  return (
    <Page title={texts.title} explain={texts.explain} width="narrow">
      <ErrorNotice error={error} onRetry={reload} />
      {data === undefined && error === undefined && <Loading />}
      {data?.queries.length === 0 && (
        <Alert color="bronze" variant="light">
          {texts.none}
        </Alert>
      )}
      {data !== undefined && data.queries.length > 0 && (
        <>
          <NativeSelect
            label={texts.query}
            value={queryId}
            data={[{ value: '', label: texts.choose }, ...data.queries.map(({ id, purpose }) => ({ value: id, label: say(purpose) }))]}
            onChange={event => setQueryId(event.currentTarget.value)}
          />
          {query !== undefined && (
            <Section title={texts.version(query.id, query.version)}>
              <Rows
                rows={[
                  { name: texts.purpose, value: say(query.purpose) },
                  { name: texts.legalBasis, value: say(query.legalBasis) },
                  { name: texts.retention, value: texts.days(query.retentionDays) },
                ]}
              />
            </Section>
          )}
          <ErrorNotice error={task.error} />
          <Button mt="lg" disabled={query === undefined} loading={task.isRunning} onClick={begin}>
            {texts.begin}
          </Button>
        </>
      )}
    </Page>
  )
}
