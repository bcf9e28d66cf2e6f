import { Dialog, ErrorNotice, useClient, useTask, useTexts } from '@hufu/look'
import { Button, Stack } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { ChangeAnswer, Person, StaffRole } from '../api/staff-answers.ts'
import { administrationTexts } from './administration-texts.ts'
import { RoleChoice } from './role-choice.tsx'

interface ManagePersonProps {
  /** Undefined: nobody; the dialog is closed. */
  readonly person: Person | undefined
  readonly onClose: () => void
  readonly onChanged: (answer: ChangeAnswer) => void
}

/** What an administrator may do with another person. */
export function ManagePerson({ person, onClose, onChanged }: ManagePersonProps) {
  const texts = useTexts(administrationTexts)
  const client = useClient()
  const task = useTask()
  const { clear } = task
  const [roles, setRoles] = useState<readonly StaffRole[]>([])
  useEffect(() => {
    setRoles(person?.roles ?? [])
    clear()
  }, [person, clear])
  const change = (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): void =>
    task.run(async () => {
      onChanged(await client.send<ChangeAnswer>(method, `/staff/people/${person?.id ?? ''}${path}`, body))
      onClose()
    })
  return (
    <Dialog title={person?.name ?? ''} isOpen={person !== undefined} onClose={onClose}>
      <RoleChoice roles={roles} onChange={setRoles} />
      <Button
        mt="md"
        disabled={roles.length === 0 || roles.join() === person?.roles.join()}
        loading={task.isRunning}
        onClick={() => change('PUT', '/roles', { roles })}
      >
        {texts.changeRoles}
      </Button>
      <ErrorNotice error={task.error} />
      <hr style={{ border: 0, borderTop: '1px solid var(--hufu-line)', margin: '1.25rem 0' }} />
      <Stack gap="xs">
        {person?.state === 'active' ? (
          <>
            <small>{texts.suspendExplain}</small>
            <Button variant="outline" disabled={task.isRunning} onClick={() => change('POST', '/suspend')}>
              {texts.suspend}
            </Button>
            <Button variant="default" disabled={task.isRunning} onClick={() => change('POST', '/invitation')}>
              {texts.reinvite}
            </Button>
          </>
        ) : (
          <Button variant="default" disabled={task.isRunning} onClick={() => change('POST', '/reinstate')}>
            {texts.reinstate}
          </Button>
        )}
        <Button variant="outline" disabled={task.isRunning} onClick={() => change('DELETE', '')}>
          {texts.remove}
        </Button>
      </Stack>
    </Dialog>
  )
}
