import { Button, SegmentedControl, Select, useMantineColorScheme } from '@mantine/core'
import { IconDatabase, IconInfoCircle, IconLanguage, IconLock, IconRefresh } from '@tabler/icons-react'
import { Link } from 'wouter'
import { useSpeech } from '../texts/language.tsx'
import { useAnnounce } from './announcer.tsx'
import { ChangeMethod } from './change-method.tsx'
import { EraseWallet } from './erase-wallet.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { lastBackupMs } from './last-backup.ts'
import { Page } from './page.tsx'
import { Rows, Section } from './section.tsx'
import classes from './settings-page.module.css'
import { useTask } from './use-task.ts'
import { useWallet } from './wallet-context.tsx'

const minuteMs = 60_000
const lockMinutes = [1, 5, 15, 60, 0] as const

export function SettingsPage() {
  const { texts } = useSpeech()
  return (
    <Page title={texts.settings.title}>
      <Looks />
      <Security />
      <Data />
      <About />
    </Page>
  )
}

function Looks() {
  const { texts, language } = useSpeech()
  const wallet = useWallet()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const words = texts.settings
  return (
    <Section title={words.looks} icon={<IconLanguage size={20} aria-hidden />}>
      <p className={classes.label} id="settings-language">
        {words.language}
      </p>
      <SegmentedControl
        fullWidth
        size="md"
        aria-labelledby="settings-language"
        value={language}
        onChange={value => void wallet.updateSettings({ language: value === 'en' ? 'en' : 'zh-CN' })}
        data={[
          { value: 'zh-CN', label: <span lang="zh-CN">中文</span> },
          { value: 'en', label: <span lang="en">English</span> },
        ]}
      />
      <p className={classes.label} id="settings-look">
        {words.look}
      </p>
      <SegmentedControl
        fullWidth
        size="md"
        aria-labelledby="settings-look"
        value={colorScheme}
        onChange={value => setColorScheme(value)}
        data={(['auto', 'light', 'dark'] as const).map(value => ({ value, label: words.lookOptions[value] }))}
      />
    </Section>
  )
}

function Security() {
  const { texts } = useSpeech()
  const wallet = useWallet()
  const words = texts.settings
  return (
    <Section title={words.security} icon={<IconLock size={20} aria-hidden />}>
      <Select
        label={words.autoLock}
        description={words.autoLockHint}
        allowDeselect={false}
        value={String(wallet.settings.autoLockMs / minuteMs)}
        onChange={value => value !== null && void wallet.updateSettings({ autoLockMs: Number(value) * minuteMs })}
        data={lockMinutes.map(minutes => ({ value: String(minutes), label: minutes === 0 ? words.never : words.minutes(minutes) }))}
      />
      <div className={classes.row}>
        <span>
          {words.method} <strong>{wallet.method === 'passkey' ? texts.welcome.passkey : texts.welcome.pin}</strong>
        </span>
        <ChangeMethod />
      </div>
    </Section>
  )
}

function Data() {
  const { texts, dateTime } = useSpeech()
  const words = texts.settings
  const last = lastBackupMs()
  return (
    <Section title={words.data} icon={<IconDatabase size={20} aria-hidden />}>
      <p className={classes.hint}>{last === undefined ? texts.backup.never : texts.backup.last(dateTime(last))}</p>
      <div className={classes.buttons}>
        <Button component={Link} href="/settings/backup" variant="default">
          {words.backupOpen}
        </Button>
        <EraseWallet />
      </div>
      <p className={classes.hint}>{words.restoreHint}</p>
    </Section>
  )
}

function About() {
  const { texts, number, dateTime } = useSpeech()
  const wallet = useWallet()
  const announce = useAnnounce()
  const task = useTask()
  const words = texts.settings
  const { connection } = wallet
  const check = (): void => {
    void task.run(() => wallet.refresh()).then(done => done && announce(words.checkDone))
  }
  return (
    <Section title={words.about} icon={<IconInfoCircle size={20} aria-hidden />}>
      <Rows
        rows={[
          { name: words.version, value: __WALLET_VERSION__ },
          {
            name: words.network,
            value: (
              <>
                {connection.network}
                <small>{connection.online ? words.online : words.offline}</small>
              </>
            ),
          },
          {
            name: words.height,
            value: (
              <>
                {connection.blockIndex === undefined ? words.notChecked : number(connection.blockIndex)}
                <small>{words.heightHint}</small>
              </>
            ),
          },
          { name: words.checkedAt, value: connection.checkedAtMs === undefined ? words.notChecked : dateTime(connection.checkedAtMs) },
        ]}
      />
      <ErrorNotice error={task.error} />
      <Button variant="default" mt="xs" loading={task.busy} leftSection={<IconRefresh size={18} aria-hidden />} onClick={check}>
        {words.check}
      </Button>
    </Section>
  )
}
