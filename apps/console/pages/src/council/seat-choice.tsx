import { useTexts } from '@hufu/look'
import { NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Council } from '../../../src/api-types.ts'
import { councilTexts } from './council-texts.ts'
import classes from './seat-choice.module.css'

/** For which seat a member acts, and with which key: the public one, for the transaction to be measured by. */
export interface ChosenSeat {
  readonly seat: string
  readonly publicKey: string
}

const keyForm = /^0[23][0-9a-f]{64}$/

interface SeatChoiceProps {
  readonly seats: Council['seats']
  readonly chosen: ChosenSeat
  readonly onChange: (chosen: ChosenSeat) => void
}

export function SeatChoice({ seats, chosen, onChange }: SeatChoiceProps) {
  const texts = useTexts(councilTexts)
  return (
    <div className={classes.choice}>
      <NativeSelect
        label={texts.mySeat}
        value={chosen.seat}
        data={seats.map(({ name }) => name)}
        onChange={event => onChange({ ...chosen, seat: event.currentTarget.value })}
      />
      <TextInput
        className={classes.key!}
        label={texts.publicKey}
        value={chosen.publicKey}
        maxLength={66}
        spellCheck={false}
        autoComplete="off"
        onChange={event => {
          const publicKey = event.currentTarget.value.trim().toLowerCase()
          onChange({ ...chosen, publicKey })
          if (keyForm.test(publicKey)) sessionStorage.setItem(storageName, publicKey)
        }}
      />
    </div>
  )
}

const storageName = 'hufu-console-seat-key'

/** The seat that somebody acts for; the tab remembers its public key. */
export function useChosenSeat(seats: Council['seats']): readonly [ChosenSeat, (chosen: ChosenSeat) => void, boolean] {
  const [chosen, setChosen] = useState<ChosenSeat>(() => ({
    seat: seats[0]?.name ?? '',
    publicKey: sessionStorage.getItem(storageName) ?? '',
  }))
  return [chosen, setChosen, chosen.seat !== '' && keyForm.test(chosen.publicKey)]
}
