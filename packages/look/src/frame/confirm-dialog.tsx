import { Button } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { useTask } from '../api/use-task.ts'
import { useTexts } from '../language/language.tsx'
import classes from './dialog.module.css'
import { Dialog } from './dialog.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { frameTexts } from './frame-texts.ts'

interface ConfirmDialogProps {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  /** What the button says that does it. */
  readonly action: string
  /** Whether what is asked for has been filled in. */
  readonly isReady?: boolean
  /** The dialog closes once it is done. */
  readonly onConfirm: () => Promise<void>
  readonly children: ReactNode
}

/** Asks before something is done, and shows what came of it. */
export function ConfirmDialog({ title, isOpen, onClose, action, isReady = true, onConfirm, children }: ConfirmDialogProps) {
  const texts = useTexts(frameTexts)
  const task = useTask()
  const { clear } = task
  useEffect(() => {
    if (isOpen) clear()
  }, [isOpen, clear])
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <form
        onSubmit={event => {
          event.preventDefault()
          if (isReady && !task.isRunning)
            task.run(async () => {
              await onConfirm()
              onClose()
            })
        }}
      >
        {children}
        <ErrorNotice error={task.error} />
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {texts.cancel}
          </Button>
          <Button type="submit" loading={task.isRunning} disabled={!isReady}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
