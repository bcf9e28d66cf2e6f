import { Button } from '@mantine/core'
import { Link } from 'wouter'
import { useTexts } from '../language/language.tsx'
import { frameTexts } from './frame-texts.ts'
import { Page } from './page.tsx'

/** An address that is none, or not for this person. */
export function NotFoundPage() {
  const texts = useTexts(frameTexts)
  return (
    <Page title={texts.notFound} explain={texts.notFoundExplain} width="narrow">
      <Button component={Link} href="/">
        {texts.home}
      </Button>
    </Page>
  )
}
