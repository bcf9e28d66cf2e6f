import { ErrorNotice, Mark, Section, useClient, useLoaded, useSpeech, useTask, useTexts } from '@hufu/look'
import { Button, NativeSelect } from '@mantine/core'
import { IconCalendarSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { CredentialTypeList, QueryList, Right, TrustAt } from '../../../src/api-types.ts'
import { placeOfPath } from '../explorer/place-of-path.ts'
import { DidName } from '../frame/did-name.tsx'
import { useNames } from '../frame/names.tsx'
import { MomentInput } from './moment-input.tsx'
import { trustTexts } from './trust-texts.ts'
import classes from './who-could.module.css'

/** "Who could issue this on that day?", with why, and the evidence for each. */
export function WhoCould() {
  const texts = useTexts(trustTexts)
  const { exactTime, number } = useSpeech()
  const client = useClient()
  const task = useTask()
  const names = useNames()
  const types = useLoaded('credential types', each => each.get<CredentialTypeList>('/v1/explorer/credential-types'))
  const queries = useLoaded('queries', each => each.get<QueryList>('/v1/explorer/queries'))
  const [chosen, setChosen] = useState<string>()
  const [timeMs, setTimeMs] = useState(Date.now)
  const [answer, setAnswer] = useState<TrustAt>()
  const typeIds = [...new Set(types.data?.types.map(({ typeId }) => typeId))]
  const queryIds = [...new Set(queries.data?.queries.map(({ queryId }) => queryId))]
  const value = chosen ?? (typeIds[0] === undefined ? '' : `type=${typeIds[0]}`)
  const find = (): void =>
    task.run(async () => {
      const [kind, name] = value.split('=') as [string, string]
      setAnswer(await client.get<TrustAt>(`/v1/trust/at?time=${timeMs}&${kind}=${encodeURIComponent(name)}`))
    })
  return (
    <Section title={texts.question}>
      <p className={classes.explain}>{texts.questionExplain}</p>
      <ErrorNotice error={types.error ?? queries.error} />
      <form
        className={classes.form}
        onSubmit={event => {
          event.preventDefault()
          if (value !== '') find()
        }}
      >
        <NativeSelect
          label={texts.right}
          value={value}
          onChange={event => setChosen(event.currentTarget.value)}
          data={[
            { group: texts.issueType, items: typeIds.map(typeId => ({ value: `type=${typeId}`, label: typeId })) },
            { group: texts.askQuery, items: queryIds.map(queryId => ({ value: `query=${queryId}`, label: queryId })) },
          ]}
        />
        <MomentInput label={texts.day} timeMs={timeMs} onChange={setTimeMs} />
        <Button type="submit" loading={task.isRunning} disabled={value === ''} leftSection={<IconCalendarSearch size={20} aria-hidden />}>
          {texts.ask}
        </Button>
      </form>
      <ErrorNotice error={task.error} />
      <div role="status">
        {answer !== undefined && (
          <>
            <h3>{texts.answerOn(exactTime(answer.atMs))}</h3>
            {answer.rights.length === 0 && <p>{texts.nobody}</p>}
            <ul className={classes.rights}>
              {answer.rights.map(({ right, evidence }) => (
                <li key={right.right.did} className={classes.right} data-allowed={right.allowed}>
                  <Mark tone={right.allowed ? 'good' : 'bad'}>{right.allowed ? texts.could : texts.couldNot}</Mark>
                  <span className={classes.who}>
                    <DidName did={right.right.did} />
                    <Because right={right} />
                  </span>
                  <Link href={placeOfPath(evidence)} aria-label={texts.evidenceOf(names(right.right.did) ?? right.right.did)}>
                    {texts.evidence}
                  </Link>
                </li>
              ))}
            </ul>
            <p className={classes.explain}>{texts.indexed(number(answer.indexedThrough))}</p>
          </>
        )}
      </div>
    </Section>
  )
}

/** Why a right did not count: which of the three was not active. */
function Because({ right }: { readonly right: Right }) {
  const texts = useTexts(trustTexts)
  if (right.allowed) return null
  const failing = (['right', 'institution', 'authority'] as const)
    .map(part => ({ part, standing: right[part]?.standing ?? 'none' }))
    .filter(({ standing }) => standing !== 'active')
  return (
    <span className={classes.because}>
      {texts.because} {failing.map(({ part, standing }) => `${texts.why[part]}: ${texts.standing[standing]}`).join(' · ')}
    </span>
  )
}
