import type { QueryContent, Texts } from '@hufu/trust'
import { escapeHtml } from './escape-html.ts'
import { pageOf } from './page-of.ts'

type Language = keyof Texts

const words = {
  title: { en: 'Show from your wallet', 'zh-CN': '用钱包出示' },
  basis: { en: 'Legal basis', 'zh-CN': '法律依据' },
  kept: { en: 'Kept for', 'zh-CN': '保存期限' },
  days: { en: 'days', 'zh-CN': '天' },
  notKept: { en: 'not kept', 'zh-CN': '不保存' },
} as const satisfies Readonly<Record<string, Texts>>

/** The page of a query: who asks, what for, how long it is kept, and the element that does the rest. */
export function verifyPage({
  name,
  queryId,
  content,
  language,
}: {
  readonly name: Texts
  readonly queryId: string
  readonly content: QueryContent
  readonly language: Language
}): string {
  const word = (key: keyof typeof words) => words[key][language]
  const { retentionDays } = content
  const kept = retentionDays === 0 ? word('notKept') : `${retentionDays} ${word('days')}`
  return pageOf({
    language,
    title: `${word('title')} · ${name[language]}`,
    body: `<h1>${escapeHtml(name[language])}</h1>
<p class="purpose">${escapeHtml(content.purpose[language])}</p>
<hufu-verify query="${escapeHtml(queryId)}" finish lang="${language}"></hufu-verify>
<dl>
<dt>${escapeHtml(word('basis'))}</dt><dd>${escapeHtml(content.legalBasis[language])}</dd>
<dt>${escapeHtml(word('kept'))}</dt><dd>${escapeHtml(kept)}</dd>
</dl>`,
  })
}
