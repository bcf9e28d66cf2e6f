import type { QueryContent, Texts } from '@hufu/trust'

type Language = keyof Texts

const words = {
  title: { en: 'Show from your wallet', 'zh-CN': '用钱包出示' },
  asks: { en: 'asks', 'zh-CN': '请求' },
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
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(word('title'))} · ${escapeHtml(name[language])}</title>
<style>
:root{color-scheme:light dark}
body{font:1rem/1.6 system-ui,"Noto Sans SC",sans-serif;margin:0;display:grid;min-height:100vh;place-items:center;background:Canvas;color:CanvasText}
main{max-width:26rem;padding:1.5rem}
h1{font-size:1.35rem;margin:0 0 .5rem}
dl{margin:1rem 0;font-size:.9rem}
dt{font-weight:600}
dd{margin:0 0 .5rem}
</style>
<script type="module" src="/verify.js"></script>
</head>
<body>
<main>
<h1>${escapeHtml(name[language])}</h1>
<p>${escapeHtml(content.purpose[language])}</p>
<hufu-verify query="${escapeHtml(queryId)}" finish lang="${language}"></hufu-verify>
<dl>
<dt>${escapeHtml(word('basis'))}</dt><dd>${escapeHtml(content.legalBasis[language])}</dd>
<dt>${escapeHtml(word('kept'))}</dt><dd>${escapeHtml(kept)}</dd>
</dl>
</main>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
