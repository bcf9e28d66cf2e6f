import { DataTable, ErrorNotice, Page, Section, useClient, useLoaded, useMe, useNameOf, useSpeech, useTask, useTexts } from '@hufu/look'
import { Alert, Button, FileInput, NativeSelect, Progress } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Import } from '../api/staff-answers.ts'
import { useTypes } from '../counter/use-types.ts'
import { ImportMark } from './import-mark.tsx'
import { importTexts } from './import-texts.ts'

/** Files of residents: a new one, and those that were brought. */
export function ImportsPage() {
  const texts = useTexts(importTexts)
  const me = useMe()
  const { dateTime, number } = useSpeech()
  const nameOf = useNameOf()
  const types = useTypes()
  const { data, error, reload } = useLoaded('imports', client => client.get<{ imports: readonly Import[] }>('/issuer/imports'), {
    everyMs: 10_000,
  })
  return (
    <Page title={texts.title} explain={texts.explain}>
      {me.roles.includes('clerk') && <Upload />}
      <Section title={texts.list}>
        <DataTable
          caption={texts.list}
          rows={data?.imports}
          keyOf={({ id }) => id}
          error={error}
          onRetry={reload}
          empty={texts.empty}
          columns={[
            { title: texts.at, show: ({ createdAtMs }) => dateTime(createdAtMs) },
            { title: texts.type, show: ({ type }) => types.nameOf(type) },
            { title: texts.by, show: ({ clerk }) => nameOf(clerk) },
            { title: texts.state, show: ({ state }) => <ImportMark state={state} /> },
            { title: texts.good, isNumber: true, show: ({ good }) => number(good) },
            { title: texts.bad, isNumber: true, show: ({ bad }) => number(bad) },
            {
              title: '',
              show: ({ id, createdAtMs }) => (
                <Button component={Link} href={`/imports/${id}`} variant="default" aria-label={texts.openOf(dateTime(createdAtMs))}>
                  {texts.open}
                </Button>
              ),
            },
          ]}
        />
      </Section>
    </Page>
  )
}

function Upload() {
  const texts = useTexts(importTexts)
  const { say } = useSpeech()
  const client = useClient()
  const [, navigate] = useLocation()
  const { types, error } = useTypes()
  const [typeId, setTypeId] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const [percent, setPercent] = useState(0)
  const task = useTask()
  const importable = types?.filter(({ isImportable }) => isImportable) ?? []
  const chosen = typeId === '' ? importable[0]?.id : typeId
  const upload = (): void => {
    if (file === null || chosen === undefined) return
    setPercent(0)
    task.run(async () => {
      const path = `/issuer/imports?type=${encodeURIComponent(chosen)}`
      const { id } = await client.upload<Import>(path, file, part => setPercent(Math.floor(part * 100)))
      navigate(`/imports/${id}`)
    })
  }
  return (
    <Section title={texts.upload}>
      <ErrorNotice error={error} />
      {types !== undefined && importable.length === 0 ? (
        <Alert color="bronze" variant="light">
          {texts.none}
        </Alert>
      ) : (
        <form
          onSubmit={event => {
            event.preventDefault()
            upload()
          }}
        >
          <NativeSelect
            label={texts.type}
            value={chosen ?? ''}
            data={importable.map(({ id, title }) => ({ value: id, label: say(title) }))}
            onChange={event => setTypeId(event.currentTarget.value)}
          />
          <FileInput
            label={texts.file}
            placeholder={texts.choose}
            aria-label={file === null ? `${texts.file}: ${texts.choose}` : `${texts.file}: ${file.name}`}
            accept=".csv,text/csv"
            mt="sm"
            value={file}
            onChange={setFile}
          />
          <ErrorNotice error={task.error} />
          {task.isRunning && (
            <div role="status">
              <p>{texts.uploading(percent)}</p>
              <Progress value={percent} aria-label={texts.progress} />
            </div>
          )}
          <Button
            type="submit"
            mt="md"
            disabled={file === null}
            loading={task.isRunning}
            leftSection={<IconUpload size={20} aria-hidden />}
          >
            {texts.start}
          </Button>
        </form>
      )}
    </Section>
  )
}
