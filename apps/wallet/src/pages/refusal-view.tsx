import { Button } from '@mantine/core'
import { IconQuestionMark, IconTool } from '@tabler/icons-react'
import type { Refusal } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import classes from './refusal-view.module.css'
import { ResultView } from './result-view.tsx'
import { Section } from './section.tsx'

interface RefusalViewProps {
  readonly refusal: Refusal
  readonly onRetry: () => void
  readonly onLeave: () => void
}

/** Why the wallet gave nothing away, and what the person can do. */
export function RefusalView({ refusal, onRetry, onLeave }: RefusalViewProps) {
  const { texts, say } = useSpeech()
  const words = texts.refused
  return (
    <ResultView
      good={false}
      title={words.title}
      actions={
        <>
          {refusal.retry && <Button onClick={onRetry}>{texts.app.retry}</Button>}
          <Button variant={refusal.retry ? 'default' : 'filled'} onClick={onLeave}>
            {texts.app.home}
          </Button>
        </>
      }
    >
      {refusal.party !== undefined && <p className={classes.party}>{say(refusal.party.name)}</p>}
      <p>{words.nothing}</p>
      <Section title={words.why} icon={<IconQuestionMark size={20} aria-hidden />} tone="shown">
        <p className={classes.text}>{say(refusal.reason)}</p>
      </Section>
      <Section title={words.fix} icon={<IconTool size={20} aria-hidden />} tone="proven">
        <p className={classes.text}>{say(refusal.fix)}</p>
      </Section>
      <p className={classes.code}>
        {words.code} <code>{refusal.code}</code>
      </p>
    </ResultView>
  )
}
