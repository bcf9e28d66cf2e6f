import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react'

export type Language = 'zh-CN' | 'en'

/** The same in both languages. */
export type Texts = { readonly [language in Language]: string }

/** A part of the pages' texts: what each language says, in the same shape. */
export type Dictionary<Shape> = { readonly [language in Language]: Shape }

/** How things are said in the person's language. */
export interface Speech {
  readonly language: Language
  readonly setLanguage: (language: Language) => void
  /** Picks the person's language out of both. */
  readonly say: <Said>(texts: { readonly [language in Language]: Said }) => Said
  /** Day and minute. */
  readonly dateTime: (timeMs: number) => string
  /** Day, minute and second. */
  readonly exactTime: (timeMs: number) => string
  /** With separators between thousands. */
  readonly number: (value: number) => string
}

const SpeechContext = createContext<Speech | undefined>(undefined)

/** Lets everything below speak a language, and says on the page's root which one it is (WCAG 2.2, 3.1.1). The browser remembers the choice, under a name. */
export function LanguageProvider({ storageName, children }: { readonly storageName: string; readonly children: ReactNode }) {
  const [language, setLanguage] = useState(() => firstLanguage(storageName))
  const speech = useMemo(() => speechIn(language, setLanguage), [language])
  useEffect(() => {
    document.documentElement.lang = language
    localStorage.setItem(storageName, language)
  }, [language, storageName])
  return <SpeechContext value={speech}>{children}</SpeechContext>
}

/** @throws TypeError outside of {@link LanguageProvider} */
export function useSpeech(): Speech {
  const speech = use(SpeechContext)
  if (speech === undefined) throw new TypeError('no language above')
  return speech
}

/** A part of the texts, in the person's language. */
export function useTexts<Shape>(dictionary: Dictionary<Shape>): Shape {
  return useSpeech().say(dictionary)
}

function firstLanguage(storageName: string): Language {
  const kept = localStorage.getItem(storageName)
  if (kept === 'zh-CN' || kept === 'en') return kept
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh-CN'
}

function speechIn(language: Language, setLanguage: (language: Language) => void): Speech {
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
  const exactTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
  const number = new Intl.NumberFormat(language)
  return {
    language,
    setLanguage,
    say: texts => texts[language],
    dateTime: timeMs => dateTime.format(timeMs),
    exactTime: timeMs => exactTime.format(timeMs),
    number: value => number.format(value),
  }
}
