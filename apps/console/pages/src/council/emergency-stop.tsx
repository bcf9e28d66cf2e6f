import { ErrorNotice, Section, useClient, useTask, useTexts } from '@hufu/look'
import { Button, Group, NumberInput } from '@mantine/core'
import { useState } from 'react'
import type { Council, Prepared } from '../../../src/api-types.ts'
import { councilTexts } from './council-texts.ts'
import { PreparedTransaction } from './prepared-transaction.tsx'
import { SeatChoice, useChosenSeat } from './seat-choice.tsx'

/** Lets a member ask for an emergency stop. */
export function EmergencyStop({ seats }: { readonly seats: Council['seats'] }) {
  const texts = useTexts(councilTexts)
  const client = useClient()
  const task = useTask()
  const [chosen, setChosen, isChosen] = useChosenSeat(seats)
  const [reason, setReason] = useState(1)
  const [prepared, setPrepared] = useState<Prepared>()
  const prepare = (): void =>
    task.run(async () => setPrepared(await client.send('POST', '/v1/council/prepare', { action: 'request-stop', ...chosen, reason })))
  return (
    <Section title={texts.emergency} tone="warning">
      <p>{texts.emergencyExplain}</p>
      <SeatChoice seats={seats} chosen={chosen} onChange={setChosen} />
      <Group align="flex-end" gap="sm" mt="sm">
        <NumberInput
          label={texts.reason}
          size="md"
          min={0}
          max={9999}
          allowDecimal={false}
          value={reason}
          onChange={value => setReason(Number(value))}
        />
        <Button loading={task.isRunning} disabled={!isChosen} onClick={prepare}>
          {texts.requestStop}
        </Button>
      </Group>
      <ErrorNotice error={task.error} />
      {prepared !== undefined && <PreparedTransaction key={prepared.transactionHash} prepared={prepared} publicKey={chosen.publicKey} />}
    </Section>
  )
}
