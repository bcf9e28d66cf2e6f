import { Anchor, Button, FileButton, SegmentedControl, Stack } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Unlocking, UnlockMethod } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import { Entrance } from './entrance.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { useNewPin } from './new-pin.tsx'
import { SecretInput } from './secret-input.tsx'
import { useCanUsePasskey } from './use-can-use-passkey.ts'
import { useTask } from './use-task.ts'
import { useWallet } from './wallet-context.tsx'
import classes from './welcome-page.module.css'

/** Makes this new wallet the one of a backup, opened in a way of its own. */
export function RestorePage() {
  const { texts } = useSpeech()
  const wallet = useWallet()
  const task = useTask()
  const canUsePasskey = useCanUsePasskey()
  const [file, setFile] = useState<File | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const [method, setMethod] = useState<UnlockMethod>('pin')
  const [tried, setTried] = useState(false)
  const pin = useNewPin()
  const words = texts.restore
  const restore = (): void => {
    setTried(true)
    const by = takeUnlocking(method, pin.take)
    if (file === null || passphrase === '' || by === undefined) return
    void task.run(async () => wallet.restore(await file.text(), passphrase, by))
  }
  return (
    <Entrance title={words.title}>
      <p className={classes.explain}>{words.explain}</p>
      <form
        noValidate
        onSubmit={event => {
          event.preventDefault()
          restore()
        }}
      >
        <Stack gap="sm">
          <FileButton onChange={setFile} inputProps={{ 'aria-label': words.file }}>
            {props => (
              <Button {...props} variant="default" leftSection={<IconFileUpload size={20} aria-hidden />}>
                {file?.name ?? words.choose}
              </Button>
            )}
          </FileButton>
          {tried && file === null && (
            <p role="alert" className={classes.wrong}>
              {words.missing}
            </p>
          )}
          <SecretInput
            label={words.passphrase}
            autoComplete="off"
            value={passphrase}
            error={tried && passphrase === '' && words.passphraseMissing}
            onChange={event => setPassphrase(event.currentTarget.value)}
          />
          <h2 className={classes.choose}>{texts.welcome.choose}</h2>
          {canUsePasskey === true && (
            <SegmentedControl
              fullWidth
              size="md"
              aria-label={texts.welcome.choose}
              value={method}
              onChange={value => setMethod(value === 'passkey' ? 'passkey' : 'pin')}
              data={[
                { value: 'pin', label: texts.welcome.pin },
                { value: 'passkey', label: texts.welcome.passkey },
              ]}
            />
          )}
          {method === 'pin' && pin.fields}
          <p className={classes.small}>{words.once}</p>
          <ErrorNotice error={task.error} />
          <Button type="submit" size="lg" loading={task.busy}>
            {words.restore}
          </Button>
        </Stack>
      </form>
      <p className={classes.restore}>
        <Anchor component={Link} href="/">
          {texts.app.back}
        </Anchor>
      </p>
    </Entrance>
  )
}

function takeUnlocking(method: UnlockMethod, takePin: () => string | undefined): Unlocking | undefined {
  if (method === 'passkey') return { passkey: true }
  const pin = takePin()
  return pin === undefined ? undefined : { pin }
}
