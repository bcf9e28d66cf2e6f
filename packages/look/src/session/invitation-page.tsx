import { Alert, Button, TextInput } from '@mantine/core'
import { IconFingerprint, IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useLoaded } from '../api/use-loaded.ts'
import { useTask } from '../api/use-task.ts'
import { Loading } from '../frame/data-table.tsx'
import { ErrorNotice } from '../frame/error-notice.tsx'
import { PageHeading } from '../frame/page.tsx'
import { Rows } from '../frame/section.tsx'
import { useSpeech, useTexts } from '../language/language.tsx'
import { Entrance } from './entrance.tsx'
import { acceptWithPasskey } from './passkeys.ts'
import { useSession } from './session-context.tsx'
import { sessionTexts } from './session-texts.ts'
import { useRoleNames } from './use-role-names.ts'

interface InvitationInfo {
  readonly name: string
  readonly roles: readonly string[]
  readonly expiresAtMs: number
}

/** Lets somebody in who was invited: with a first passkey, or in a pilot by the link alone. */
export function InvitationPage({ code, onDone }: { readonly code: string; readonly onDone: () => void }) {
  const texts = useTexts(sessionTexts)
  const roleNames = useRoleNames()
  const { dateTime } = useSpeech()
  const { client, refresh } = useSession()
  const [, navigate] = useLocation()
  const [label, setLabel] = useState(texts.defaultLabel)
  const task = useTask()
  const loaded = useLoaded(`invitation ${code}`, async each => ({
    invitation: await each.send<InvitationInfo>('POST', '/staff/invitation', { code }),
    ...(await each.get<{ signIn: 'passkey' | 'invitation' }>('/staff/sign-in')),
  }))
  const comeIn = (accept: () => Promise<string>): void =>
    task.run(async () => {
      await refresh(await accept())
      onDone()
      navigate('/')
    })
  const enrol = (): void => comeIn(() => acceptWithPasskey(client, code, label.trim() === '' ? texts.defaultLabel : label.trim()))
  const standIn = (): void =>
    comeIn(async () => (await client.send<{ csrfToken: string }>('POST', '/staff/sign-in/invitation', { code })).csrfToken)

  if (loaded.data === undefined)
    return (
      <Entrance>
        <PageHeading>{texts.invitation}</PageHeading>
        <ErrorNotice error={loaded.error} />
        {loaded.isLoading ? <Loading /> : <Button onClick={onDone}>{texts.toSignIn}</Button>}
      </Entrance>
    )
  const { invitation, signIn } = loaded.data
  return (
    <Entrance>
      <PageHeading>{texts.invitationFor(invitation.name)}</PageHeading>
      <p>{texts.invitationExplain}</p>
      <Rows
        rows={[
          { name: texts.roles, value: roleNames(invitation.roles) },
          { name: texts.expires, value: dateTime(invitation.expiresAtMs) },
        ]}
      />
      <ErrorNotice error={task.error} />
      {signIn === 'invitation' ? (
        <>
          <Alert color="bronze" variant="light" title={texts.standInTitle} icon={<IconInfoCircle aria-hidden />} my="md">
            {texts.standInExplain}
          </Alert>
          <Button fullWidth size="lg" loading={task.isRunning} onClick={standIn}>
            {texts.standIn}
          </Button>
        </>
      ) : (
        <>
          <TextInput
            label={texts.label}
            description={texts.labelHint}
            value={label}
            maxLength={60}
            my="md"
            onChange={event => setLabel(event.currentTarget.value)}
          />
          <Button fullWidth size="lg" loading={task.isRunning} leftSection={<IconFingerprint size={22} aria-hidden />} onClick={enrol}>
            {texts.enrol}
          </Button>
        </>
      )}
    </Entrance>
  )
}
