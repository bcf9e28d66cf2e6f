import type { Language } from '@hufu/proofs'
import type { Texts } from '@hufu/trust'
import { createContext, type ReactNode, use, useEffect, useMemo } from 'react'
import { en } from './en.ts'
import { type PageTexts, zhCn } from './zh-cn.ts'

const dictionaries: Readonly<Record<Language, PageTexts>> = { 'zh-CN': zhCn, en }

/** How things are said in the person's language. */
export interface Speech {
  readonly language: Language
  readonly texts: PageTexts
  /** Picks the person's language out of both. */
  readonly say: (texts: Texts) => string
  /** Day, as people write it. */
  readonly date: (timeMs: number) => string
  /** Day and minute. */
  readonly dateTime: (timeMs: number) => string
  /** Hour and minute. */
  readonly time: (timeMs: number) => string
  /** With separators between thousands. */
  readonly number: (value: number) => string
}

const SpeechContext = createContext<Speech | undefined>(undefined)

/** Lets everything below speak a language, and says on the page's root which one it is (WCAG 2.2, 3.1.1). */
export function LanguageProvider({ language, children }: { readonly language: Language; readonly children: ReactNode }) {
  const speech = useMemo(() => speechIn(language), [language])
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  return <SpeechContext value={speech}>{children}</SpeechContext>
}

/** @throws TypeError outside of {@link LanguageProvider} */
export function useSpeech(): Speech {
  const speech = use(SpeechContext)
  if (speech === undefined) throw new TypeError('no language above')
  return speech
}

function speechIn(language: Language): Speech {
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'long' })
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'short' })
  const number = new Intl.NumberFormat(language)
  return {
    language,
    texts: dictionaries[language],
    say: texts => texts[language],
    date: timeMs => date.format(timeMs),
    dateTime: timeMs => dateTime.format(timeMs),
    time: timeMs => time.format(timeMs),
    number: value => number.format(value),
  }
}
