import { Button, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useSpeech } from '../texts/language.tsx'
import { Dialog } from './dialog.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { forgetBackups } from './last-backup.ts'
import { useTask } from './use-task.ts'
import { useWallet } from './wallet-context.tsx'

/** Deletes everything from this device, after the person has typed that they mean it. */
export function EraseWallet() {
  const { texts } = useSpeech()
  const wallet = useWallet()
  const [opened, setOpened] = useState(false)
  const [word, setWord] = useState('')
  const task = useTask()
  const meant = word.trim().toLowerCase() === texts.erase.word.toLowerCase()
  const erase = (): void => {
    void task.run(async () => {
      await wallet.erase()
      forgetBackups()
      // Begins anew with nothing in memory either.
      window.location.assign('#/')
      window.location.reload()
    })
  }
  return (
    <>
      <Button variant="outline" color="cinnabar" leftSection={<IconTrash size={18} aria-hidden />} onClick={() => setOpened(true)}>
        {texts.erase.open}
      </Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={texts.erase.title}>
        <p>{texts.erase.explain}</p>
        <TextInput
          label={texts.erase.confirm(texts.erase.word)}
          autoComplete="off"
          value={word}
          onChange={event => setWord(event.currentTarget.value)}
        />
        <ErrorNotice error={task.error} />
        <Button fullWidth mt="md" disabled={!meant} loading={task.busy} onClick={erase}>
          {texts.erase.erase}
        </Button>
        <Button fullWidth mt="xs" variant="subtle" color="gray" onClick={() => setOpened(false)}>
          {texts.app.cancel}
        </Button>
      </Dialog>
    </>
  )
}
