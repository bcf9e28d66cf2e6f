import { TallyLogo } from '@hufu/look'
import { Button, Skeleton } from '@mantine/core'
import { IconScan, IconShieldPlus } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { HeldCredential } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import { CredentialCard } from './credential-card.tsx'
import { ErrorNotice } from './error-notice.tsx'
import classes from './home-page.module.css'
import { lastBackupMs } from './last-backup.ts'
import { Page } from './page.tsx'
import { useCredentials } from './wallet-context.tsx'

/** What the wallet holds. */
export function HomePage() {
  const { texts } = useSpeech()
  const { value: credentials, error } = useCredentials()
  const any = credentials !== undefined && credentials.length > 0
  const scan = (
    <Button component={Link} href="/scan" leftSection={<IconScan size={20} aria-hidden />}>
      {texts.home.scan}
    </Button>
  )
  return (
    <Page title={texts.home.title} width="wide" aside={any && <span className={classes.scanAside}>{scan}</span>}>
      <ErrorNotice error={error} />
      {credentials === undefined && error === undefined && (
        <Skeleton height={220} maw={416} radius={20} mt="md" aria-label={texts.app.loading} />
      )}
      {credentials?.length === 0 && <Nothing action={scan} />}
      {any && (
        <>
          <ul className={classes.cards}>
            {credentials.map(credential => (
              <li key={credential.id}>
                <CredentialCard credential={credential} linked />
              </li>
            ))}
          </ul>
          <BackupReminder credentials={credentials} />
        </>
      )}
    </Page>
  )
}

function Nothing({ action }: { readonly action: React.ReactNode }) {
  const { texts } = useSpeech()
  return (
    <div className={classes.nothing}>
      <div className={classes.nothingSeal}>
        <TallyLogo size={72} />
      </div>
      <h2>{texts.home.empty}</h2>
      <p>{texts.home.emptyExplain}</p>
      {action}
    </div>
  )
}

function BackupReminder({ credentials }: { readonly credentials: readonly HeldCredential[] }) {
  const { texts } = useSpeech()
  const last = lastBackupMs()
  if (last !== undefined && credentials.every(({ issuedAtMs }) => issuedAtMs <= last)) return null
  return (
    <aside className={classes.reminder}>
      <IconShieldPlus size={26} stroke={1.6} aria-hidden />
      <div>
        <h2>{last === undefined ? texts.home.backupNever : texts.home.backupDue}</h2>
        <p>{texts.home.backupExplain}</p>
      </div>
      <Button component={Link} href="/settings/backup" variant="default">
        {texts.home.backupNow}
      </Button>
    </aside>
  )
}
