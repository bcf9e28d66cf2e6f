import { Alert, Button } from '@mantine/core'
import { browserSupportsWebAuthn } from '@simplewebauthn/browser'
import { IconFingerprint, IconInfoCircle } from '@tabler/icons-react'
import { useLoaded } from '../api/use-loaded.ts'
import { useTask } from '../api/use-task.ts'
import { ErrorNotice } from '../frame/error-notice.tsx'
import { PageHeading } from '../frame/page.tsx'
import { type Texts, useSpeech, useTexts } from '../language/language.tsx'
import { Entrance } from './entrance.tsx'
import { signInWithPasskey } from './passkeys.ts'
import { useSession } from './session-context.tsx'
import { sessionTexts } from './session-texts.ts'

/** The way in with a passkey. */
export function SignInPage({ title, explain }: { readonly title: Texts; readonly explain: Texts }) {
  const { say } = useSpeech()
  const texts = useTexts(sessionTexts)
  const { client, refresh, hasEnded } = useSession()
  const task = useTask()
  const { data } = useLoaded('sign-in', each => each.get<{ signIn: 'passkey' | 'invitation' }>('/staff/sign-in'))
  const isSupported = browserSupportsWebAuthn()
  const signIn = (): void => task.run(async () => refresh(await signInWithPasskey(client)))
  return (
    <Entrance>
      <PageHeading>{say(title)}</PageHeading>
      <p>{say(explain)}</p>
      {hasEnded && (
        <Alert role="status" color="bronze" variant="light" icon={<IconInfoCircle aria-hidden />} mb="md">
          {texts.ended}
        </Alert>
      )}
      {data?.signIn === 'invitation' ? (
        <Alert color="bronze" variant="light" icon={<IconInfoCircle aria-hidden />}>
          {texts.standInHint}
        </Alert>
      ) : (
        <>
          <ErrorNotice error={task.error} />
          <Button
            fullWidth
            size="lg"
            disabled={!isSupported}
            loading={task.isRunning}
            leftSection={<IconFingerprint size={22} aria-hidden />}
            onClick={signIn}
          >
            {texts.signIn}
          </Button>
          <p>{isSupported ? texts.passkeyHint : texts.unsupported}</p>
        </>
      )}
    </Entrance>
  )
}
