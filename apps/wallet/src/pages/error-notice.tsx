import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { WalletError } from '../core/errors.ts'
import { useSpeech } from '../texts/language.tsx'
import classes from './error-notice.module.css'

interface ErrorNoticeProps {
  /** What was thrown; nothing is shown for undefined. */
  readonly error: unknown
}

/** What went wrong and what to do, in the person's language. It is read out as soon as it appears, and comes into sight. */
export function ErrorNotice({ error }: ErrorNoticeProps) {
  const { texts, say } = useSpeech()
  const notice = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (error !== undefined) notice.current?.scrollIntoView({ block: 'center' })
  }, [error])
  // Stopped by the person: nothing to tell.
  if (error === undefined || (error instanceof WalletError && error.code === 'ERR_WALLET_CANCELLED')) return null
  const known = error instanceof WalletError
  return (
    <Alert ref={notice} role="alert" color="cinnabar" variant="light" icon={<IconAlertTriangle aria-hidden />} className={classes.notice!}>
      <p className={classes.reason}>{known ? say(error.reason) : texts.error.unknown}</p>
      <p className={classes.fix}>{known ? say(error.fix) : texts.error.unknownFix}</p>
      {known && <code className={classes.code}>{error.code}</code>}
    </Alert>
  )
}
