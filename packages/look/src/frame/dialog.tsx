import { CloseButton, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTexts } from '../language/language.tsx'
import classes from './dialog.module.css'
import { frameTexts } from './frame-texts.ts'

interface DialogProps {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A question in front of the page. Put together from Mantine's parts, for its own head is an HTML `header`, which would be the page's second banner. */
export function Dialog({ title, isOpen, onClose, children }: DialogProps) {
  const texts = useTexts(frameTexts)
  return (
    <Modal.Root opened={isOpen} onClose={onClose} centered>
      <Modal.Overlay />
      <Modal.Content>
        <div className={classes.head}>
          <Modal.Title className={classes.title!}>{title}</Modal.Title>
          <CloseButton aria-label={texts.close} size={44} onClick={onClose} />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
