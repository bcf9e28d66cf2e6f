import { DataTable, useSpeech, useTexts } from '@hufu/look'
import { Link } from 'wouter'
import type { Notification } from '../../../src/api-types.ts'
import { explorerTexts } from './explorer-texts.ts'
import classes from './notifications.module.css'

/** What contracts told, the newest first. */
export function Notifications({ notifications }: { readonly notifications: readonly Notification[] }) {
  const texts = useTexts(explorerTexts)
  const { number, exactTime } = useSpeech()
  return (
    <DataTable
      caption={texts.notifications}
      rows={notifications}
      keyOf={({ transactionHash, index }) => `${transactionHash} ${index}`}
      empty={texts.noNotifications}
      columns={[
        {
          title: texts.kind,
          show: ({ contract, name }) => (
            <span lang="en">
              <strong>{name}</strong> <span className={classes.contract}>{contract}</span>
            </span>
          ),
        },
        {
          title: texts.content,
          show: ({ values }) => (
            <span className={classes.values} lang="en">
              {Object.entries(values).map(([name, value]) => (
                <span key={name}>
                  <span className={classes.contract}>{name}</span> <code>{shortened(value)}</code>
                </span>
              ))}
            </span>
          ),
        },
        { title: texts.time, show: ({ timeMs }) => <span className={classes.time}>{exactTime(timeMs)}</span> },
        {
          title: texts.transaction,
          show: ({ blockIndex, transactionHash }) => (
            <Link href={`/explorer/transactions/${transactionHash}`} style={{ whiteSpace: 'nowrap' }}>
              {number(blockIndex)} · {transactionHash.slice(0, 8)}…
            </Link>
          ),
        },
      ]}
    />
  )
}

function shortened(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 34 ? `${text.slice(0, 12)}…${text.slice(-8)}` : text
}
