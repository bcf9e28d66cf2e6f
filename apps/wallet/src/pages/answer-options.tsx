import { Badge, Radio } from '@mantine/core'
import type { AnswerOption } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import classes from './answer-options.module.css'
import { Section } from './section.tsx'

interface AnswerOptionsProps {
  readonly options: readonly AnswerOption[]
  /** Identifier of the chosen one. */
  readonly chosen: string
  readonly onChoose: (id: string) => void
}

/** Which of several credentials is shown. */
export function AnswerOptions({ options, chosen, onChoose }: AnswerOptionsProps) {
  const { texts, say } = useSpeech()
  const words = texts.request
  return (
    <Section title={words.choose}>
      <Radio.Group value={chosen} onChange={onChoose} aria-label={words.choose}>
        <div className={classes.options}>
          {options.map(option => (
            <Radio.Card key={option.id} value={option.id} className={classes.option!} radius="md">
              <Radio.Indicator aria-hidden />
              <span className={classes.text}>
                <span className={classes.title}>{option.credentials.map(({ title }) => say(title)).join(' + ')}</span>
                <span className={classes.issuer}>{[...new Set(option.credentials.map(({ issuer }) => say(issuer.name)))].join(' · ')}</span>
                <span className={classes.issuer}>{words.optionShows(option.credentials.flatMap(({ shows }) => shows).length)}</span>
              </span>
              {option.credentials.some(({ prepared }) => prepared) && (
                <Badge color="patina" variant="light">
                  {words.prepared}
                </Badge>
              )}
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
    </Section>
  )
}
