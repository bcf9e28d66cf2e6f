import { Button } from '@mantine/core'
import { Link } from 'wouter'
import { useSpeech } from '../texts/language.tsx'
import { Page } from './page.tsx'

export function NotFoundPage() {
  const { texts } = useSpeech()
  return (
    <Page title={texts.notFound.title} explain={texts.notFound.explain}>
      <Button component={Link} href="/">
        {texts.app.home}
      </Button>
    </Page>
  )
}
