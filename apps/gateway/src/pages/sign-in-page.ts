import { escapeHtml } from './escape-html.ts'
import { pageOf, sayIn } from './page-of.ts'
import type { Language } from './page-words.ts'

/** The page that asks for the operator's token. */
export function signInPage({ language, isRefused }: { readonly language: Language; readonly isRefused: boolean }): string {
  const say = sayIn(language)
  const refusal = isRefused ? `<p role="alert" class="bad" id="refusal">${say('wrongToken')}</p>` : ''
  const described = isRefused ? 'hint refusal' : 'hint'
  return pageOf({
    language,
    title: `${say('signIn')} · ${say('gateway')}`,
    otherLanguageHref: `?lang=${language === 'en' ? 'zh-CN' : 'en'}`,
    body: `<h1>${say('signIn')}</h1>
<form method="post" action="/sign-in?lang=${escapeHtml(language)}">
${refusal}
<p><label for="token">${say('token')}</label>
<input id="token" name="token" type="password" required autocomplete="current-password" aria-describedby="${described}"${isRefused ? ' aria-invalid="true"' : ''}></p>
<p class="soft" id="hint">${say('tokenHint')}</p>
<p><button>${say('signIn')}</button></p>
</form>`,
  })
}
