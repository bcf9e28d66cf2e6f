import { Page, Section, useTexts } from '@hufu/look'
import { GrantChanges } from './grant-changes.tsx'
import { Registry } from './registry.tsx'
import { trustTexts } from './trust-texts.ts'
import { WhoCould } from './who-could.tsx'

/** The registry: who could do what and when, how it stands, and every change of it. */
export function TrustPage() {
  const texts = useTexts(trustTexts)
  return (
    <Page title={texts.title} explain={texts.explain}>
      <WhoCould />
      <Registry />
      <Section title={texts.history} aside={<span>{texts.historyExplain}</span>}>
        <GrantChanges />
      </Section>
    </Page>
  )
}
