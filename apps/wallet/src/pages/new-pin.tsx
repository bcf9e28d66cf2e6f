import { Stack } from '@mantine/core'
import { useId, useState } from 'react'
import { useSpeech } from '../texts/language.tsx'
import type { PageTexts } from '../texts/zh-cn.ts'
import { SecretInput } from './secret-input.tsx'

/** A new PIN, entered twice. */
export interface NewPin {
  /** Draws the two fields. */
  readonly fields: React.ReactNode
  /** The PIN, or undefined: then the fields say what is wrong with it. */
  readonly take: () => string | undefined
}

/** Two fields for a new PIN. What is wrong is said only once the person has tried to go on. */
export function useNewPin(): NewPin {
  const { texts } = useSpeech()
  const [pin, setPin] = useState('')
  const [again, setAgain] = useState('')
  const [tried, setTried] = useState(false)
  const id = useId()
  const wrong = whatIsWrong(pin, texts.welcome)
  const differs = again === pin ? undefined : texts.welcome.pinDiffers
  const field = { inputMode: 'numeric', autoComplete: 'new-password', maxLength: 12 } as const
  return {
    fields: (
      <Stack gap="sm">
        <SecretInput
          {...field}
          id={`${id}-pin`}
          label={texts.welcome.newPin}
          description={texts.welcome.newPinHint}
          value={pin}
          error={tried && wrong}
          onChange={event => setPin(event.currentTarget.value)}
        />
        <SecretInput
          {...field}
          id={`${id}-again`}
          label={texts.welcome.pinAgain}
          value={again}
          error={tried && wrong === undefined && differs}
          onChange={event => setAgain(event.currentTarget.value)}
        />
      </Stack>
    ),
    take: () => {
      setTried(true)
      const first = [wrong !== undefined && 'pin', differs !== undefined && 'again'].find(Boolean)
      if (!first) return pin
      document.getElementById(`${id}-${first}`)?.focus()
      return undefined
    },
  }
}

/** The core has the last word (`ERR_WALLET_PIN_FORM`); this says it at the field. */
function whatIsWrong(pin: string, texts: PageTexts['welcome']): string | undefined {
  if (!/^[0-9]{6,12}$/.test(pin)) return texts.pinForm
  const steps = new Set([...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index])))
  return steps.size === 1 && [0, 1, -1].includes([...steps][0]!) ? texts.pinSimple : undefined
}
