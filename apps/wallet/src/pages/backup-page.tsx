import { Alert, Button, Progress, Stack } from '@mantine/core'
import { IconDeviceFloppy, IconInfoCircle, IconWand } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { BackupFile } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import classes from './backup-page.module.css'
import { useCurrentUnlocking } from './current-unlocking.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { lastBackupMs, rememberBackup } from './last-backup.ts'
import { Page } from './page.tsx'
import { makePassphrase, type PassphraseStrength, passphraseStrength } from './passphrase-strength.ts'
import { ResultView } from './result-view.tsx'
import { saveFile } from './save-file.ts'
import { SecretInput } from './secret-input.tsx'
import { Section } from './section.tsx'
import { useTask } from './use-task.ts'
import { useCredentials, useWallet } from './wallet-context.tsx'

const strengthPercent: Readonly<Record<PassphraseStrength, number>> = { weak: 20, fair: 50, good: 75, strong: 100 }
const strengthColour: Readonly<Record<PassphraseStrength, string>> = { weak: 'cinnabar', fair: 'bronze', good: 'patina', strong: 'patina' }

/** Makes an encrypted file of everything. */
export function BackupPage() {
  const { texts } = useSpeech()
  const wallet = useWallet()
  const task = useTask()
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [madeUp, setMadeUp] = useState(false)
  const [tried, setTried] = useState(false)
  const [file, setFile] = useState<BackupFile>()
  const current = useCurrentUnlocking()
  const words = texts.backup
  const strength = passphraseStrength(passphrase)
  const makeUp = (): void => {
    const made = makePassphrase()
    setPassphrase(made)
    setAgain(made)
    setMadeUp(true)
  }
  const make = (): void => {
    setTried(true)
    if (strength === 'weak' || again !== passphrase) return
    void task.run(async () => {
      const made = await wallet.backup(passphrase, current.unlocking)
      saveFile(made.fileName, made.text)
      rememberBackup(Date.now())
      setFile(made)
      setPassphrase('')
      setAgain('')
      current.clear()
    })
  }
  if (file !== undefined) return <Made file={file} />
  return (
    <Page title={words.title} back="/settings" explain={`${words.explain} ${words.copies}`}>
      <LastBackup />
      <Section title={words.passphrase}>
        <form
          noValidate
          onSubmit={event => {
            event.preventDefault()
            make()
          }}
        >
          <Stack gap="sm">
            {madeUp && (
              <Alert role="status" color="bronze" variant="light" icon={<IconInfoCircle aria-hidden />}>
                {words.suggested}
                <code className={classes.madeUp}>{passphrase}</code>
              </Alert>
            )}
            <SecretInput
              label={words.passphrase}
              description={words.passphraseHint}
              autoComplete="new-password"
              value={passphrase}
              error={tried && strength === 'weak' && words.strengths.weak}
              onChange={event => {
                setPassphrase(event.currentTarget.value)
                setMadeUp(false)
              }}
            />
            {passphrase !== '' && (
              <div>
                <Progress value={strengthPercent[strength]} color={strengthColour[strength]} aria-label={words.strength} />
                <p className={classes.strength} role="status">
                  {words.strength}: <strong>{words.strengths[strength]}</strong>
                </p>
              </div>
            )}
            <SecretInput
              label={words.again}
              autoComplete="new-password"
              value={again}
              error={tried && strength !== 'weak' && again !== passphrase && words.differs}
              onChange={event => setAgain(event.currentTarget.value)}
            />
            <Button variant="subtle" leftSection={<IconWand size={18} aria-hidden />} onClick={makeUp}>
              {words.suggest}
            </Button>
            {current.field}
            <ErrorNotice error={task.error} />
            <Button type="submit" size="lg" loading={task.busy} leftSection={<IconDeviceFloppy size={20} aria-hidden />}>
              {words.make}
            </Button>
          </Stack>
        </form>
      </Section>
    </Page>
  )
}

function LastBackup() {
  const { texts, dateTime } = useSpeech()
  const { value: credentials } = useCredentials()
  const words = texts.backup
  const last = lastBackupMs()
  const newer = last !== undefined && (credentials ?? []).some(({ issuedAtMs }) => issuedAtMs > last)
  return (
    <p className={classes.last}>
      {last === undefined ? words.never : words.last(dateTime(last))} {newer && words.due}
    </p>
  )
}

function Made({ file }: { readonly file: BackupFile }) {
  const { texts } = useSpeech()
  const words = texts.backup
  return (
    <ResultView
      good
      title={words.made}
      actions={
        <>
          <Button component={Link} href="/">
            {texts.app.done}
          </Button>
          <Button
            variant="default"
            leftSection={<IconDeviceFloppy size={20} aria-hidden />}
            onClick={() => saveFile(file.fileName, file.text)}
          >
            {words.save}
          </Button>
        </>
      }
    >
      <p className={classes.fileName}>{file.fileName}</p>
      <p>{words.madeExplain}</p>
    </ResultView>
  )
}
