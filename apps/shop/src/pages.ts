import type { SignedIn } from './provider.ts'
import { type Kind, type Language, textsOf } from './texts.ts'

export interface PageOptions {
  readonly kind: Kind
  readonly language: Language
  readonly name: string
}

/** The shop's start page: what it offers, or what it knows of who is signed in. */
export function startPage(
  options: PageOptions,
  visit: { readonly signedIn: SignedIn; readonly csrf: string; readonly isIdentified: boolean } | undefined,
): string {
  const t = textsOf(options.kind, options.language)
  if (visit === undefined)
    return page(
      options,
      options.name,
      `<section class="hero"><h1>${h(t.headline)}</h1><p class="lead">${h(t.lead)}</p>
<div class="choices">
<div class="card"><a class="button" href="/sign-in?level=identified">${h(t.act)}</a><p>${h(t.identifiedHelp)}</p></div>
<div class="card"><a class="button plain" href="/sign-in?level=basic">${h(t.basic)}</a><p>${h(t.basicHelp)}</p></div>
</div></section>`,
    )
  const { signedIn, csrf, isIdentified } = visit
  const name = typeof signedIn.claims.name === 'string' ? signedIn.claims.name : ''
  const head = isIdentified
    ? `<h1>${h(t.done)}</h1><p class="lead">${h(t.doneHelp(name))}</p>`
    : `<h1>${h(t.welcome)}</h1><p class="lead">${h(t.stepUp)}</p><p><a class="button" href="/sign-in?level=identified">${h(t.act)}</a></p>`
  return page(
    options,
    options.name,
    `<section class="hero">${head}</section>
<section class="card"><h2>${h(t.signedInAs)}</h2>
<dl>
<dt>${h(t.codeName)}</dt><dd><code id="sub">${h(signedIn.sub)}</code></dd>
<dt>${h(t.level)}</dt><dd><span id="acr" data-acr="${h(signedIn.acr ?? '')}">${h(isIdentified ? t.levels.identified : t.levels.basic)}</span></dd>
</dl>
<h2>${h(t.shown)}</h2>
${claimList(signedIn, options)}
<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="${h(csrf)}"><button class="button plain">${h(t.signOut)}</button></form>
</section>`,
  )
}

/** @param error - as OAuth names it */
export function troublePage(options: PageOptions, error: string): string {
  const t = textsOf(options.kind, options.language)
  const what = error === 'access_denied' ? t.refused : t.troubleHelp
  return page(
    options,
    t.trouble,
    `<section class="hero"><h1>${h(t.trouble)}</h1><p class="lead" role="alert">${h(what)}</p><p><a class="button" href="/">${h(t.home)}</a></p><p class="small"><code>${h(error)}</code></p></section>`,
  )
}

function claimList({ claims }: SignedIn, { kind, language }: PageOptions): string {
  const t = textsOf(kind, language)
  const entries = Object.entries(claims).filter(([, value]) => typeof value === 'string' || typeof value === 'number')
  if (entries.length === 0) return `<p>${h(t.nothingShown)}</p>`
  const shownValue = (name: string, value: unknown) => (name === 'gender' ? (t.genders[String(value)] ?? String(value)) : String(value))
  const rows = entries.map(
    ([name, value]) => `<dt>${h(t.claims[name] ?? name)}</dt><dd data-claim="${h(name)}">${h(shownValue(name, value))}</dd>`,
  )
  return `<dl>${rows.join('')}</dl>`
}

function page({ kind, language, name }: PageOptions, title: string, body: string): string {
  const t = textsOf(kind, language)
  const other = language === 'en' ? 'zh-CN' : 'en'
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${h(title === name ? name : `${title} · ${name}`)}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body class="${kind}">
<header><a class="brand" href="/"><span class="mark" aria-hidden="true">${kind === 'bank' ? '¥' : '+'}</span>${h(name)}</a><nav><a lang="${other}" hreflang="${other}" href="/?lang=${other}">${h(t.otherLanguage)}</a></nav></header>
<main>${body}</main>
</body>
</html>`
}

function h(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, character => entities[character]!)
}

export const styles = `:root { color-scheme: light dark; --ink: #1b2430; --soft: #4d5a69; --paper: #f4f6f9; --card: #fff; --line: #d5dce5 }
.bank { --accent: #0b4f8a; --on: #fff } .hospital { --accent: #0b6b5b; --on: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9eef4; --soft: #b4c0cd; --paper: #12171d; --card: #1b222b; --line: #38434f }
  .bank { --accent: #8cc2f2; --on: #07213a } .hospital { --accent: #7fd6c3; --on: #06261f }
}
* { box-sizing: border-box }
body { margin: 0; color: var(--ink); background: var(--paper); font: 1.0625rem/1.65 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif }
header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: .9rem 1.25rem; background: var(--card); border-bottom: 1px solid var(--line) }
.brand { display: inline-flex; align-items: center; gap: .6rem; font-weight: 700; color: var(--ink); text-decoration: none }
.mark { display: inline-grid; place-items: center; width: 2rem; height: 2rem; border-radius: 8px; background: var(--accent); color: var(--on); font-weight: 800 }
nav a { color: var(--accent) }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
h1 { font-size: clamp(1.7rem, 5vw, 2.4rem); line-height: 1.25; margin: 0 0 .75rem } h2 { font-size: 1.15rem; margin: 1.5rem 0 .5rem } h2:first-child { margin-top: 0 }
.lead { font-size: 1.15rem; color: var(--soft); margin: 0 0 1.5rem; max-width: 36em }
.choices { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)) }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.25rem } .card p { margin: .9rem 0 0; color: var(--soft) }
.button { display: inline-block; font: inherit; font-weight: 650; padding: .65rem 1.3rem; min-height: 2.75rem; border-radius: 10px; border: 2px solid var(--accent); background: var(--accent); color: var(--on); text-decoration: none; cursor: pointer }
.button.plain { background: transparent; color: var(--accent) }
a:focus-visible, .button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .35rem 1.25rem; margin: 0 } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere; font-weight: 600 }
form { margin: 1.5rem 0 0 } .small { font-size: .9375rem }
`
