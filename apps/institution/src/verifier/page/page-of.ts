import type { Texts } from '@hufu/trust'
import { escapeHtml } from './escape-html.ts'

/** A small page for visitors, with the element <hufu-verify> and no script of its own. @param options.body - HTML */
export function pageOf({
  language,
  title,
  body,
}: {
  readonly language: keyof Texts
  readonly title: string
  readonly body: string
}): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
:root{color-scheme:light dark;--ink:#1c2321;--soft:#565d58;--paper:#f6f4ef;--card:#fffefb;--line:#d6d1c4;--hufu-accent:#8c2f1d;--hufu-on-accent:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#ece9e1;--soft:#b5b3aa;--paper:#171a19;--card:#202423;--line:#454b48;--hufu-accent:#e2a08f;--hufu-on-accent:#241009}}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
main{max-width:34rem;margin:0 auto;padding:2rem 1.25rem 3rem}
h1{font-size:1.6rem;line-height:1.3;margin:0 0 1rem}
h2{font-size:1.2rem;margin:0 0 .5rem}
.purpose{margin:0 0 1rem;padding:.75rem 1rem;background:var(--card);border-left:4px solid var(--hufu-accent);border-radius:4px}
hufu-verify{min-height:8rem;padding:1.25rem;background:var(--card);border:1px solid var(--line);border-radius:12px}
dl{margin:1.25rem 0 0;font-size:.9375rem}
dt{color:var(--soft)}
dd{margin:0 0 .6rem}
</style>
<script type="module" src="/verify.js"></script>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
}
