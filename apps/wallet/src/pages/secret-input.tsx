import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { useSpeech } from '../texts/language.tsx'

/** A field for a PIN or a passphrase, whose content can be shown by keyboard and screen reader too. */
export function SecretInput({ label, ...rest }: Omit<PasswordInputProps, 'label'> & { readonly label: string }) {
  const { texts } = useSpeech()
  return (
    <PasswordInput
      label={label}
      visibilityToggleButtonProps={{ 'aria-label': texts.app.reveal(label), 'aria-hidden': false, tabIndex: 0, size: 36 }}
      {...rest}
    />
  )
}
