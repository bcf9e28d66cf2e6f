import { IconBan, IconCalendarOff, IconCircleCheck, IconHelpCircle, IconPlayerPause, type TablerIcon } from '@tabler/icons-react'
import type { CredentialStatus } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import classes from './status-label.module.css'

const icons: Readonly<Record<CredentialStatus, TablerIcon>> = {
  valid: IconCircleCheck,
  suspended: IconPlayerPause,
  revoked: IconBan,
  expired: IconCalendarOff,
  unknown: IconHelpCircle,
}

/** A credential's status as icon and word, not as a colour alone (WCAG 2.2, 1.4.1). */
export function StatusLabel({ status }: { readonly status: CredentialStatus }) {
  const { texts } = useSpeech()
  const Icon = icons[status]
  return (
    <span className={classes.label} data-status={status}>
      <Icon size={16} aria-hidden />
      {texts.status[status]}
    </span>
  )
}
