import { DataTable, ErrorNotice, Loading, Page, Section, useClient, useLoaded, useSpeech, useTask, useTexts } from '@hufu/look'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { BlockList, NotificationList, Search } from '../../../src/api-types.ts'
import { Hash } from '../frame/hash.tsx'
import classes from './explorer-page.module.css'
import { explorerTexts } from './explorer-texts.ts'
import { Notifications } from './notifications.tsx'
import { placeOfPath } from './place-of-path.ts'

const contracts = ['identifiers', 'trust', 'status', 'proofs', 'council', 'gateway', 'titles'] as const

/** What is on the ledger, for everybody: search, the latest blocks, and what contracts told. */
export function ExplorerPage() {
  const texts = useTexts(explorerTexts)
  return (
    <Page title={texts.title} explain={texts.explain}>
      <SearchForm />
      <LatestBlocks />
      <LatestNotifications />
    </Page>
  )
}

function SearchForm() {
  const texts = useTexts(explorerTexts)
  const client = useClient()
  const task = useTask()
  const [asked, setAsked] = useState('')
  const [found, setFound] = useState<Search['found']>()
  const search = (): void =>
    task.run(async () => {
      const answer = await client.get<Search>(`/v1/explorer/search?q=${encodeURIComponent(asked.trim())}`)
      setFound(answer.found)
      const [only, ...others] = answer.found
      if (only !== undefined && others.length === 0) location.hash = placeOfPath(only.path)
    })
  return (
    <search>
      <form
        className={classes.search}
        onSubmit={event => {
          event.preventDefault()
          if (asked.trim() !== '') search()
        }}
      >
        <TextInput
          className={classes.input!}
          label={texts.searchLabel}
          value={asked}
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          onChange={event => setAsked(event.currentTarget.value)}
        />
        <Button type="submit" loading={task.isRunning} leftSection={<IconSearch size={20} aria-hidden />}>
          {texts.search}
        </Button>
      </form>
      <ErrorNotice error={task.error} />
      <div role="status">
        {found?.length === 0 && <p>{texts.nothing}</p>}
        {found !== undefined && found.length > 0 && (
          <ul className={classes.found} aria-label={texts.found}>
            {found.map(({ label, path, kind }) => (
              <li key={path}>
                {texts.meanings[kind]} <Link href={placeOfPath(path)}>{label}</Link>
              </li>
            ))}
          </ul>
        )}
      </div>
    </search>
  )
}

function LatestBlocks() {
  const texts = useTexts(explorerTexts)
  const { number, exactTime } = useSpeech()
  const [before, setBefore] = useState<number>()
  const path = `/v1/explorer/blocks?limit=10${before === undefined ? '' : `&before=${before}`}`
  const { data, error, reload } = useLoaded(path, client => client.get<BlockList>(path), {
    everyMs: before === undefined ? 5_000 : undefined,
  })
  return (
    <Section
      title={texts.latestBlocks}
      aside={
        <Button variant="default" disabled={data?.next == null} onClick={() => setBefore(data?.next ?? undefined)}>
          {texts.older}
        </Button>
      }
    >
      <DataTable
        caption={texts.latestBlocks}
        rows={data?.blocks}
        keyOf={({ index }) => String(index)}
        error={error}
        onRetry={reload}
        empty={texts.nothing}
        columns={[
          { title: texts.block, show: ({ index }) => <Link href={`/explorer/blocks/${index}`}>{number(index)}</Link> },
          { title: texts.time, show: ({ timeMs }) => exactTime(timeMs) },
          { title: texts.transactions, isNumber: true, show: ({ transactions }) => number(transactions) },
          { title: texts.hash, show: ({ hash }) => <Hash value={hash} /> },
        ]}
      />
    </Section>
  )
}

function LatestNotifications() {
  const texts = useTexts(explorerTexts)
  const [contract, setContract] = useState('')
  const [before, setBefore] = useState<string>()
  const path = `/v1/explorer/notifications?limit=20${contract === '' ? '' : `&contract=${contract}`}${before === undefined ? '' : `&before=${before}`}`
  const { data, error, reload } = useLoaded(path, client => client.get<NotificationList>(path), {
    everyMs: before === undefined ? 5_000 : undefined,
  })
  return (
    <Section
      title={texts.latestNotifications}
      aside={
        <>
          <NativeSelect
            aria-label={texts.contract}
            value={contract}
            onChange={event => {
              setBefore(undefined)
              setContract(event.currentTarget.value)
            }}
            data={[{ value: '', label: texts.all }, ...contracts]}
          />
          <Button variant="default" disabled={data?.next == null} onClick={() => setBefore(data?.next ?? undefined)}>
            {texts.older}
          </Button>
        </>
      }
    >
      <ErrorNotice error={error} onRetry={reload} />
      {data === undefined ? error === undefined && <Loading /> : <Notifications notifications={data.notifications} />}
    </Section>
  )
}
