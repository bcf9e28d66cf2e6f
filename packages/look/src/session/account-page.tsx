import { Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useLoaded } from '../api/use-loaded.ts'
import { useTask } from '../api/use-task.ts'
import { ConfirmDialog } from '../frame/confirm-dialog.tsx'
import { DataTable } from '../frame/data-table.tsx'
import { ErrorNotice } from '../frame/error-notice.tsx'
import { Page } from '../frame/page.tsx'
import { Section } from '../frame/section.tsx'
import { useSpeech, useTexts } from '../language/language.tsx'
import { accountTexts } from './account-texts.ts'
import { addPasskey } from './passkeys.ts'
import { useClient, useMe } from './session-context.tsx'
import { useRoleNames } from './use-role-names.ts'

interface Passkey {
  readonly id: string
  readonly label: string
  readonly createdAtMs: number
  readonly usedAtMs: number | null
}

interface OwnSession {
  readonly id: string
  readonly kind: string
  readonly isThis: boolean
  readonly seenAtMs: number
  readonly expiresAtMs: number
}

/** What is one's own: passkeys and sessions. */
export function AccountPage() {
  const texts = useTexts(accountTexts)
  const roleNames = useRoleNames()
  const me = useMe()
  return (
    <Page title={texts.title} explain={`${me.name} · ${roleNames(me.roles)}`} width="narrow">
      <Passkeys />
      <Sessions />
    </Page>
  )
}

function Passkeys() {
  const texts = useTexts(accountTexts)
  const { dateTime } = useSpeech()
  const client = useClient()
  const me = useMe()
  const task = useTask()
  const [label, setLabel] = useState(texts.defaultLabel)
  const [chosen, setChosen] = useState<Passkey>()
  const { data, error, reload } = useLoaded('passkeys', each => each.get<{ passkeys: readonly Passkey[] }>('/staff/passkeys'))
  if (me.signIn === 'invitation')
    return (
      <Section title={texts.passkeys}>
        <p>{texts.standIn}</p>
      </Section>
    )
  const add = (): void =>
    task.run(async () => {
      await addPasskey(client, label.trim() === '' ? texts.defaultLabel : label.trim())
      reload()
    })
  return (
    <Section title={texts.passkeys}>
      <p>{texts.passkeysExplain}</p>
      <DataTable
        caption={texts.passkeys}
        rows={data?.passkeys}
        keyOf={({ id }) => id}
        error={error}
        onRetry={reload}
        empty={texts.none}
        columns={[
          { title: texts.label, show: each => each.label },
          { title: texts.created, show: ({ createdAtMs }) => dateTime(createdAtMs) },
          { title: texts.used, show: ({ usedAtMs }) => (usedAtMs === null ? texts.never : dateTime(usedAtMs)) },
          {
            title: '',
            show: passkey =>
              (data?.passkeys.length ?? 0) > 1 ? (
                <Button variant="default" aria-label={texts.removeOf(passkey.label)} onClick={() => setChosen(passkey)}>
                  {texts.remove}
                </Button>
              ) : null,
          },
        ]}
      />
      <ErrorNotice error={task.error} />
      <Group align="end" mt="md">
        <TextInput label={texts.newLabel} value={label} maxLength={60} onChange={event => setLabel(event.currentTarget.value)} />
        <Button variant="default" loading={task.isRunning} onClick={add}>
          {texts.add}
        </Button>
      </Group>
      <ConfirmDialog
        title={texts.removeTitle}
        isOpen={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        action={texts.remove}
        onConfirm={async () => {
          await client.send('DELETE', `/staff/passkeys/${chosen?.id ?? ''}`)
          reload()
        }}
      >
        <p>
          <strong>{chosen?.label}</strong>
        </p>
        <p>{texts.removeExplain}</p>
      </ConfirmDialog>
    </Section>
  )
}

function Sessions() {
  const texts = useTexts(accountTexts)
  const { dateTime } = useSpeech()
  const client = useClient()
  const task = useTask()
  const { data, error, reload } = useLoaded('sessions', each => each.get<{ sessions: readonly OwnSession[] }>('/staff/sessions'))
  return (
    <Section title={texts.sessions}>
      <p>{texts.sessionsExplain}</p>
      <ErrorNotice error={task.error} />
      <DataTable
        caption={texts.sessions}
        rows={data?.sessions}
        keyOf={({ id }) => id}
        error={error}
        onRetry={reload}
        empty="—"
        columns={[
          { title: texts.kind, show: ({ kind }) => texts.kinds[kind] ?? kind },
          { title: texts.seen, show: ({ seenAtMs }) => dateTime(seenAtMs) },
          { title: texts.until, show: ({ expiresAtMs }) => dateTime(expiresAtMs) },
          {
            title: '',
            show: ({ id, isThis, seenAtMs }) =>
              isThis ? (
                <strong>{texts.this}</strong>
              ) : (
                <Button
                  variant="default"
                  aria-label={texts.endOf(dateTime(seenAtMs))}
                  onClick={() =>
                    task.run(async () => {
                      await client.send('DELETE', `/staff/sessions/${id}`)
                      reload()
                    })
                  }
                >
                  {texts.end}
                </Button>
              ),
          },
        ]}
      />
    </Section>
  )
}
