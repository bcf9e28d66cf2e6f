import { TallyLogo } from '@hufu/look'
import { IconBan } from '@tabler/icons-react'
import { type ReactNode, useEffect } from 'react'
import { useAnnounce } from './announcer.tsx'
import { PageHeading } from './page.tsx'
import classes from './result-view.module.css'

interface ResultViewProps {
  /** The halves met, or they did not. */
  readonly good: boolean
  readonly title: string
  readonly children: ReactNode
  /** What can be done now. */
  readonly actions: ReactNode
}

/** How it ended. */
export function ResultView({ good, title, children, actions }: ResultViewProps) {
  const announce = useAnnounce()
  useEffect(() => announce(title), [announce, title])
  return (
    <div className={classes.result}>
      <div className={classes.seal} data-good={good}>
        {good ? <TallyLogo size={84} meeting /> : <IconBan size={72} stroke={1.4} aria-hidden />}
      </div>
      <PageHeading>{title}</PageHeading>
      <div className={classes.said}>{children}</div>
      <div className={classes.actions}>{actions}</div>
    </div>
  )
}
