/** Languages the command line speaks. */
export type Language = 'en' | 'zh-CN'

/** A text in every language the command line speaks. */
export interface Texts {
  readonly en: string
  readonly 'zh-CN': string
}

/** Picks the language: the flag if given, else the environment's locale, else English. */
export function chooseLanguage(flag: string | undefined, environment: Readonly<Record<string, string | undefined>>): Language {
  const wanted = flag ?? environment.LC_ALL ?? environment.LC_MESSAGES ?? environment.LANG ?? 'en'
  return /^zh/i.test(wanted) ? 'zh-CN' : 'en'
}
