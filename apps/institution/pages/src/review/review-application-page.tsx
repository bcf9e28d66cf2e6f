import { ConfirmDialog, ErrorNotice, Loading, Page, Section, useClient, useLoaded, useMe, useSpeech, useTexts } from '@hufu/look'
import { Alert, Button, Group, Textarea } from '@mantine/core'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Application } from '../api/staff-answers.ts'
import { ApplicationContent } from '../counter/application-content.tsx'
import { StatusMark } from '../counter/application-mark.tsx'
import { counterTexts } from '../counter/counter-texts.ts'
import { useTypes } from '../counter/use-types.ts'
import { ChangeStatus } from '../credentials/change-status.tsx'
import { reviewTexts } from './review-texts.ts'

/** An application before an officer. */
export function ReviewApplicationPage({ id }: { readonly id: string }) {
  const counter = useTexts(counterTexts)
  const { data, error, reload } = useLoaded(`application ${id}`, client => client.get<Application>(`/issuer/applications/${id}`))
  const name = typeof data?.claims.name === 'string' ? data.claims.name : counter.unnamed
  return (
    <Page title={data === undefined ? counter.application : name} back="/review" width="narrow">
      <ErrorNotice error={error} onRetry={reload} />
      {data === undefined && error === undefined && <Loading lines={6} />}
      {data !== undefined && (
        <>
          {data.state === 'submitted' && <Decision application={data} name={name} />}
          <ApplicationContent application={data} pathOf={other => `/review/${other}`} />
          {['approved', 'offered', 'collected'].includes(data.state) && <CredentialStatus application={data} onChanged={reload} />}
        </>
      )}
    </Page>
  )
}

function Decision({ application, name }: { readonly application: Application; readonly name: string }) {
  const texts = useTexts(reviewTexts)
  const client = useClient()
  const me = useMe()
  const [, navigate] = useLocation()
  const [open, setOpen] = useState<'approve' | 'return'>()
  const [reason, setReason] = useState('')
  const path = `/issuer/applications/${application.id}`
  const close = (): void => setOpen(undefined)
  if (application.clerk === me.id)
    return (
      <Alert color="bronze" variant="light" mt="md">
        {texts.own}
      </Alert>
    )
  return (
    <Section title={texts.decide}>
      <p>{texts.decideExplain}</p>
      <Group>
        <Button onClick={() => setOpen('approve')}>{texts.approve}</Button>
        <Button variant="default" onClick={() => setOpen('return')}>
          {texts.return}
        </Button>
      </Group>
      <ConfirmDialog
        title={texts.approveTitle}
        isOpen={open === 'approve'}
        onClose={close}
        action={texts.approve}
        onConfirm={async () => {
          await client.send('POST', `${path}/approve`)
          navigate('/review')
        }}
      >
        <p>{texts.approveExplain(name)}</p>
      </ConfirmDialog>
      <ConfirmDialog
        title={texts.returnTitle}
        isOpen={open === 'return'}
        onClose={close}
        action={texts.return}
        isReady={reason.trim() !== ''}
        onConfirm={async () => {
          await client.send('POST', `${path}/return`, { reason: reason.trim() })
          navigate('/review')
        }}
      >
        <Textarea
          label={texts.reason}
          description={texts.reasonHint}
          withAsterisk
          minRows={3}
          autosize
          maxLength={1000}
          data-autofocus
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
        />
      </ConfirmDialog>
    </Section>
  )
}

function CredentialStatus({ application, onChanged }: { readonly application: Application; readonly onChanged: () => void }) {
  const texts = useTexts(reviewTexts)
  const { say } = useSpeech()
  const { reasons } = useTypes()
  const reason = reasons.find(({ code }) => code === application.reason)
  return (
    <Section title={texts.status} aside={<StatusMark status={application.status} />}>
      <p>
        {texts.statusExplain}
        {reason !== undefined && ` ${texts.isReason}: ${say(reason.text)}`}
      </p>
      <Group>
        <ChangeStatus path={`/issuer/applications/${application.id}/status`} status={application.status} onChanged={onChanged} />
        <Button component={Link} href={`/credentials/of/${application.id}`} variant="default">
          {texts.toCredentials}
        </Button>
      </Group>
    </Section>
  )
}
