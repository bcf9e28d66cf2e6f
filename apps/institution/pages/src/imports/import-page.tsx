import {
  ConfirmDialog,
  DataTable,
  ErrorNotice,
  Loading,
  Page,
  Rows,
  Section,
  useClient,
  useLoaded,
  useMe,
  useNameOf,
  useSpeech,
  useTexts,
} from '@hufu/look'
import { Alert, Button, Progress } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import type { Import } from '../api/staff-answers.ts'
import { useTypes } from '../counter/use-types.ts'
import { ImportMark } from './import-mark.tsx'
import { importTexts } from './import-texts.ts'
import { readProblems } from './read-problems.ts'

const shownProblems = 200
const underWay: readonly Import['state'][] = ['uploading', 'checking', 'approved']

/** One import: how far it is, what is wrong with which rows, and approval. */
export function ImportPage({ id }: { readonly id: string }) {
  const texts = useTexts(importTexts)
  const { dateTime, number } = useSpeech()
  const nameOf = useNameOf()
  const types = useTypes()
  const [isUnderWay, setIsUnderWay] = useState(true)
  const { data, error, reload } = useLoaded(
    `import ${id}`,
    async client => {
      const found = await client.get<Import>(`/issuer/imports/${id}`)
      setIsUnderWay(underWay.includes(found.state))
      return found
    },
    { everyMs: isUnderWay ? 1_000 : undefined },
  )
  return (
    <Page title={texts.one} back="/imports" width="narrow" {...(data === undefined ? {} : { aside: <ImportMark state={data.state} /> })}>
      <ErrorNotice error={error} onRetry={reload} />
      {data === undefined && error === undefined && <Loading lines={5} />}
      {data !== undefined && (
        <>
          <UnderWay data={data} />
          {data.state === 'failed' && (
            <Alert role="alert" color="cinnabar" variant="light" mt="sm">
              {texts.failed}
            </Alert>
          )}
          {data.state === 'checked' && (
            <Approve
              data={data}
              onChanged={() => {
                setIsUnderWay(true)
                reload()
              }}
            />
          )}
          <Section title={texts.one}>
            <Rows
              rows={[
                { name: texts.type, value: types.nameOf(data.type) },
                { name: texts.by, value: nameOf(data.clerk) },
                { name: texts.at, value: dateTime(data.createdAtMs) },
                data.officer !== undefined && { name: texts.officer, value: nameOf(data.officer) },
                { name: texts.size, value: `${number(Math.ceil(data.bytes / 1024))} KiB` },
                { name: texts.good, value: number(data.good) },
                { name: texts.bad, value: number(data.bad) },
                { name: texts.unchanged, value: number(data.unchanged) },
                { name: texts.passedOver, value: number(data.passedOver) },
                { name: texts.applied, value: number(data.applied) },
              ]}
            />
          </Section>
          {!['uploading', 'checking'].includes(data.state) && <Problems data={data} />}
        </>
      )}
    </Page>
  )
}

function UnderWay({ data }: { readonly data: Import }) {
  const texts = useTexts(importTexts)
  const { state, bytes, checkedBytes, good, applied, unchanged, passedOver } = data
  if (state !== 'checking' && state !== 'approved') return null
  const part = state === 'checking' ? checkedBytes / Math.max(1, bytes) : (applied + unchanged + passedOver) / Math.max(1, good)
  const percent = Math.min(100, Math.floor(part * 100))
  return (
    <Section title={state === 'checking' ? texts.checking : texts.applying} aside={<strong>{texts.percent(percent)}</strong>}>
      <Progress value={percent} aria-label={texts.progress} animated />
    </Section>
  )
}

function Approve({ data, onChanged }: { readonly data: Import; readonly onChanged: () => void }) {
  const texts = useTexts(importTexts)
  const client = useClient()
  const me = useMe()
  const [isOpen, setIsOpen] = useState(false)
  if (data.good === 0)
    return (
      <Alert color="bronze" variant="light" mt="sm">
        {texts.nothing}
      </Alert>
    )
  if (!me.roles.includes('officer') || data.clerk === me.id)
    return (
      <Alert color="bronze" variant="light" mt="sm">
        {me.roles.includes('officer') ? texts.own : texts.waits}
      </Alert>
    )
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{texts.approve}</Button>
      <ConfirmDialog
        title={texts.approveTitle}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        action={texts.approve}
        onConfirm={async () => {
          await client.send('POST', `/issuer/imports/${data.id}/approve`)
          onChanged()
        }}
      >
        <p>{texts.approveExplain(data.good)}</p>
      </ConfirmDialog>
    </>
  )
}

function Problems({ data }: { readonly data: Import }) {
  const texts = useTexts(importTexts)
  const { say } = useSpeech()
  const path = `/issuer/imports/${data.id}/errors.csv`
  const loaded = useLoaded(`problems ${data.id}`, async client =>
    data.bad === 0 ? [] : readProblems(await client.getText(path), shownProblems),
  )
  return (
    <Section
      title={texts.problems}
      aside={
        data.bad > 0 && (
          <Button component="a" href={path} download="errors.csv" variant="default" leftSection={<IconDownload size={20} aria-hidden />}>
            {texts.download}
          </Button>
        )
      }
    >
      {data.bad > 0 && <p>{texts.problemsExplain}</p>}
      <DataTable
        caption={texts.problems}
        rows={loaded.data}
        keyOf={({ line, column, rule }) => `${line} ${column} ${rule}`}
        error={loaded.error}
        onRetry={loaded.reload}
        empty={texts.allGood}
        columns={[
          { title: texts.line, show: ({ line }) => line },
          { title: texts.column, show: ({ column }) => <code>{column}</code> },
          { title: texts.rule, show: ({ message }) => say(message) },
          { title: texts.fix, show: ({ fix }) => say(fix) },
        ]}
      />
      {(loaded.data?.length ?? 0) >= shownProblems && <p>{texts.firstProblems(shownProblems, data.bad)}</p>}
    </Section>
  )
}
