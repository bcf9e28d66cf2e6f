import { Button } from '@mantine/core'
import { IconFileCheck, IconScale } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { AnswerOption, PresentationRequest, SentAnswer } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import type { PageTexts } from '../texts/zh-cn.ts'
import { AnswerContent } from './answer-content.tsx'
import { AnswerOptions } from './answer-options.tsx'
import { ErrorNotice } from './error-notice.tsx'
import classes from './open-page.module.css'
import { Page } from './page.tsx'
import { PartyHead } from './party-head.tsx'
import { ProgressView, useSteps } from './progress-view.tsx'
import { type RequestKind, requestKind } from './request-kind.ts'
import { ResultView } from './result-view.tsx'
import { Rows, Section } from './section.tsx'
import { useTask } from './use-task.ts'
import { useWallet } from './wallet-context.tsx'
import { Warnings } from './warnings.tsx'

interface RequestViewProps {
  readonly request: PresentationRequest
  readonly onLeave: (place?: string) => void
}

interface Wording {
  readonly title: string
  readonly does: string
  readonly lead?: string
  readonly share: string
  readonly done: string
}

function wordingOf(kind: RequestKind, words: PageTexts['request']): Wording {
  switch (kind) {
    case 'show':
      return { title: words.title, does: words.asks, share: words.share, done: words.done }
    case 'sign-in':
      return { title: words.signInTitle, does: words.signIn, lead: words.signInExplain, share: words.shareSignIn, done: words.doneSignIn }
    case 'hand-over':
      return {
        title: words.handOverTitle,
        does: words.handOver,
        lead: words.handOverExplain,
        share: words.shareHandOver,
        done: words.doneHandOver,
      }
    case 'take-back':
      return {
        title: words.takeBackTitle,
        does: words.takeBack,
        lead: words.takeBackExplain,
        share: words.shareTakeBack,
        done: words.doneTakeBack,
      }
  }
}

type Outcome = ({ readonly kind: 'sent' } & SentAnswer) | { readonly kind: 'declined'; readonly redirectUri?: string }

/** A checked request: who asks, what for, what it would get; the answer, and what came of it. */
export function RequestView({ request, onLeave }: RequestViewProps) {
  const { texts, say } = useSpeech()
  const wallet = useWallet()
  const task = useTask()
  const steps = useSteps()
  const [optionId, setOptionId] = useState(request.options[0]?.id ?? '')
  const [outcome, setOutcome] = useState<Outcome>()
  const [declining, setDeclining] = useState(false)
  const words = texts.request
  const kind = requestKind(request)
  const wording = wordingOf(kind, words)
  const option = request.options.find(({ id }) => id === optionId)
  const answer = (): void => {
    setDeclining(false)
    void task.run(async () => setOutcome({ kind: 'sent', ...(await wallet.answer(request, optionId, steps.begin())) }))
  }
  const decline = (): void => {
    setDeclining(true)
    void task.run(async () => setOutcome({ kind: 'declined', ...(await wallet.decline(request)) }))
  }
  if (outcome !== undefined) return <Ended outcome={outcome} done={wording.done} onLeave={onLeave} />
  if (task.busy && !declining) {
    return <ProgressView title={words.proving} explain={words.provingExplain} steps={steps.steps} onCancel={steps.cancel} />
  }
  return (
    <Page title={wording.title}>
      <PartyHead party={request.verifier} does={wording.does} checks={request.checks} />
      <Section title={words.purpose} icon={<IconScale size={20} aria-hidden />}>
        <p className={classes.small} style={{ color: 'inherit' }}>
          {say(request.query.purpose)}
        </p>
        <Rows
          rows={[
            { name: words.legalBasis, value: say(request.query.legalBasis) },
            { name: words.retention, value: words.days(request.query.retentionDays) },
          ]}
        />
      </Section>
      {request.transaction.length > 0 && (
        <Section title={words.agree} icon={<IconFileCheck size={20} aria-hidden />} tone="shown">
          <Rows rows={request.transaction.map(detail => ({ name: say(detail.title), value: say(detail.text) }))} />
        </Section>
      )}
      {request.options.length > 1 && <AnswerOptions options={request.options} chosen={optionId} onChoose={setOptionId} />}
      {option !== undefined && <AnswerContent option={option} />}
      {wording.lead !== undefined && (kind !== 'sign-in' || showsNothing(option)) && <p className={classes.small}>{wording.lead}</p>}
      <Warnings warnings={request.warnings} />
      <ErrorNotice error={task.error} />
      <div className={classes.actions}>
        <Button variant="default" size="lg" loading={task.busy} onClick={decline}>
          {words.decline}
        </Button>
        <Button size="lg" disabled={task.busy || option === undefined} onClick={answer}>
          {wording.share}
        </Button>
      </div>
    </Page>
  )
}

/** Only then is the code name all that the other side gets. */
function showsNothing(option: AnswerOption | undefined): boolean {
  return option?.credentials.every(({ shows, format }) => shows.length === 0 && format === 'hufu_zk') ?? false
}

interface EndedProps {
  readonly outcome: Outcome
  readonly done: string
  readonly onLeave: (place?: string) => void
}

/** Milliseconds until the browser goes back by itself: long enough to see that it worked. */
const returnAfterMs = 1500

function Ended({ outcome, done, onLeave }: EndedProps) {
  const { texts } = useSpeech()
  const words = texts.request
  const { redirectUri } = outcome
  const goBack = redirectUri === undefined ? undefined : () => window.location.assign(redirectUri)
  useEffect(() => {
    if (redirectUri === undefined) return
    const timer = setTimeout(() => window.location.assign(redirectUri), returnAfterMs)
    return () => clearTimeout(timer)
  }, [redirectUri])
  const sent = outcome.kind === 'sent'
  const returning = redirectUri !== undefined && words.doneHere
  const elsewhere = sent && words.doneElsewhere
  return (
    <ResultView
      good={sent}
      title={sent ? done : words.declined}
      actions={
        <>
          {goBack !== undefined && <Button onClick={goBack}>{words.returnNow}</Button>}
          {sent && (
            <Button component={Link} href={`/history/${outcome.historyId}`} variant="default">
              {words.record}
            </Button>
          )}
          <Button variant={goBack === undefined ? 'filled' : 'default'} onClick={() => onLeave()}>
            {texts.app.home}
          </Button>
        </>
      }
    >
      <p>{returning || elsewhere || (!sent && words.declinedExplain)}</p>
    </ResultView>
  )
}
