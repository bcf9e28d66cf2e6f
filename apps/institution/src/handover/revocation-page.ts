import type { Texts } from '@hufu/trust'
import { escapeHtml } from '../verifier/page/escape-html.ts'
import { pageOf } from '../verifier/page/page-of.ts'

const words = {
  title: { en: 'Take consents back', 'zh-CN': '撤回同意' },
  explain: {
    en: 'Show from your wallet who you are here: every hand-over of records that you agreed to ends at once.',
    'zh-CN': '请用钱包表明身份：您此前同意的所有记录移交将立即终止。',
  },
} as const satisfies Readonly<Record<string, Texts>>

/** The page on which a person ends all hand-overs that they agreed to. */
export function revocationPage(name: Texts, language: keyof Texts): string {
  return pageOf({
    language,
    title: `${words.title[language]} · ${name[language]}`,
    body: `<h1>${escapeHtml(name[language])}</h1>
<h2>${escapeHtml(words.title[language])}</h2>
<p class="purpose">${escapeHtml(words.explain[language])}</p>
<hufu-verify begin="/handover/revocations" end="/handover/revocations/{id}/finish" lang="${language}"></hufu-verify>`,
  })
}
