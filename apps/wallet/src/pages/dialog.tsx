import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useSpeech } from '../texts/language.tsx'
import classes from './dialog.module.css'

interface DialogProps {
  readonly title: string
  readonly opened: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A question in front of the page. Put together from Mantine's parts, for its own head is an HTML `header`, which would be the page's second banner. */
export function Dialog({ title, opened, onClose, children }: DialogProps) {
  const { texts } = useSpeech()
  return (
    <Modal.Root opened={opened} onClose={onClose} centered>
      <Modal.Overlay />
      <Modal.Content>
        <div className={classes.head}>
          <Modal.Title className={classes.title!}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={texts.app.cancel} size={44} />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
