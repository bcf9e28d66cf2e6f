import { Chip, Group, Skeleton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { HistoryEntry } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { HistoryIcon } from './history-icon.tsx'
import classes from './history-page.module.css'
import { Page } from './page.tsx'
import { useHistory } from './wallet-context.tsx'

type Filter = 'all' | 'presented' | 'received' | 'refused' | 'other'

const filters: readonly Filter[] = ['all', 'presented', 'received', 'refused', 'other']

const filterOf: Readonly<Record<HistoryEntry['action'], Filter>> = {
  received: 'received',
  presented: 'presented',
  declined: 'refused',
  refused: 'refused',
  failed: 'other',
  removed: 'other',
  'status-changed': 'other',
  restored: 'other',
}

/** What happened, the newest first, by days. */
export function HistoryPage() {
  const { texts, date } = useSpeech()
  const { value: entries, error } = useHistory()
  const [filter, setFilter] = useState<Filter>('all')
  const words = texts.history
  const shown = entries?.filter(({ action }) => filter === 'all' || filterOf[action] === filter) ?? []
  const days = Map.groupBy(shown, ({ timeMs }) => date(timeMs))
  return (
    <Page title={words.title} explain={words.explain}>
      <ErrorNotice error={error} />
      {entries === undefined && error === undefined && <Skeleton height={240} radius="lg" aria-label={texts.app.loading} />}
      {entries?.length === 0 && (
        <div className={classes.nothing}>
          <h2>{words.empty}</h2>
          <p>{words.emptyExplain}</p>
        </div>
      )}
      {entries !== undefined && entries.length > 0 && (
        <>
          <Chip.Group multiple={false} value={filter} onChange={value => setFilter(value as Filter)}>
            <Group gap="xs" role="radiogroup" aria-label={words.filter}>
              {filters.map(name => (
                <Chip key={name} value={name} size="md" variant="outline" classNames={{ label: classes.chip! }}>
                  {words.filters[name]}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          {shown.length === 0 && <p className={classes.none}>{words.nothing}</p>}
          {[...days].map(([day, ofDay]) => (
            <section key={day}>
              <h2 className={classes.day}>{day}</h2>
              <ul className={classes.entries}>
                {ofDay.map(entry => (
                  <li key={entry.id}>
                    <Entry entry={entry} />
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </>
      )}
    </Page>
  )
}

function Entry({ entry }: { readonly entry: HistoryEntry }) {
  const { texts, say, time } = useSpeech()
  const about = entry.purpose ?? entry.credentials[0]
  return (
    <Link href={`/history/${entry.id}`} className={classes.entry!}>
      <HistoryIcon action={entry.action} />
      <span className={classes.words}>
        <span className={classes.action}>{texts.history.actions[entry.action]}</span>
        {entry.party !== undefined && <span>{say(entry.party.name)}</span>}
        {about !== undefined && <span className={classes.about}>{say(about)}</span>}
      </span>
      <time dateTime={new Date(entry.timeMs).toISOString()} className={classes.time}>
        {time(entry.timeMs)}
      </time>
      <IconChevronRight size={18} aria-hidden className={classes.chevron} />
    </Link>
  )
}
