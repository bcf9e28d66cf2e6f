import {
  ConfirmDialog,
  DataTable,
  ErrorNotice,
  Mark,
  Page,
  Section,
  useClient,
  useLoaded,
  useMe,
  useRoleNames,
  useSpeech,
  useTask,
  useTexts,
} from '@hufu/look'
import { Button, TextInput } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import type { ChangeAnswer, Invitation, Person, StaffRole } from '../api/staff-answers.ts'
import { administrationTexts } from './administration-texts.ts'
import { ChangeNotice } from './change-notice.tsx'
import { ManagePerson } from './manage-person.tsx'
import { RoleChoice } from './role-choice.tsx'

const tones = { active: 'good', suspended: 'waiting', removed: 'plain' } as const

/** Who works here, and who is invited. */
export function PeoplePage() {
  const texts = useTexts(administrationTexts)
  const roleNames = useRoleNames()
  const { dateTime } = useSpeech()
  const me = useMe()
  const client = useClient()
  const [isInviting, setIsInviting] = useState(false)
  const [name, setName] = useState('')
  const [roles, setRoles] = useState<readonly StaffRole[]>(['clerk'])
  const [managed, setManaged] = useState<Person>()
  const [answer, setAnswer] = useState<ChangeAnswer>()
  const people = useLoaded('people', each => each.get<{ people: readonly Person[] }>('/staff/people'))
  const invitations = useLoaded('invitations', each => each.get<{ invitations: readonly Invitation[] }>('/staff/invitations'))
  const withdrawing = useTask()
  const changed = (next: ChangeAnswer): void => {
    setAnswer(next)
    people.reload()
    invitations.reload()
  }
  const rolesOf = (each: { readonly roles: readonly StaffRole[] }): string => roleNames(each.roles)
  return (
    <Page
      title={texts.people}
      explain={texts.peopleExplain}
      aside={
        <Button leftSection={<IconUserPlus size={20} aria-hidden />} onClick={() => setIsInviting(true)}>
          {texts.invite}
        </Button>
      }
    >
      <ChangeNotice answer={answer} />
      <DataTable
        caption={texts.people}
        rows={people.data?.people}
        keyOf={({ id }) => id}
        error={people.error}
        onRetry={people.reload}
        empty="—"
        columns={[
          {
            title: texts.name,
            show: person => (
              <strong>
                {person.name} {person.id === me.id && texts.you}
              </strong>
            ),
          },
          { title: texts.roles, show: rolesOf },
          { title: texts.state, show: ({ state }) => <Mark tone={tones[state]}>{texts.states[state]}</Mark> },
          { title: texts.since, show: ({ createdAtMs }) => dateTime(createdAtMs) },
          {
            title: '',
            show: person =>
              person.id === me.id || person.state === 'removed' ? null : (
                <Button variant="default" aria-label={texts.manageOf(person.name)} onClick={() => setManaged(person)}>
                  {texts.manage}
                </Button>
              ),
          },
        ]}
      />
      <Section title={texts.invitations}>
        <ErrorNotice error={withdrawing.error} />
        <DataTable
          caption={texts.invitations}
          rows={invitations.data?.invitations}
          keyOf={({ id }) => id}
          error={invitations.error}
          onRetry={invitations.reload}
          empty={texts.noInvitations}
          columns={[
            { title: texts.name, show: each => each.name },
            { title: texts.roles, show: rolesOf },
            { title: texts.state, show: ({ state }) => texts.invitationStates[state] ?? state },
            { title: texts.expires, show: ({ expiresAtMs }) => dateTime(expiresAtMs) },
            {
              title: '',
              show: invitation => (
                <Button
                  variant="default"
                  aria-label={texts.withdrawOf(invitation.name)}
                  onClick={() =>
                    withdrawing.run(async () => {
                      await client.send('DELETE', `/staff/invitations/${invitation.id}`)
                      changed({})
                    })
                  }
                >
                  {texts.withdraw}
                </Button>
              ),
            },
          ]}
        />
      </Section>
      <ConfirmDialog
        title={texts.invite}
        isOpen={isInviting}
        onClose={() => setIsInviting(false)}
        action={texts.send}
        isReady={name.trim() !== '' && roles.length > 0}
        onConfirm={async () => {
          changed(await client.send<ChangeAnswer>('POST', '/staff/invitations', { name: name.trim(), roles }))
          setName('')
        }}
      >
        <TextInput
          label={texts.name}
          withAsterisk
          maxLength={100}
          data-autofocus
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <RoleChoice roles={roles} onChange={setRoles} />
      </ConfirmDialog>
      <ManagePerson person={managed} onClose={() => setManaged(undefined)} onChanged={changed} />
    </Page>
  )
}
