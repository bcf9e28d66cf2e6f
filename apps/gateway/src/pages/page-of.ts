import { escapeHtml } from './escape-html.ts'
import { type Language, type Word, words } from './page-words.ts'

/** A word in a language. */
export type Say = (word: Word) => string

export function sayIn(language: Language): Say {
  return word => words[word][language]
}

/** The frame around the gateway's pages. Without scripts; the colours are those of all our pages. @param options.body - HTML */
export function pageOf(options: {
  readonly language: Language
  readonly title: string
  /** Such as `?lang=en`: the same page in the other language. */
  readonly otherLanguageHref: string
  readonly body: string
}): string {
  const { language, title, otherLanguageHref, body } = options
  const other: Language = language === 'en' ? 'zh-CN' : 'en'
  const say = sayIn(language)
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="same-origin">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/look.css">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#content">${say('toContent')}</a>
<header><span class="brand" lang="zh-CN">虎符</span> <span>${say('gateway')}</span>
<a class="language" lang="${other}" href="${escapeHtml(otherLanguageHref)}">${say('otherLanguage')}</a></header>
<main id="content" tabindex="-1">
${body}
</main>
</body>
</html>
`
}

const style = `
:root{color-scheme:light dark;--ink:#2a241f;--soft:#675d52;--paper:#faf7f2}
@media (prefers-color-scheme:dark){:root{--ink:#f0eae2;--soft:#b9aea2;--paper:#161311;--hufu-surface:#211d1a;--hufu-surface-sunk:#1b1815;--hufu-line:#38322d;--hufu-cinnabar:#f1a294;--hufu-bronze:#c8a350;--hufu-focus:#f1bcb1}}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
a{color:var(--hufu-cinnabar)}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:var(--hufu-surface);padding:.5rem 1rem}
header{display:flex;gap:.75rem;align-items:baseline;padding:.75rem 1.25rem;border-bottom:3px solid var(--hufu-cinnabar);background:var(--hufu-surface)}
.brand{font-size:1.25rem;font-weight:700;color:var(--hufu-cinnabar)}
.language{margin-left:auto;padding:.25rem .5rem}
main{max-width:76rem;margin:0 auto;padding:1.25rem}
main:focus{outline:none}
h1{font-size:1.5rem;margin:.5rem 0}
h2{font-size:1.2rem;margin:2rem 0 .5rem}
section{background:var(--hufu-surface);border:1px solid var(--hufu-line);border-radius:12px;padding:.25rem 1rem 1rem;margin:1rem 0}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
caption{text-align:left;color:var(--soft);padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--hufu-line)}
th{font-weight:600}
code{font:.875rem/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
.soft{color:var(--soft)}
.good::before{content:"\\2713  "}
.bad{font-weight:600}
.bad::before{content:"\\26A0  "}
form p{margin:.5rem 0}
label{display:block;font-weight:600}
input{font:inherit;width:100%;max-width:32rem;padding:.5rem;border:1px solid var(--soft);border-radius:6px;background:var(--paper);color:var(--ink);box-sizing:border-box}
button{font:inherit;min-height:2.75rem;padding:.5rem 1.25rem;border:0;border-radius:6px;background:var(--ink);color:var(--paper)}
.actions{display:flex;gap:1rem;align-items:center;flex-wrap:wrap}
progress{width:8rem;accent-color:var(--hufu-cinnabar)}
`
