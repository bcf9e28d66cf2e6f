import { TallyLogo, useSpeech, useTexts } from '@hufu/look'
import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle, IconShieldCheck } from '@tabler/icons-react'
import { useCallback, useEffect, useId, useState } from 'react'
import { Link } from 'wouter'
import { duration } from '../frame/durations.ts'
import type { Asked } from './asked.ts'
import { type Answer, checkAnswer } from './check-answer.ts'
import { useTrustedNetwork } from './use-trusted-network.tsx'
import type { Step, Verdict } from './verdict.ts'
import classes from './verify-panel.module.css'
import { verifyTexts } from './verify-texts.ts'

const stepIcons = { holds: IconCircleCheck, fails: IconCircleX, told: IconInfoCircle } as const

interface VerifyPanelProps {
  readonly asked: Asked
  readonly answer: Answer
  /** When the answer came: how old its evidence was is measured then. */
  readonly receivedMs: number
}

/** Checks an answer in this browser and shows each step; a check that fails cannot be overlooked. */
export function VerifyPanel({ asked, answer, receivedMs }: VerifyPanelProps) {
  const texts = useTexts(verifyTexts)
  const { trusted } = useTrustedNetwork()
  const id = useId()
  const [state, setState] = useState<{ answer: Answer; verdict?: Verdict }>()
  // A page that asks again and again gets the same answer, and goes on saying what was found about it.
  const isOfThis = trusted !== undefined && state !== undefined && JSON.stringify(state.answer.shown) === JSON.stringify(answer.shown)
  const verdict = isOfThis ? state?.verdict : undefined
  const isChecking = isOfThis && verdict === undefined
  const check = useCallback(async (): Promise<void> => {
    if (trusted === undefined) return
    setState({ answer })
    const found = await checkAnswer(asked, answer, trusted, receivedMs)
    setState({ answer, verdict: found })
  }, [asked, answer, trusted, receivedMs])
  // Without being asked: nobody is to read an answer that is false.
  useEffect(() => {
    if (!isOfThis) void check()
  }, [isOfThis, check])
  return (
    <section className={classes.panel} aria-labelledby={id} data-outcome={verdict?.outcome ?? 'none'}>
      <div className={classes.head}>
        <TallyLogo key={verdict?.outcome} size={40} meeting={verdict?.outcome === 'proven'} />
        <div className={classes.words}>
          <h2 id={id}>{texts.title}</h2>
          <p>{texts.explain}</p>
        </div>
        <Button
          variant="default"
          loading={isChecking}
          disabled={trusted === undefined}
          leftSection={<IconShieldCheck size={20} aria-hidden />}
          onClick={() => void check()}
        >
          {texts.again}
        </Button>
      </div>
      {trusted?.isOther === true && (
        <Alert color="cinnabar" variant="light" icon={<IconAlertTriangle aria-hidden />} mt="md">
          {texts.otherNetwork} <Link href="/anchor">{texts.toAnchor}</Link>
        </Alert>
      )}
      {verdict !== undefined && <Found verdict={verdict} />}
    </section>
  )
}

function Found({ verdict }: { readonly verdict: Verdict }) {
  const texts = useTexts(verifyTexts)
  const { title, explain } = texts.verdicts[verdict.outcome]
  return (
    <>
      <div className={classes.verdict} data-outcome={verdict.outcome} role={verdict.outcome === 'false' ? 'alert' : 'status'}>
        <p className={classes.title}>{title}</p>
        <p>{explain}</p>
      </div>
      <ol className={classes.steps}>
        {verdict.steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps come in this order
          <StepRow key={index} step={step} />
        ))}
      </ol>
    </>
  )
}

function StepRow({ step }: { readonly step: Step }) {
  const texts = useTexts(verifyTexts)
  const { number, exactTime, language } = useSpeech()
  const { name, outcome, facts } = step
  const Icon = stepIcons[outcome]
  const say = { number, time: exactTime, duration: (ms: number) => duration(ms, language) }
  const { keys } = facts
  return (
    <li className={classes.step} data-outcome={outcome}>
      <Icon size={22} aria-hidden />
      <div>
        <p className={classes.name}>
          {texts.steps[name]} <span>{texts.outcomes[outcome]}</span>
        </p>
        {outcome === 'holds' && name !== 'told' && <p>{texts.holds[name](facts, say)}</p>}
        {outcome === 'told' && <p>{texts.told(facts)}</p>}
        {outcome === 'fails' && (
          <p>
            {texts.failures[String(facts.why)] ?? texts.failures.proof}
            {facts.where !== undefined && (
              <>
                {' '}
                {texts.where}: <code>{facts.where}</code>
              </>
            )}
            {facts.message !== undefined && (
              <>
                {' '}
                <code lang="en">
                  {facts.code}: {facts.message}
                </code>
              </>
            )}
          </p>
        )}
        {Array.isArray(keys) && (
          <details>
            <summary>{texts.keys}</summary>
            <ul>
              {keys.map(key => (
                <li key={key}>
                  <code>{key}</code>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </li>
  )
}
