import { type ReactNode, useState } from 'react'
import type { Unlocking } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import { SecretInput } from './secret-input.tsx'
import { useWallet } from './wallet-context.tsx'

/** How the wallet is opened as it is now: a field for the PIN; a passkey needs none, for the browser asks. */
export function useCurrentUnlocking(): { readonly field: ReactNode; readonly unlocking: Unlocking; readonly clear: () => void } {
  const { texts } = useSpeech()
  const wallet = useWallet()
  const [pin, setPin] = useState('')
  const clear = (): void => setPin('')
  if (wallet.method === 'passkey') return { field: null, unlocking: { passkey: true }, clear }
  return {
    field: (
      <SecretInput
        label={texts.settings.currentPin}
        inputMode="numeric"
        autoComplete="current-password"
        maxLength={12}
        value={pin}
        onChange={event => setPin(event.currentTarget.value)}
      />
    ),
    unlocking: { pin },
    clear,
  }
}
