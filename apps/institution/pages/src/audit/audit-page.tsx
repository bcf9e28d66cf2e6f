import { CopyButton, ErrorNotice, Loading, Page, Rows, Section, useClient, useLoaded, useSpeech, useTask, useTexts } from '@hufu/look'
import { Alert, Button, Code } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import type { AuditHead } from '../api/staff-answers.ts'
import { auditTexts } from './audit-texts.ts'
import { Records } from './records.tsx'

/** The log: its end and anchor, how to check it, and its records. */
export function AuditPage() {
  const texts = useTexts(auditTexts)
  const { number, exactTime } = useSpeech()
  const { data, error, reload } = useLoaded('audit head', client => client.get<AuditHead>('/audit/head'), { everyMs: 15_000 })
  return (
    <Page
      title={texts.title}
      explain={texts.explain}
      aside={
        <Button component="a" href="/audit/export" download="audit.jsonl" leftSection={<IconDownload size={20} aria-hidden />}>
          {texts.export}
        </Button>
      }
    >
      <Section title={texts.head}>
        <ErrorNotice error={error} onRetry={reload} />
        {data === undefined && error === undefined && <Loading />}
        {data !== undefined && (
          <Rows
            rows={[
              { name: texts.position, value: number(data.head.sequence) },
              { name: texts.hash, value: <code>{data.head.hash}</code> },
              {
                name: texts.anchor,
                value:
                  data.anchor === undefined
                    ? texts.none
                    : `${texts.position} ${number(data.anchor.sequence)} · ${texts.block} ${number(data.anchor.blockIndex)} · ${exactTime(data.anchor.timeMs)}. ${
                        data.anchor.sequence === data.head.sequence
                          ? texts.complete
                          : texts.behind(data.head.sequence - data.anchor.sequence)
                      }`,
              },
            ]}
          />
        )}
      </Section>
      <Section title={texts.check}>
        <p>{texts.checkExplain}</p>
        <Code block>hufu audit verify audit.jsonl</Code>
        <ReaderToken />
      </Section>
      {data !== undefined && <Records last={data.head.sequence} />}
    </Page>
  )
}

function ReaderToken() {
  const texts = useTexts(auditTexts)
  const { dateTime } = useSpeech()
  const client = useClient()
  const task = useTask()
  const [made, setMade] = useState<{ token: string; expiresAtMs: number }>()
  const make = (): void => task.run(async () => setMade(await client.send('POST', '/staff/tokens')))
  return (
    <>
      <h3>{texts.token}</h3>
      <p>{texts.tokenExplain}</p>
      <ErrorNotice error={task.error} />
      {made === undefined ? (
        <Button variant="default" loading={task.isRunning} onClick={make}>
          {texts.makeToken}
        </Button>
      ) : (
        <Alert role="status" color="bronze" variant="light">
          <p>
            {texts.tokenOnce} {texts.until} {dateTime(made.expiresAtMs)}
          </p>
          <p>
            <code>{made.token}</code>
          </p>
          <CopyButton text={made.token} />
        </Alert>
      )}
    </>
  )
}
