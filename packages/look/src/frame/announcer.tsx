import { createContext, type ReactNode, use, useEffect, useState } from 'react'
import { useSpeech } from '../language/language.tsx'

const AnnounceContext = createContext<(text: string) => void>(() => undefined)

/** Speaks for those who do not see the page change (WCAG 2.2, 4.1.3): progress, and what has been done. */
export function Announcer({ children }: { readonly children: ReactNode }) {
  const { language } = useSpeech()
  const [text, setText] = useState('')
  // What was said in another language is over.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the language changes
  useEffect(() => setText(''), [language])
  return (
    <AnnounceContext value={setText}>
      {children}
      <div className="unseen" role="status" aria-live="polite">
        {text}
      </div>
    </AnnounceContext>
  )
}

/** @returns what speaks a text once the person's screen reader is free */
export function useAnnounce(): (text: string) => void {
  return use(AnnounceContext)
}
