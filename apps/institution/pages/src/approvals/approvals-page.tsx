import {
  type Column,
  ConfirmDialog,
  DataTable,
  LinkOnce,
  Mark,
  Page,
  Section,
  useClient,
  useLoaded,
  useMe,
  useNameOf,
  useSpeech,
  useTexts,
} from '@hufu/look'
import { Alert, Button, Group } from '@mantine/core'
import { useState } from 'react'
import type { Approval } from '../api/staff-answers.ts'
import { ApprovalSubject } from './approval-subject.tsx'
import { approvalTexts } from './approval-texts.ts'

interface Outcome {
  readonly link?: string
  readonly copies?: number
}

/** What waits for a second person, and what was decided. */
export function ApprovalsPage() {
  const texts = useTexts(approvalTexts)
  const { say, dateTime } = useSpeech()
  const nameOf = useNameOf()
  const me = useMe()
  const client = useClient()
  const { data, error, reload } = useLoaded('approvals', each => each.get<{ approvals: readonly Approval[] }>('/approvals'), {
    everyMs: 15_000,
  })
  const [asked, setAsked] = useState<{ approval: Approval; decision: 'confirm' | 'refuse' }>()
  const [outcome, setOutcome] = useState<Outcome>()
  const titleOf = ({ title, kind }: Approval): string => (title === undefined ? kind : say(title))
  const pending = data?.approvals.filter(({ state }) => state === 'pending')
  const decided = data?.approvals.filter(({ state }) => state !== 'pending')
  const common: readonly Column<Approval>[] = [
    {
      title: texts.what,
      show: row => (
        <>
          <strong>{titleOf(row)}</strong>
          <ApprovalSubject approval={row} />
        </>
      ),
    },
    { title: texts.by, show: ({ requestedBy }) => nameOf(requestedBy) },
    { title: texts.at, show: ({ requestedAtMs }) => dateTime(requestedAtMs) },
  ]
  return (
    <Page title={texts.title} explain={texts.explain}>
      {outcome !== undefined && (
        <Alert role="status" color="patina" variant="light" mb="md">
          {outcome.copies === undefined ? texts.done : texts.copies(outcome.copies)}
        </Alert>
      )}
      {outcome?.link !== undefined && <LinkOnce title={texts.link} explain={texts.linkExplain} link={outcome.link} />}
      <Section title={texts.waiting}>
        <DataTable
          caption={texts.waiting}
          rows={pending}
          keyOf={({ id }) => id}
          error={error}
          onRetry={reload}
          empty={texts.empty}
          columns={[
            ...common,
            { title: texts.expires, show: ({ expiresAtMs }) => dateTime(expiresAtMs) },
            {
              title: '',
              show: approval => {
                const isOwn = approval.requestedBy === me.id
                return (
                  <Group gap="xs">
                    {isOwn ? (
                      <small>{texts.own}</small>
                    ) : (
                      <Button aria-label={texts.confirmOf(titleOf(approval))} onClick={() => setAsked({ approval, decision: 'confirm' })}>
                        {texts.confirm}
                      </Button>
                    )}
                    <Button variant="default" onClick={() => setAsked({ approval, decision: 'refuse' })}>
                      {isOwn ? texts.takeBack : texts.refuse}
                    </Button>
                  </Group>
                )
              },
            },
          ]}
        />
      </Section>
      {decided !== undefined && (
        <Section title={texts.decided}>
          <DataTable
            caption={texts.decided}
            rows={decided}
            keyOf={({ id }) => id}
            empty={texts.emptyDecided}
            columns={[
              ...common,
              {
                title: texts.state,
                show: ({ state }) => <Mark tone={state === 'confirmed' ? 'good' : 'plain'}>{texts.states[state]}</Mark>,
              },
              { title: texts.decidedBy, show: ({ decidedBy }) => (decidedBy === undefined ? '—' : nameOf(decidedBy)) },
            ]}
          />
        </Section>
      )}
      <ConfirmDialog
        title={asked?.decision === 'refuse' ? texts.refuseTitle : texts.confirmTitle}
        isOpen={asked !== undefined}
        onClose={() => setAsked(undefined)}
        action={asked?.decision === 'refuse' ? texts.refuse : texts.confirm}
        onConfirm={async () => {
          if (asked === undefined) return
          const { approval, decision } = asked
          const { result } = await client.send<{ result?: Outcome }>('POST', `/approvals/${approval.id}/${decision}`)
          setOutcome(decision === 'confirm' ? (result ?? {}) : undefined)
          reload()
        }}
      >
        {asked !== undefined && (
          <>
            <p>
              <strong>{titleOf(asked.approval)}</strong> · {nameOf(asked.approval.requestedBy)}
            </p>
            <ApprovalSubject approval={asked.approval} />
            <p>{asked.decision === 'refuse' ? texts.refuseExplain : texts.confirmExplain}</p>
          </>
        )}
      </ConfirmDialog>
    </Page>
  )
}
