import { ErrorNotice, Loading, useLoaded } from '@hufu/look'
import type { ReactNode } from 'react'
import type { Asked } from './asked.ts'
import type { Answer } from './check-answer.ts'
import classes from './verified-answer.module.css'
import { VerifyPanel } from './verify-panel.tsx'

interface VerifiedAnswerProps<Kind extends Answer> {
  /** Route that answers. */
  readonly path: string
  readonly asked: Asked
  readonly children: (shown: NonNullable<Kind['shown']>) => ReactNode
  /** What stands there if the ledger has nothing. */
  readonly none: ReactNode
  /** Asks again and again; undefined: once. */
  readonly everyMs?: number
}

/** Asks the server for an answer and shows it; beside it stands what this browser finds when it checks it. */
export function VerifiedAnswer<Kind extends Answer>({ path, asked, children, none, everyMs }: VerifiedAnswerProps<Kind>) {
  const { data, error, reload } = useLoaded(
    path,
    async client => ({ asked, answer: await client.get<Kind>(path), receivedMs: Date.now() }),
    { everyMs },
  )
  if (data === undefined) return error === undefined ? <Loading /> : <ErrorNotice error={error} onRetry={reload} />
  return (
    <div className={classes.answer}>
      <div className={classes.shown}>{data.answer.shown === null ? none : children(data.answer.shown as NonNullable<Kind['shown']>)}</div>
      <div className={classes.check}>
        <VerifyPanel {...data} />
      </div>
    </div>
  )
}
