import { IconCircleCheck, IconEye, IconEyeOff, IconShieldCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { AnswerOption } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import classes from './open-page.module.css'
import { Rows, Section } from './section.tsx'

/** What the verifier gets to read, what is proven without being shown, and what it does not learn. */
export function AnswerContent({ option }: { readonly option: AnswerOption }) {
  const { texts, say, language } = useSpeech()
  const words = texts.request
  const statements = option.credentials.flatMap(({ statement }) => (statement === undefined ? [] : [statement[language]]))
  const shown = option.credentials.flatMap(({ credentialId, shows }) =>
    shows.map(claim => ({ id: `${credentialId} ${claim.path.join('.')}`, name: say(claim.title), value: say(claim.text) })),
  )
  const proves = statements.flatMap(statement => statement.proves)
  const hides = statements.flatMap(statement => statement.hides)
  const recognises = statements.map(statement => statement.pseudonym)
  const freshness = statements.map(statement => statement.freshness)
  return (
    <>
      <Section title={words.shows} icon={<IconEye size={20} aria-hidden />} tone="shown">
        {shown.length > 0 ? <Rows rows={shown} /> : <p className={classes.small}>{words.showsNothing}</p>}
      </Section>
      {statements.length > 0 && (
        <>
          <Section title={words.proves} icon={<IconShieldCheck size={20} aria-hidden />} tone="proven">
            <Sentences icon={<IconCircleCheck size={18} aria-hidden />} sentences={proves} />
            <hr className={classes.line} />
            <Rows
              rows={[
                { name: words.recognises, value: <Plain sentences={recognises} /> },
                { name: words.freshness, value: <Plain sentences={freshness} /> },
              ]}
            />
          </Section>
          <Section title={words.hides} icon={<IconEyeOff size={20} aria-hidden />} tone="hidden">
            <Sentences icon={<IconEyeOff size={18} aria-hidden />} sentences={hides} />
          </Section>
        </>
      )}
    </>
  )
}

function Sentences({ icon, sentences }: { readonly icon: ReactNode; readonly sentences: readonly string[] }) {
  return (
    <ul className={classes.list}>
      {[...new Set(sentences)].map(sentence => (
        <li key={sentence}>
          {icon}
          <span>{sentence}</span>
        </li>
      ))}
    </ul>
  )
}

function Plain({ sentences }: { readonly sentences: readonly string[] }) {
  return <span className={classes.plain}>{[...new Set(sentences)].join(' ')}</span>
}
