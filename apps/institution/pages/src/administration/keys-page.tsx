import { ConfirmDialog, DataTable, Mark, Page, useClient, useLoaded, useMe, useSpeech, useTexts } from '@hufu/look'
import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import type { ChangeAnswer, InstitutionKey } from '../api/staff-answers.ts'
import { administrationTexts } from './administration-texts.ts'
import { ChangeNotice } from './change-notice.tsx'

/** What the institution signs with, and its rotation by two administrators. */
export function KeysPage() {
  const texts = useTexts(administrationTexts)
  const { dateTime } = useSpeech()
  const client = useClient()
  const isAdministrator = useMe().roles.includes('administrator')
  const [isRotating, setIsRotating] = useState(false)
  const [retired, setRetired] = useState<InstitutionKey>()
  const [answer, setAnswer] = useState<ChangeAnswer>()
  const { data, error, reload } = useLoaded('keys', each => each.get<{ keys: readonly InstitutionKey[] }>('/keys'), { everyMs: 10_000 })
  const timeOf = (timeMs: number | null): string => (timeMs === null ? '—' : dateTime(timeMs))
  const nameOf = (id: string): string => `#${id.split('#')[1] ?? id}`
  return (
    <Page
      title={texts.keys}
      explain={texts.keysExplain}
      aside={
        isAdministrator && (
          <Button leftSection={<IconRefresh size={20} aria-hidden />} onClick={() => setIsRotating(true)}>
            {texts.rotate}
          </Button>
        )
      }
    >
      <ChangeNotice answer={answer} />
      <DataTable
        caption={texts.keys}
        rows={data?.keys}
        keyOf={({ id }) => id}
        error={error}
        onRetry={reload}
        empty={texts.noKeys}
        columns={[
          { title: texts.key, show: ({ id }) => <code title={id}>{nameOf(id)}</code> },
          {
            title: texts.state,
            show: ({ state }) => <Mark tone={state === 'signing' ? 'good' : 'plain'}>{texts.keyStates[state] ?? state}</Mark>,
          },
          { title: texts.made, show: ({ madeAtMs }) => timeOf(madeAtMs) },
          { title: texts.listed, show: ({ listedAtMs }) => timeOf(listedAtMs) },
          { title: texts.signing, show: ({ signingAtMs }) => timeOf(signingAtMs) },
          { title: texts.listedUntil, show: ({ listedUntilMs }) => timeOf(listedUntilMs) },
          {
            title: '',
            show: key =>
              isAdministrator && key.state === 'old' ? (
                <Button variant="outline" aria-label={texts.retireOf(nameOf(key.id))} onClick={() => setRetired(key)}>
                  {texts.retire}
                </Button>
              ) : null,
          },
        ]}
      />
      <ConfirmDialog
        title={texts.rotateTitle}
        isOpen={isRotating}
        onClose={() => setIsRotating(false)}
        action={texts.ask}
        onConfirm={async () => setAnswer(await client.send<ChangeAnswer>('POST', '/keys/rotations'))}
      >
        <p>{texts.rotateExplain}</p>
      </ConfirmDialog>
      <ConfirmDialog
        title={texts.retireTitle}
        isOpen={retired !== undefined}
        onClose={() => setRetired(undefined)}
        action={texts.ask}
        onConfirm={async () => setAnswer(await client.send<ChangeAnswer>('POST', '/keys/retirements', { id: retired?.id }))}
      >
        <p>{texts.retireExplain}</p>
        <code>{retired?.id}</code>
      </ConfirmDialog>
    </Page>
  )
}
