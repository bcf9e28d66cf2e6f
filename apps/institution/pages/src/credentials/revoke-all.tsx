import { ConfirmDialog, useClient, useLoaded, useSpeech, useTexts } from '@hufu/look'
import { Alert, Button, NativeSelect, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Import } from '../api/staff-answers.ts'
import { useTypes } from '../counter/use-types.ts'
import { credentialTexts } from './credential-texts.ts'

/** Asks for all credentials of a type or an import to be revoked; another officer confirms. */
export function RevokeAll() {
  const texts = useTexts(credentialTexts)
  const { say, dateTime } = useSpeech()
  const client = useClient()
  const { types, reasons, nameOf } = useTypes()
  const imports = useLoaded('imports', each => each.get<{ imports: readonly Import[] }>('/issuer/imports'))
  const [isOpen, setIsOpen] = useState(false)
  const [isAsked, setIsAsked] = useState(false)
  const [scope, setScope] = useState<'type' | 'importId'>('type')
  const [what, setWhat] = useState('')
  const [reason, setReason] = useState('')
  const options =
    scope === 'type'
      ? (types ?? []).map(({ id, title }) => ({ value: id, label: say(title) }))
      : (imports.data?.imports ?? []).map(({ id, type, createdAtMs }) => ({
          value: id,
          label: `${nameOf(type)} · ${dateTime(createdAtMs)}`,
        }))
  return (
    <>
      {isAsked && (
        <Alert role="status" color="patina" variant="light" p="xs">
          {texts.asked} <Link href="/approvals">{texts.toApprovals}</Link>
        </Alert>
      )}
      <Button variant="outline" onClick={() => setIsOpen(true)}>
        {texts.revokeAll}
      </Button>
      <ConfirmDialog
        title={texts.revokeAllTitle}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        action={texts.ask}
        isReady={what !== '' && reason !== ''}
        onConfirm={async () => {
          await client.send('POST', '/issuer/revoke-all', { [scope]: what, reason })
          setIsAsked(true)
        }}
      >
        <p>{texts.revokeAllExplain}</p>
        <SegmentedControl
          aria-label={texts.scope}
          fullWidth
          orientation="vertical"
          value={scope}
          onChange={value => {
            setScope(value)
            setWhat('')
          }}
          data={[
            { value: 'type', label: texts.scopeType },
            { value: 'importId', label: texts.scopeImport },
          ]}
        />
        <NativeSelect
          mt="md"
          withAsterisk
          label={scope === 'type' ? texts.type : texts.importFile}
          value={what}
          data={[{ value: '', label: '—' }, ...options]}
          onChange={event => setWhat(event.currentTarget.value)}
        />
        <NativeSelect
          mt="md"
          withAsterisk
          label={texts.reason}
          value={reason}
          data={[
            { value: '', label: texts.chooseReason },
            ...reasons
              .filter(({ code }) => ['keys-compromised', 'issued-in-error', 'ordered-by-law', 'data-changed', 'replaced'].includes(code))
              .map(({ code, text }) => ({ value: code, label: say(text) })),
          ]}
          onChange={event => setReason(event.currentTarget.value)}
        />
      </ConfirmDialog>
    </>
  )
}
