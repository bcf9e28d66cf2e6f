import { IconAlertTriangle } from '@tabler/icons-react'
import type { Warning } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import classes from './open-page.module.css'

/** What the person should know before going on. */
export function Warnings({ warnings }: { readonly warnings: readonly Warning[] }) {
  const { say } = useSpeech()
  if (warnings.length === 0) return null
  return (
    <ul className={classes.warnings}>
      {warnings.map(warning => (
        <li key={warning.id}>
          <IconAlertTriangle size={20} aria-hidden />
          <span>{say(warning.text)}</span>
        </li>
      ))}
    </ul>
  )
}
