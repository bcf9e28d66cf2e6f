import { Progress as Bar, Button } from '@mantine/core'
import { IconCircleCheck, IconLoader2 } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { Progress } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import { useAnnounce } from './announcer.tsx'
import { Page } from './page.tsx'
import classes from './progress-view.module.css'

interface ProgressViewProps {
  readonly title: string
  readonly explain?: string
  /** The steps so far, each once, the current one last. */
  readonly steps: readonly Progress[]
  readonly onCancel: () => void
}

/** How far something long has come: a bar, and its steps in words, which are read out too. */
export function ProgressView({ title, explain, steps, onCancel }: ProgressViewProps) {
  const { texts, say } = useSpeech()
  const announce = useAnnounce()
  const current = steps.at(-1)
  const said = current === undefined ? texts.app.working : say(current.text)
  useEffect(() => announce(said), [announce, said])
  return (
    <Page title={title} explain={explain}>
      <div className={classes.progress}>
        <Bar size="lg" radius="xl" value={Math.round((current?.fraction ?? 0) * 100)} aria-label={title} color="cinnabar" />
        <ol className={classes.steps}>
          {steps.map((step, index) => {
            const done = index < steps.length - 1 || step.step === 'done'
            return (
              <li key={step.step} data-done={done}>
                {done ? <IconCircleCheck size={22} aria-hidden /> : <IconLoader2 size={22} aria-hidden className={classes.turning} />}
                <span>{say(step.text)}</span>
              </li>
            )
          })}
        </ol>
      </div>
      <Button variant="subtle" color="gray" fullWidth mt="md" onClick={onCancel}>
        {texts.app.cancel}
      </Button>
    </Page>
  )
}

/** Collects the steps of something long, and lets the person end it. */
export function useSteps(): {
  readonly steps: readonly Progress[]
  /** Begins anew. @returns what the wallet's core takes */
  readonly begin: () => { readonly onProgress: (progress: Progress) => void; readonly signal: AbortSignal }
  readonly cancel: () => void
} {
  const [steps, setSteps] = useState<readonly Progress[]>([])
  const [controller, setController] = useState<AbortController>()
  return {
    steps,
    begin: () => {
      const next = new AbortController()
      setController(next)
      setSteps([])
      return {
        onProgress: progress => setSteps(before => [...before.filter(({ step }) => step !== progress.step), progress]),
        signal: next.signal,
      }
    },
    cancel: () => controller?.abort(),
  }
}
