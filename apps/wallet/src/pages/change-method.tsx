import { Button, SegmentedControl, Stack } from '@mantine/core'
import { useState } from 'react'
import type { UnlockMethod } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import { useAnnounce } from './announcer.tsx'
import { useCurrentUnlocking } from './current-unlocking.tsx'
import { Dialog } from './dialog.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { useNewPin } from './new-pin.tsx'
import { useCanUsePasskey } from './use-can-use-passkey.ts'
import { useTask } from './use-task.ts'
import { useWallet } from './wallet-context.tsx'

/** Another PIN, or a passkey in place of the PIN, or the other way round. */
export function ChangeMethod() {
  const { texts } = useSpeech()
  const [opened, setOpened] = useState(false)
  const words = texts.settings
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {words.change}
      </Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={words.changeTitle}>
        <ChangeForm onDone={() => setOpened(false)} />
      </Dialog>
    </>
  )
}

function ChangeForm({ onDone }: { readonly onDone: () => void }) {
  const { texts } = useSpeech()
  const wallet = useWallet()
  const announce = useAnnounce()
  const task = useTask()
  const canUsePasskey = useCanUsePasskey()
  const current = useCurrentUnlocking()
  const pin = useNewPin()
  const [to, setTo] = useState<UnlockMethod>('pin')
  const words = texts.settings
  const change = (): void => {
    const chosen = to === 'pin' ? pin.take() : undefined
    if (to === 'pin' && chosen === undefined) return
    void task
      .run(() => wallet.changeMethod(current.unlocking, chosen === undefined ? { passkey: true } : { pin: chosen }))
      .then(done => {
        if (!done) return
        announce(words.changed)
        onDone()
      })
  }
  return (
    <form
      noValidate
      onSubmit={event => {
        event.preventDefault()
        change()
      }}
    >
      <Stack gap="sm">
        {current.field}
        {canUsePasskey === true && (
          <SegmentedControl
            fullWidth
            size="md"
            aria-label={words.changeTitle}
            value={to}
            onChange={value => setTo(value === 'passkey' ? 'passkey' : 'pin')}
            data={[
              { value: 'pin', label: words.toPin },
              { value: 'passkey', label: words.toPasskey },
            ]}
          />
        )}
        {to === 'pin' && pin.fields}
        <ErrorNotice error={task.error} />
        <Button type="submit" loading={task.busy}>
          {words.save}
        </Button>
      </Stack>
    </form>
  )
}
