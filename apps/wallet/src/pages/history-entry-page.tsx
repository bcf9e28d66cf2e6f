import { IconEye, IconShieldCheck } from '@tabler/icons-react'
import type { HistoryEntry } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { HistoryIcon } from './history-icon.tsx'
import { Page } from './page.tsx'
import { Rows, Section } from './section.tsx'
import { useHistory } from './wallet-context.tsx'

const dayMs = 86_400_000

/** One thing that happened, with all that was agreed to then. */
export function HistoryEntryPage({ id }: { readonly id: string }) {
  const { texts } = useSpeech()
  const { value: entries, error } = useHistory()
  const entry = entries?.find(one => one.id === id)
  return (
    <Page title={texts.history.detail} back="/history">
      <ErrorNotice error={error} />
      {entry === undefined ? <p>{entries === undefined ? texts.app.loading : texts.history.gone}</p> : <Entry entry={entry} />}
    </Page>
  )
}

function Entry({ entry }: { readonly entry: HistoryEntry }) {
  const { texts, say } = useSpeech()
  const words = texts.history
  return (
    <>
      <Section title={words.actions[entry.action]} icon={<HistoryIcon action={entry.action} small />}>
        <Rows rows={useTerms(entry)} />
      </Section>
      {entry.transaction.length > 0 && (
        <Section title={texts.request.agree}>
          <Rows rows={entry.transaction.map(detail => ({ name: say(detail.title), value: say(detail.text) }))} />
        </Section>
      )}
      {entry.shown.length > 0 && (
        <Section title={words.shown} icon={<IconEye size={20} aria-hidden />} tone="shown">
          <Rows rows={entry.shown.map(claim => ({ id: claim.path.join('.'), name: say(claim.title), value: say(claim.text) }))} />
        </Section>
      )}
      {entry.proven.length > 0 && (
        <Section title={words.proven} icon={<IconShieldCheck size={20} aria-hidden />} tone="proven">
          <ul>
            {entry.proven.map(sentence => (
              <li key={sentence.en}>{say(sentence)}</li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

/** When, with whom, what for and for how long. */
function useTerms(entry: HistoryEntry): { name: string; value: React.ReactNode }[] {
  const { texts, say, date, dateTime } = useSpeech()
  const words = texts.history
  const { party, purpose, legalBasis, retentionDays, queryId, credentials, reason, code } = entry
  const rows = [{ name: words.when, value: <>{dateTime(entry.timeMs)}</> }]
  const add = (name: string, value: React.ReactNode): void => {
    rows.push({ name, value: <>{value}</> })
  }
  if (party !== undefined) {
    add(
      words.who,
      <>
        {say(party.name)}
        <small>{party.did}</small>
      </>,
    )
  }
  if (credentials.length > 0) add(words.credentials, credentials.map(say).join(' · '))
  if (purpose !== undefined) add(texts.request.purpose, say(purpose))
  if (legalBasis !== undefined) add(texts.request.legalBasis, say(legalBasis))
  if (retentionDays !== undefined && entry.action === 'presented') {
    add(words.keptUntil, retentionDays === 0 ? words.notKept : date(entry.timeMs + retentionDays * dayMs))
  }
  if (queryId !== undefined) add(words.query, queryId)
  if (reason !== undefined) {
    add(
      texts.refused.why,
      <>
        {say(reason)}
        <small>{code}</small>
      </>,
    )
  }
  return rows
}
