import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ApiProblem } from '../api/api-problem.ts'
import { otherProblem, problemTexts } from '../api/problem-texts.ts'
import { useSpeech, useTexts } from '../language/language.tsx'
import classes from './error-notice.module.css'
import { frameTexts } from './frame-texts.ts'
import { usePagesSettings } from './pages.tsx'

interface ErrorNoticeProps {
  /** What was thrown; nothing is shown for undefined. */
  readonly error: unknown
  readonly onRetry?: () => void
}

/** What failed and what to do, in the person's language. It is read out as soon as it appears. */
export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  const { say } = useSpeech()
  const texts = useTexts(frameTexts)
  const { problems } = usePagesSettings()
  if (error === undefined) return null
  const problem = error instanceof ApiProblem ? error : undefined
  const { reason, fix } = problems[problem?.code ?? ''] ?? problemTexts[problem?.code ?? ''] ?? otherProblem
  return (
    <Alert role="alert" color="cinnabar" variant="light" icon={<IconAlertTriangle aria-hidden />} className={classes.notice!}>
      <p className={classes.reason}>{say(reason)}</p>
      <p className={classes.fix}>{say(fix)}</p>
      {problem?.code.startsWith('ERR_') === true && (
        <p className={classes.code}>
          <code>{problem.code}</code>
          {problem.detail !== undefined && <span lang="en"> · {problem.detail}</span>}
        </p>
      )}
      {onRetry !== undefined && (
        <Button mt="xs" variant="default" onClick={onRetry}>
          {texts.retry}
        </Button>
      )}
    </Alert>
  )
}
