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
:root{color-scheme:light dark}
body{font:1rem/1.6 system-ui,"Noto Sans SC",sans-serif;margin:0;display:grid;min-height:100vh;place-items:center;background:Canvas;color:CanvasText}
main{max-width:26rem;padding:1.5rem}
h1{font-size:1.35rem;margin:0 0 .5rem}
h2{font-size:1.1rem}
dl{margin:1rem 0;font-size:.9rem}
dt{font-weight:600}
dd{margin:0 0 .5rem}
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
