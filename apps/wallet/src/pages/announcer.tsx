import { createContext, type ReactNode, use, useCallback, useState } from 'react'
import classes from './announcer.module.css'

const AnnounceContext = createContext<(text: string) => void>(() => undefined)

/** Speaks for those who do not see the page change (WCAG 2.2, 4.1.3): progress, and what has been done. */
export function Announcer({ children }: { readonly children: ReactNode }) {
  const [text, setText] = useState('')
  const announce = useCallback((next: string) => setText(next), [])
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className={classes.unseen} role="status" aria-live="polite">
        {text}
      </div>
    </AnnounceContext>
  )
}

/** @returns what speaks a text once the person's screen reader is free */
export function useAnnounce(): (text: string) => void {
  return use(AnnounceContext)
}
