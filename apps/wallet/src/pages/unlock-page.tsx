import { Alert, Button, Collapse } from '@mantine/core'
import { IconClock, IconFingerprint, IconLink } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { useSpeech } from '../texts/language.tsx'
import { Entrance } from './entrance.tsx'
import { EraseWallet } from './erase-wallet.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { useLink } from './link-waiting.ts'
import { SecretInput } from './secret-input.tsx'
import { useTask } from './use-task.ts'
import { useWallet } from './wallet-context.tsx'
import classes from './welcome-page.module.css'

/** Opens the wallet by what it was made with. */
export function UnlockPage() {
  const { texts } = useSpeech()
  const wallet = useWallet()
  const link = useLink()
  const [place] = useLocation()
  const task = useTask()
  const [pin, setPin] = useState('')
  const [forgot, setForgot] = useState(false)
  const waitSeconds = useWaitSeconds(task.error)
  const byPasskey = wallet.method === 'passkey'
  const open = (): void => {
    void task.run(() => wallet.unlock(byPasskey ? { passkey: true } : { pin })).then(done => !done && setPin(''))
  }
  return (
    <Entrance title={texts.unlock.title}>
      {link !== undefined && place === '/open' && (
        <Alert color="bronze" variant="light" icon={<IconLink aria-hidden />} mb="md">
          {texts.unlock.linkWaits}
        </Alert>
      )}
      <form
        noValidate
        onSubmit={event => {
          event.preventDefault()
          open()
        }}
      >
        {!byPasskey && (
          <SecretInput
            label={texts.unlock.pin}
            size="lg"
            inputMode="numeric"
            autoComplete="current-password"
            maxLength={12}
            autoFocus
            value={pin}
            disabled={waitSeconds > 0}
            onChange={event => setPin(event.currentTarget.value)}
          />
        )}
        <ErrorNotice error={task.error} />
        {waitSeconds > 0 && (
          <Alert color="bronze" variant="light" icon={<IconClock aria-hidden />} mt="sm">
            {texts.unlock.wait(waitSeconds)}
          </Alert>
        )}
        <Button
          type="submit"
          fullWidth
          size="lg"
          mt="md"
          loading={task.busy}
          disabled={waitSeconds > 0 || (!byPasskey && pin.length < 6)}
          leftSection={byPasskey ? <IconFingerprint size={22} aria-hidden /> : undefined}
        >
          {byPasskey ? texts.unlock.passkey : texts.unlock.open}
        </Button>
      </form>
      <Button variant="subtle" color="gray" fullWidth mt="xs" aria-expanded={forgot} onClick={() => setForgot(!forgot)}>
        {texts.unlock.forgot}
      </Button>
      <Collapse expanded={forgot}>
        <p className={classes.explain}>{texts.unlock.forgotExplain}</p>
        <EraseWallet />
      </Collapse>
    </Entrance>
  )
}

/** Seconds until another PIN counts, going down. */
function useWaitSeconds(error: unknown): number {
  const wallet = useWallet()
  const [seconds, setSeconds] = useState(0)
  // A failed try may have begun another wait.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const look = (): void => setSeconds(Math.ceil(wallet.pinWaitMs / 1000))
    look()
    const timer = setInterval(look, 500)
    return () => clearInterval(timer)
  }, [wallet, error])
  return seconds
}
