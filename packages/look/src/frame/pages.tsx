import { MantineProvider } from '@mantine/core'
import { createContext, type ReactNode, use } from 'react'
import type { ProblemTexts } from '../api/problem-texts.ts'
import { LanguageProvider, type Texts } from '../language/language.tsx'
import { cssVariablesResolver, theme } from '../theme.ts'
import { Announcer } from './announcer.tsx'

/** What differs from one server's pages to another's. */
export interface PagesSettings {
  /** Of the pages; it stands in the window's title. */
  readonly name: Texts
  /** Under what name the browser keeps the language; each app's own. */
  readonly languageStorageName: string
  /** What the server's problems say to people, by code, beside those that every server has. */
  readonly problems: Readonly<Record<string, ProblemTexts>>
  /** What the staff's roles are called. */
  readonly roles: Readonly<Record<string, Texts>>
}

const SettingsContext = createContext<PagesSettings | undefined>(undefined)

/** Around all of a server's pages: look, language, and what speaks to those who do not see them. */
export function Pages({ settings, children }: { readonly settings: PagesSettings; readonly children: ReactNode }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <LanguageProvider storageName={settings.languageStorageName}>
        <SettingsContext value={settings}>
          <Announcer>{children}</Announcer>
        </SettingsContext>
      </LanguageProvider>
    </MantineProvider>
  )
}

/** @throws TypeError outside of {@link Pages} */
export function usePagesSettings(): PagesSettings {
  const settings = use(SettingsContext)
  if (settings === undefined) throw new TypeError('no pages around')
  return settings
}
