import { ErrorNotice, Loading, Page, Section, useClient, useLoaded, useTask, useTexts } from '@hufu/look'
import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Application, Offer } from '../api/staff-answers.ts'
import { ApplicationContent } from './application-content.tsx'
import { counterTexts } from './counter-texts.ts'
import { OfferView } from './offer-view.tsx'

/** One of a clerk's applications, and what comes next. */
export function ApplicationPage({ id }: { readonly id: string }) {
  const texts = useTexts(counterTexts)
  const [offer, setOffer] = useState<Offer>()
  const { data, error, reload } = useLoaded(`application ${id}`, client => client.get<Application>(`/issuer/applications/${id}`), {
    everyMs: offer === undefined ? 15_000 : undefined,
  })
  const name = typeof data?.claims.name === 'string' ? data.claims.name : texts.unnamed
  if (offer !== undefined)
    return (
      <OfferView
        offer={offer}
        name={name}
        applicationId={id}
        onNew={setOffer}
        onBack={() => {
          setOffer(undefined)
          reload()
        }}
      />
    )
  return (
    <Page title={data === undefined ? texts.application : name} back="/applications" width="narrow">
      <ErrorNotice error={error} onRetry={reload} />
      {data === undefined && error === undefined && <Loading lines={6} />}
      {data !== undefined && (
        <>
          <NextStep application={data} onChanged={reload} onOffer={setOffer} />
          <ApplicationContent application={data} pathOf={other => `/applications/${other}`} />
        </>
      )}
    </Page>
  )
}

interface NextStepProps {
  readonly application: Application
  readonly onChanged: () => void
  readonly onOffer: (offer: Offer) => void
}

function NextStep({ application, onChanged, onOffer }: NextStepProps) {
  const texts = useTexts(counterTexts)
  const client = useClient()
  const task = useTask()
  const { id, state, status, problems } = application
  const path = `/issuer/applications/${id}`
  const isOpen = state === 'draft' || state === 'returned'
  const submit = (): void =>
    task.run(async () => {
      await client.send('POST', `${path}/submit`)
      onChanged()
    })
  const offer = (): void => task.run(async () => onOffer(await client.send<Offer>('POST', `${path}/offer`)))
  return (
    <Section title={texts.steps}>
      <p>{textOf()}</p>
      <ErrorNotice error={task.error} />
      <Group>
        {isOpen && (
          <>
            <Button loading={task.isRunning} disabled={problems.length > 0} onClick={submit}>
              {texts.submit}
            </Button>
            <Button component={Link} href={`/applications/${id}/edit`} variant="default">
              {texts.edit}
            </Button>
          </>
        )}
        {!isOpen && state !== 'submitted' && status === 'valid' && (
          <Button loading={task.isRunning} onClick={offer}>
            {state === 'approved' ? texts.offer : texts.offerAgain}
          </Button>
        )}
      </Group>
    </Section>
  )

  function textOf(): string {
    if (status === 'revoked') return texts.revoked
    if (status === 'suspended') return texts.suspended
    if (state === 'draft') return texts.submitExplain
    if (state === 'returned') return texts.returned
    if (state === 'submitted') return texts.waiting
    return state === 'collected' ? texts.collected : texts.offerExplain
  }
}
