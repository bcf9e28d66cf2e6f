import { CopyButton, ErrorNotice, Rows, useClient, useSpeech, useTask, useTexts } from '@hufu/look'
import { Alert, Button, TextInput } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Prepared, Sent } from '../../../src/api-types.ts'
import { councilTexts } from './council-texts.ts'

/** A transaction that the member signs at their own side: by the command line, or with a tool whose signature is brought back here. */
export function PreparedTransaction({ prepared, publicKey }: { readonly prepared: Prepared; readonly publicKey: string }) {
  const texts = useTexts(councilTexts)
  const { say } = useSpeech()
  const client = useClient()
  const task = useTask()
  const [signature, setSignature] = useState('')
  const [sent, setSent] = useState<Sent>()
  const send = (): void =>
    task.run(async () =>
      setSent(await client.send('POST', '/v1/council/send', { transaction: prepared.transaction, signature, publicKey })),
    )
  if (sent !== undefined)
    return (
      <Alert role="status" color="patina" variant="light" icon={<IconCircleCheck aria-hidden />} title={texts.sent} mt="md">
        <Link href={`/explorer/transactions/${sent.transactionHash}`}>
          <code>{sent.transactionHash}</code>
        </Link>
      </Alert>
    )
  return (
    <>
      <h3>{texts.prepared}</h3>
      <Rows
        rows={[
          { name: texts.does, value: say(prepared.says) },
          {
            name: texts.command,
            value: (
              <>
                <code>{prepared.command}</code> <CopyButton text={prepared.command} />
              </>
            ),
          },
          {
            name: texts.toSign,
            value: (
              <>
                <code>{prepared.signedMessage}</code> <CopyButton text={prepared.signedMessage} />
              </>
            ),
          },
        ]}
      />
      <form
        onSubmit={event => {
          event.preventDefault()
          if (signature !== '') send()
        }}
      >
        <TextInput
          label={texts.signature}
          value={signature}
          maxLength={88}
          onChange={event => setSignature(event.currentTarget.value.trim())}
        />
        <ErrorNotice error={task.error} />
        <Button type="submit" mt="md" loading={task.isRunning} disabled={signature.length !== 88}>
          {texts.send}
        </Button>
      </form>
    </>
  )
}
