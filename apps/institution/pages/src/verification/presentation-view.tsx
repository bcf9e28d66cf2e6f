import { ApiProblem, Countdown, ErrorNotice, problemOf, Rows, Section, TallyLogo, useAnnounce, useSpeech, useTexts } from '@hufu/look'
import { Alert, Button } from '@mantine/core'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import type { BegunPresentation, PresentationResult, PresentationStanding } from '../api/staff-answers.ts'
import offerClasses from '../counter/offer-view.module.css'
import { QrCode } from '../frame/qr-code.tsx'
import { ShownClaims } from './shown-claims.tsx'
import { verificationTexts } from './verification-texts.ts'

const followEveryMs = 1_500

/** A presentation under way: the code to scan, how it stands, and its result, which is shown once. */
export function PresentationView({ begun, onEnd }: { readonly begun: BegunPresentation; readonly onEnd: () => void }) {
  const texts = useTexts(verificationTexts)
  const { exactTime } = useSpeech()
  const announce = useAnnounce()
  const { standing, result, error } = useFollowed(begun)
  const state = standing?.state ?? 'waiting'
  useEffect(() => announce(texts.states[state]), [state, announce, texts])

  if (result !== undefined)
    return (
      <>
        <div className={offerClasses.done} style={{ paddingTop: 0 }}>
          <TallyLogo size={72} meeting />
          <h2>
            <IconCircleCheck size={26} aria-hidden /> {texts.accepted}
          </h2>
        </div>
        <Section title={texts.result}>
          <ShownClaims claims={result.claims} />
          <p>{texts.onceOnly}</p>
        </Section>
        <Section title={texts.one}>
          <Rows
            rows={[
              { name: texts.at, value: exactTime(result.verifiedAtMs) },
              result.pseudonym !== undefined && { name: texts.pseudonym, value: <code>{result.pseudonym}</code> },
              { name: texts.receipt, value: <code>{result.receiptId}</code> },
              { name: texts.hash, value: <code>{result.receiptSha256}</code> },
            ]}
          />
        </Section>
        <Button mt="lg" onClick={onEnd}>
          {texts.again}
        </Button>
      </>
    )
  if (state === 'refused' || state === 'expired')
    return (
      <>
        <Alert
          role="alert"
          color={state === 'refused' ? 'cinnabar' : 'bronze'}
          variant="light"
          title={state === 'refused' ? texts.refused : texts.states.expired}
          icon={<IconCircleX aria-hidden />}
        >
          {state === 'refused' ? texts.refusedExplain : texts.expired}
          {standing?.failedRule !== undefined && (
            <p>
              {texts.failedRule}: <code>{standing.failedRule}</code>
            </p>
          )}
        </Alert>
        <Button mt="lg" onClick={onEnd}>
          {texts.again}
        </Button>
      </>
    )
  return (
    <>
      <ErrorNotice error={error} />
      <div className={offerClasses.offer}>
        <div className={offerClasses.scan}>
          <p>{texts.scan}</p>
          <QrCode text={begun.qr} label={texts.qrLabel} />
        </div>
        <div className={offerClasses.side}>
          <dl className={offerClasses.facts} style={{ margin: 0 }}>
            <div>
              <dt>{texts.state}</dt>
              <dd>{texts.states[state]}</dd>
            </div>
            <div>
              <dt>{texts.left}</dt>
              <dd className={offerClasses.time}>
                <Countdown untilMs={begun.expiresAtMs} />
              </dd>
            </div>
          </dl>
          <Button variant="default" onClick={onEnd}>
            {texts.cancel}
          </Button>
        </div>
      </div>
    </>
  )
}

/** Asks how it stands until it is over, and takes the result once. */
function useFollowed({ id, token }: BegunPresentation) {
  const [standing, setStanding] = useState<PresentationStanding>()
  const [result, setResult] = useState<PresentationResult>()
  const [error, setError] = useState<unknown>()
  const isTaken = useRef(false)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const path = `/verifier/presentations/${id}`
    const follow = async (): Promise<void> => {
      try {
        const found = await callWithToken<PresentationStanding>(path, token, 'GET')
        if (isOver) return
        setStanding(found)
        setError(undefined)
        if (found.state === 'answered' && !isTaken.current) {
          isTaken.current = true
          setResult(await callWithToken<PresentationResult>(`${path}/finish`, token, 'POST'))
        }
        if (['answered', 'refused', 'expired'].includes(found.state)) return
      } catch (caught) {
        setError(caught)
      }
      if (!isOver) timer = setTimeout(() => void follow(), followEveryMs)
    }
    void follow()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [id, token])
  return { standing, result, error }
}

/** These routes ask for the presentation's own token, not for a session. */
async function callWithToken<Answer>(path: string, token: string, method: 'GET' | 'POST'): Promise<Answer> {
  let answer: Response
  try {
    answer = await fetch(path, {
      method,
      credentials: 'omit',
      headers: { authorization: `Bearer ${token}`, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) },
      ...(method === 'POST' ? { body: '{}' } : {}),
    })
  } catch {
    throw new ApiProblem(0, 'offline')
  }
  if (!answer.ok) throw await problemOf(answer)
  return (await answer.json()) as Answer
}
