import { Button } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useEffect } from 'react'
import type { StaffClient } from '../api/staff-client.ts'
import { useTask } from '../api/use-task.ts'
import { Dialog } from '../frame/dialog.tsx'
import { ErrorNotice } from '../frame/error-notice.tsx'
import { useTexts } from '../language/language.tsx'
import { confirmWithPasskey } from './passkeys.ts'
import { sessionTexts } from './session-texts.ts'
import type { Me } from './staff-answers.ts'

interface ReauthenticateProps {
  readonly me: Me
  readonly client: StaffClient
  readonly isOpen: boolean
  readonly onAnswer: (isConfirmed: boolean) => void
}

/** Asks a person to show again that it is they, for what cannot be taken back. */
export function Reauthenticate({ me, client, isOpen, onAnswer }: ReauthenticateProps) {
  const texts = useTexts(sessionTexts)
  const task = useTask()
  const { clear } = task
  useEffect(() => {
    if (isOpen) clear()
  }, [isOpen, clear])
  const confirm = (): void =>
    task.run(async () => {
      if (me.signIn === 'passkey') await confirmWithPasskey(client)
      else await client.send('POST', '/staff/confirmation', {})
      onAnswer(true)
    })
  return (
    <Dialog title={texts.again} isOpen={isOpen} onClose={() => onAnswer(false)}>
      <p>{texts.againExplain}</p>
      <ErrorNotice error={task.error} />
      <Button fullWidth loading={task.isRunning} leftSection={<IconFingerprint size={20} aria-hidden />} onClick={confirm} data-autofocus>
        {me.signIn === 'passkey' ? texts.againPasskey : texts.againStandIn}
      </Button>
    </Dialog>
  )
}
