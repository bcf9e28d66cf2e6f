import { LinkOnce, useTexts } from '@hufu/look'
import { Alert } from '@mantine/core'
import { Link } from 'wouter'
import type { ChangeAnswer } from '../api/staff-answers.ts'
import { administrationTexts } from './administration-texts.ts'

/** What came of a change: a link to hand on, done, or waiting for a second administrator. */
export function ChangeNotice({ answer }: { readonly answer: ChangeAnswer | undefined }) {
  const texts = useTexts(administrationTexts)
  if (answer === undefined) return null
  if (answer.link !== undefined) return <LinkOnce title={texts.linkTitle} explain={texts.linkExplain} link={answer.link} />
  return (
    <Alert role="status" color={answer.approval === undefined ? 'patina' : 'bronze'} variant="light" mb="md">
      {answer.approval === undefined ? (
        texts.done
      ) : (
        <>
          {texts.pending} <Link href="/approvals">{texts.toApprovals}</Link>
        </>
      )}
    </Alert>
  )
}
