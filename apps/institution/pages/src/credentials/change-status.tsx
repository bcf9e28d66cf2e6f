import { ConfirmDialog, useClient, useSpeech, useTexts } from '@hufu/look'
import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { Status } from '../api/staff-answers.ts'
import { useTypes } from '../counter/use-types.ts'
import { credentialTexts } from './credential-texts.ts'

interface ChangeStatusProps {
  /** Route that changes it. */
  readonly path: string
  readonly status: Status
  readonly onChanged: () => void
}

const reasonsFor: Readonly<Record<Status, readonly string[]>> = {
  revoked: ['holder-asked', 'device-lost', 'data-changed', 'issued-in-error', 'replaced', 'ordered-by-law', 'keys-compromised'],
  suspended: ['under-inquiry', 'holder-asked', 'device-lost', 'ordered-by-law'],
  valid: ['remedied', 'holder-asked', 'ordered-by-law'],
}

/** Buttons that revoke, suspend or reinstate, each with a reason and a question first. */
export function ChangeStatus({ path, status, onChanged }: ChangeStatusProps) {
  const texts = useTexts(credentialTexts)
  const { say } = useSpeech()
  const client = useClient()
  const { reasons } = useTypes()
  const [next, setNext] = useState<Status>('suspended')
  const [isOpen, setIsOpen] = useState(false)
  const [reason, setReason] = useState('')
  const [isSure, setIsSure] = useState(false)
  if (status === 'revoked') return null
  const begin = (wanted: Status): void => {
    setNext(wanted)
    setReason('')
    setIsSure(false)
    setIsOpen(true)
  }
  const words = {
    revoked: { title: texts.revokeTitle, explain: texts.revokeExplain, action: texts.revoke },
    suspended: { title: texts.suspendTitle, explain: texts.suspendExplain, action: texts.suspend },
    valid: { title: texts.reinstateTitle, explain: texts.reinstateExplain, action: texts.reinstate },
  }[next]
  return (
    <>
      {status === 'valid' ? (
        <Button variant="default" onClick={() => begin('suspended')}>
          {texts.suspend}
        </Button>
      ) : (
        <Button variant="default" onClick={() => begin('valid')}>
          {texts.reinstate}
        </Button>
      )}
      <Button variant="outline" onClick={() => begin('revoked')}>
        {texts.revoke}
      </Button>
      <ConfirmDialog
        title={words.title}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        action={words.action}
        isReady={reason !== '' && (next !== 'revoked' || isSure)}
        onConfirm={async () => {
          await client.send('POST', path, { status: next, reason })
          onChanged()
        }}
      >
        <p>{words.explain}</p>
        <NativeSelect
          label={texts.reason}
          withAsterisk
          value={reason}
          data-autofocus
          data={[
            { value: '', label: texts.chooseReason },
            ...reasons.filter(({ code }) => reasonsFor[next].includes(code)).map(({ code, text }) => ({ value: code, label: say(text) })),
          ]}
          onChange={event => setReason(event.currentTarget.value)}
        />
        {next === 'revoked' && (
          <Checkbox mt="md" label={texts.understood} checked={isSure} onChange={event => setIsSure(event.currentTarget.checked)} />
        )}
      </ConfirmDialog>
    </>
  )
}
