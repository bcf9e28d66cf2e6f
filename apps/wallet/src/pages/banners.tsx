import { Button } from '@mantine/core'
import { IconCloudOff, IconRefresh } from '@tabler/icons-react'
import { useSyncExternalStore } from 'react'
import { useSpeech } from '../texts/language.tsx'
import classes from './banners.module.css'
import { applyUpdate, dismissUpdate, subscribeToUpdates, updateWaits } from './updates.ts'

/** What holds for every page: no connection, and a new version of the wallet that waits. */
export function Banners() {
  const { texts } = useSpeech()
  const online = useSyncExternalStore(subscribeToConnection, () => navigator.onLine)
  const update = useSyncExternalStore(subscribeToUpdates, updateWaits)
  return (
    <div role="status" className={classes.banners}>
      {!online && (
        <div className={classes.banner}>
          <IconCloudOff size={22} aria-hidden />
          <span className={classes.text}>{texts.app.offline}</span>
        </div>
      )}
      {update && (
        <div className={classes.banner}>
          <IconRefresh size={22} aria-hidden />
          <span className={classes.text}>{texts.app.update}</span>
          <span className={classes.actions}>
            <Button size="sm" h={40} onClick={applyUpdate}>
              {texts.app.updateNow}
            </Button>
            <Button size="sm" h={40} variant="subtle" color="gray" onClick={dismissUpdate}>
              {texts.app.later}
            </Button>
          </span>
        </div>
      )}
    </div>
  )
}

function subscribeToConnection(listener: () => void): () => void {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}
