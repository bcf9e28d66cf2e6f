import { Button } from '@mantine/core'
import { IconLogout } from '@tabler/icons-react'
import { useTask } from '../api/use-task.ts'
import { ErrorNotice } from '../frame/error-notice.tsx'
import { frameTexts } from '../frame/frame-texts.ts'
import { useTexts } from '../language/language.tsx'
import { useMe, useSession } from './session-context.tsx'
import { useRoleNames } from './use-role-names.ts'
import classes from './who-is-in.module.css'

/** Who is signed in, and the way out. */
export function WhoIsIn() {
  const texts = useTexts(frameTexts)
  const me = useMe()
  const roleNames = useRoleNames()
  const { signOut } = useSession()
  const task = useTask()
  return (
    <>
      <p className={classes.me}>
        {me.name}
        <span>{roleNames(me.roles)}</span>
      </p>
      <ErrorNotice error={task.error} />
      <Button
        variant="subtle"
        color="gray"
        h={44}
        px="sm"
        loading={task.isRunning}
        leftSection={<IconLogout size={20} aria-hidden />}
        onClick={() => task.run(signOut)}
      >
        {texts.signOut}
      </Button>
    </>
  )
}
