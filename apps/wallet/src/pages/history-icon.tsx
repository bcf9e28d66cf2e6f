import {
  IconArchive,
  IconBan,
  IconCardsFilled,
  IconExclamationCircle,
  IconEyeCheck,
  IconHandStop,
  IconRefreshAlert,
  IconTrash,
  type TablerIcon,
} from '@tabler/icons-react'
import type { HistoryEntry } from '../core/wallet.ts'
import classes from './history-page.module.css'

const icons: Readonly<Record<HistoryEntry['action'], TablerIcon>> = {
  received: IconCardsFilled,
  presented: IconEyeCheck,
  declined: IconHandStop,
  refused: IconBan,
  failed: IconExclamationCircle,
  removed: IconTrash,
  'status-changed': IconRefreshAlert,
  restored: IconArchive,
}

/** What was done, as a picture beside the words. */
export function HistoryIcon({ action, small = false }: { readonly action: HistoryEntry['action']; readonly small?: boolean }) {
  const Icon = icons[action]
  return (
    <span className={classes.icon} data-action={action} data-small={small}>
      <Icon size={small ? 18 : 22} stroke={1.7} aria-hidden />
    </span>
  )
}
