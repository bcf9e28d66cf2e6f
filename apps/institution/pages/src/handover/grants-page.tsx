import { ConfirmDialog, DataTable, Mark, Page, useClient, useLoaded, useMe, useNameOf, useSpeech, useTexts } from '@hufu/look'
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Grant } from '../api/staff-answers.ts'
import { grantTexts } from './grant-texts.ts'

/** Grants that people gave; an officer can end one early. */
export function GrantsPage() {
  const texts = useTexts(grantTexts)
  const { dateTime } = useSpeech()
  const nameOf = useNameOf()
  const me = useMe()
  const client = useClient()
  const [chosen, setChosen] = useState<Grant>()
  const [reason, setReason] = useState('')
  const { data, error, reload } = useLoaded('grants', each => each.get<{ grants: readonly Grant[] }>('/handover/grants'), {
    everyMs: 30_000,
  })
  const isActive = ({ revokedAtMs, endMs }: Grant): boolean => revokedAtMs === undefined && endMs > Date.now()
  const revokerOf = (by: string): string => (by.startsWith('staff ') ? nameOf(by) : texts.byPerson)
  return (
    <Page title={texts.title} explain={texts.explain}>
      <DataTable
        caption={texts.title}
        rows={data?.grants}
        keyOf={({ id }) => id}
        error={error}
        onRetry={reload}
        empty={texts.empty}
        columns={[
          { title: texts.record, show: ({ record }) => <strong>{record}</strong> },
          { title: texts.receiver, show: ({ receiver }) => <code>{receiver}</code> },
          { title: texts.from, show: ({ notBeforeMs }) => dateTime(notBeforeMs) },
          { title: texts.until, show: ({ endMs }) => dateTime(endMs) },
          {
            title: texts.state,
            show: grant => (
              <>
                <Mark tone={isActive(grant) ? 'good' : grant.revokedAtMs === undefined ? 'plain' : 'bad'}>
                  {isActive(grant) ? texts.active : grant.revokedAtMs === undefined ? texts.over : texts.revoked}
                </Mark>
                {grant.revokedBy !== undefined && <small> {revokerOf(grant.revokedBy)}</small>}
              </>
            ),
          },
          {
            title: '',
            show: grant =>
              me.roles.includes('officer') && isActive(grant) ? (
                <Button
                  variant="outline"
                  aria-label={texts.revokeOf(grant.record)}
                  onClick={() => {
                    setReason('')
                    setChosen(grant)
                  }}
                >
                  {texts.revoke}
                </Button>
              ) : null,
          },
        ]}
      />
      <ConfirmDialog
        title={texts.revokeTitle}
        isOpen={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        action={texts.revoke}
        isReady={reason.trim() !== ''}
        onConfirm={async () => {
          await client.send('POST', `/handover/grants/${chosen?.id ?? ''}/revoke`, { reason: reason.trim() })
          reload()
        }}
      >
        <p>{texts.revokeExplain}</p>
        <TextInput
          label={texts.reason}
          description={texts.reasonHint}
          withAsterisk
          maxLength={200}
          data-autofocus
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
        />
      </ConfirmDialog>
    </Page>
  )
}
