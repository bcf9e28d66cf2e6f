import { DataTable, ErrorNotice, Loading, Page, Rows, Section, useLoaded, useSession, useSpeech, useTexts } from '@hufu/look'
import { Alert, Code } from '@mantine/core'
import { IconHandStop, IconInfoCircle } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { Council, ProposalList } from '../../../src/api-types.ts'
import { duration } from '../frame/durations.ts'
import { Hash } from '../frame/hash.tsx'
import classes from './council-page.module.css'
import { councilTexts } from './council-texts.ts'
import { EmergencyStop } from './emergency-stop.tsx'
import { StateMark } from './state-mark.tsx'
import { VoteBar } from './vote-bar.tsx'

const everyMs = 4_000

/** What is before the council, who sits in it, and by which rules. */
export function CouncilPage() {
  const texts = useTexts(councilTexts)
  const { exactTime, dateTime } = useSpeech()
  const { me } = useSession()
  const council = useLoaded('council', client => client.get<Council>('/v1/council'), { everyMs: everyMs * 2 })
  const { data, error, reload } = useLoaded('proposals', client => client.get<ProposalList>('/v1/explorer/proposals'), { everyMs })
  return (
    <Page title={texts.title} explain={texts.explain}>
      <ErrorNotice error={council.error} onRetry={council.reload} />
      {council.data?.isStopped === true && (
        <Alert color="cinnabar" variant="light" title={texts.stopped} icon={<IconHandStop aria-hidden />} mb="md">
          {texts.stoppedUntil(exactTime(council.data.stoppedUntilMs))}
        </Alert>
      )}
      {council.data?.isFounding === true && (
        <Alert color="bronze" variant="light" title={texts.founding} icon={<IconInfoCircle aria-hidden />} mb="md">
          {texts.foundingExplain}
        </Alert>
      )}
      <h2 className={classes.heading}>{texts.proposals}</h2>
      <ErrorNotice error={error} onRetry={reload} />
      {data === undefined && error === undefined && <Loading />}
      {data?.proposals.length === 0 && <p className={classes.none}>{texts.none}</p>}
      <ul className={classes.proposals}>
        {data?.proposals.map(proposal => (
          <li key={proposal.id}>
            <Link href={`/council/${proposal.id}`} className={classes.proposal!}>
              <span className={classes.head}>
                <strong>{proposal.title}</strong>
                <StateMark state={proposal.state} />
              </span>
              <span className={classes.meta}>
                {texts.proposal(String(proposal.id))} · {proposal.seat} · {dateTime(proposal.proposedMs)}
              </span>
              {council.data !== undefined && <VoteBar proposal={proposal} council={council.data} />}
            </Link>
          </li>
        ))}
      </ul>
      {council.data !== undefined && (
        <>
          <Seats council={council.data} />
          <Rules council={council.data} />
        </>
      )}
      <Section title={texts.collections}>
        <p>{texts.collectionsExplain}</p>
        <Code block>hufu council collect list</Code>
      </Section>
      {me?.roles.includes('member') === true && council.data !== undefined && <EmergencyStop seats={council.data.seats} />}
    </Page>
  )
}

function Seats({ council }: { readonly council: Council }) {
  const texts = useTexts(councilTexts)
  return (
    <Section title={texts.seats}>
      <DataTable
        caption={texts.seats}
        rows={council.seats}
        keyOf={({ name }) => name}
        empty="—"
        columns={[
          { title: texts.seat, show: ({ name }) => <strong>{name}</strong> },
          { title: texts.account, show: ({ account }) => <Hash value={account} /> },
          { title: texts.validatorKey, show: ({ validatorKey }) => (validatorKey === null ? '—' : <Hash value={validatorKey} />) },
        ]}
      />
    </Section>
  )
}

function Rules({ council }: { readonly council: Council }) {
  const texts = useTexts(councilTexts)
  const { number, language } = useSpeech()
  const names = Object.keys(texts.ruleNames) as (keyof Council['rules'])[]
  return (
    <Section title={texts.rules}>
      <Rows
        rows={names.map(name => ({
          name: texts.ruleNames[name],
          value: name.endsWith('Ms') ? duration(council.rules[name], language) : number(council.rules[name]),
        }))}
      />
    </Section>
  )
}
