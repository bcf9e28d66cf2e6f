import { DataTable, Loading, Mark, Page, Rows, Section, type Tone, useLoaded, useSession, useSpeech, useTexts } from '@hufu/look'
import { Alert, Code } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Council, Proposal, ProposalAnswer } from '../../../src/api-types.ts'
import { Hash } from '../frame/hash.tsx'
import { VerifiedAnswer } from '../verify/verified-answer.tsx'
import { ActOnProposal } from './act-on-proposal.tsx'
import { councilTexts } from './council-texts.ts'
import classes from './proposal-page.module.css'
import { StateMark } from './state-mark.tsx'
import { Timeline } from './timeline.tsx'
import { VoteBar } from './vote-bar.tsx'

type Vote = Proposal['votes'][number]['vote'] | 'vetoes' | 'waits'

const tones: Readonly<Record<Vote, Tone>> = { agrees: 'good', refuses: 'bad', vetoes: 'bad', retracted: 'plain', waits: 'plain' }

/** A proposal: what it would do, when, who said what, and how to take part. */
export function ProposalPage({ id }: { readonly id: number }) {
  const texts = useTexts(councilTexts)
  const { me } = useSession()
  const { data: council } = useLoaded('council', client => client.get<Council>('/v1/council'))
  return (
    <Page title={texts.proposal(String(id))} back="/council">
      {council === undefined ? (
        <Loading />
      ) : (
        <VerifiedAnswer<ProposalAnswer>
          path={`/v1/explorer/proposals/${id}`}
          asked={{ kind: 'proposal', id }}
          none={<p>{texts.noneThere}</p>}
          everyMs={5_000}
        >
          {shown => (
            <>
              <Section title={shown.title} aside={<StateMark state={shown.state} />}>
                <VoteBar proposal={shown} council={council} />
                <h3>{texts.timeline}</h3>
                <Timeline proposal={shown} />
              </Section>
              <Section title={texts.calls}>
                <Calls proposal={shown} />
                <Rows
                  rows={[
                    { name: texts.by, value: shown.seat },
                    { name: texts.payloadHash, value: <Hash value={shown.payloadHash} isWhole /> },
                  ]}
                />
              </Section>
              <Section title={texts.votes}>
                <Votes proposal={shown} council={council} />
              </Section>
              {me?.roles.includes('member') === true ? (
                <ActOnProposal proposal={shown} seats={council.seats} />
              ) : (
                <Section title={texts.act}>
                  <p>{texts.signInToAct}</p>
                  <Code block>{`hufu council vote ${id} --seat NAME`}</Code>
                </Section>
              )}
            </>
          )}
        </VerifiedAnswer>
      )}
    </Page>
  )
}

function Calls({ proposal }: { readonly proposal: Proposal }) {
  const texts = useTexts(councilTexts)
  const { say } = useSpeech()
  return (
    <ol className={classes.calls}>
      {proposal.calls.map((call, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: calls have their order
        <li key={index}>
          {call.isKnown ? (
            say(call.says)
          ) : (
            <Alert color="cinnabar" variant="filled" icon={<IconAlertTriangle aria-hidden />} title={say(call.says)}>
              {texts.unknown}
            </Alert>
          )}
          <details>
            <summary>{texts.raw}</summary>
            <Code block>{JSON.stringify({ contract: call.contract, method: call.method, arguments: call.arguments }, null, 2)}</Code>
          </details>
        </li>
      ))}
    </ol>
  )
}

function Votes({ proposal, council }: { readonly proposal: Proposal; readonly council: Council }) {
  const texts = useTexts(councilTexts)
  const { exactTime } = useSpeech()
  const cast = new Map<string, { vote: Vote; atMs: number }>([
    ...proposal.votes.map(({ seat, vote, atMs }) => [seat, { vote, atMs }] as const),
    ...proposal.vetoes.map(({ seat, atMs }) => [seat, { vote: 'vetoes', atMs }] as const),
  ])
  const names = [...new Set([...council.seats.map(({ name }) => name), ...cast.keys()])]
  return (
    <DataTable
      caption={texts.votes}
      rows={names.map(name => ({ name, ...(cast.get(name) ?? { vote: 'waits' as const, atMs: undefined }) }))}
      keyOf={({ name }) => name}
      empty="—"
      columns={[
        { title: texts.seat, show: ({ name }) => <strong>{name}</strong> },
        { title: texts.votes, show: ({ vote }) => <Mark tone={tones[vote]}>{texts.vote[vote]}</Mark> },
        { title: texts.at, show: ({ atMs }) => (atMs === undefined ? '—' : exactTime(atMs)) },
      ]}
    />
  )
}
