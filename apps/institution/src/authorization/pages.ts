import { createHash } from 'node:crypto'
import type { Texts } from '@hufu/trust'
import { renderSVG } from 'uqr'

/** The languages that these pages have. */
export type PageLanguage = 'zh-CN' | 'en'

/** Chinese unless the browser would rather have English. @param accept - header `accept-language` */
export function pageLanguage(accept: string | undefined): PageLanguage {
  const wishes = (accept ?? '').split(',').map(part => part.trim().toLowerCase())
  return wishes.find(wish => /^(zh|en)\b/.test(wish))?.startsWith('en') === true ? 'en' : 'zh-CN'
}

const texts = {
  'zh-CN': {
    title: '登录',
    heading: (client: string) => `登录到${client}`,
    asks: (institution: string) => `${institution}请您用钱包出示以下内容：`,
    scan: '用手机上的钱包扫描二维码',
    qrLabel: '供钱包扫描的二维码',
    open: '在本机打开钱包',
    waiting: '等待钱包…',
    opened: '钱包已打开请求，请在钱包中确认。',
    answered: '已收到，正在继续…',
    refused: '没有通过：已被拒绝，或不符合要求。请重新开始。',
    expired: '请求已过期。',
    go: '我已在钱包中确认',
    again: '重新开始',
    cancel: '取消',
    warning: '请只扫描您自己打开的页面上的二维码。',
    signOutTitle: '退出登录',
    signOut: '退出登录',
    stay: '保持登录',
    signedOut: '您已退出登录。',
    trouble: '无法继续登录',
    troubleHelp: '请回到您要登录的网站重新开始。',
    notFinished: '未能完成：请重新开始。',
    elsewhere: '请在钱包打开的窗口中继续。',
  },
  en: {
    title: 'Sign in',
    heading: (client: string) => `Sign in to ${client}`,
    asks: (institution: string) => `${institution} asks you to show with your wallet:`,
    scan: 'Scan the code with the wallet on your phone',
    qrLabel: 'QR code for a wallet to scan',
    open: 'Open the wallet on this device',
    waiting: 'Waiting for the wallet…',
    opened: 'The wallet has the request: confirm it there.',
    answered: 'Received, going on…',
    refused: 'It was refused, or is not what is asked. Please start again.',
    expired: 'The request has expired.',
    go: 'I have confirmed it in the wallet',
    again: 'Start again',
    cancel: 'Cancel',
    warning: 'Only scan a code on a page that you opened yourself.',
    signOutTitle: 'Sign out',
    signOut: 'Sign out',
    stay: 'Stay signed in',
    signedOut: 'You are signed out.',
    trouble: 'Sign-in cannot go on',
    troubleHelp: 'Go back to the site that you wanted to sign in to, and start again.',
    notFinished: 'It could not be finished: please start again.',
    elsewhere: 'Please go on in the window that the wallet has opened.',
  },
} as const

export interface InteractionPageOptions {
  readonly language: PageLanguage
  readonly institution: Texts
  readonly client: Texts
  /** What the query is for. */
  readonly purpose: Texts | undefined
  /** Path of the interaction, without a slash at its end. */
  readonly path: string
  /** Where the server's own files are, below the host. */
  readonly base: string
  readonly qr: string
  readonly walletUrl: string | undefined
  readonly csrf: string
  readonly expiresAtMs: number
  readonly trouble?: 'refused' | 'expired' | 'notFinished' | 'elsewhere' | undefined
}

/** The page on which a person shows something to sign in. Works without its script too. */
export function interactionPage(options: InteractionPageOptions): string {
  const { language, institution, client, purpose, path, base, qr, walletUrl, csrf, expiresAtMs, trouble } = options
  const t = texts[language]
  const states = { waiting: t.waiting, opened: t.opened, answered: t.answered, refused: t.refused, expired: t.expired }
  const name = (names: Texts) => names[language]
  const body = `
<h1>${escapeHtml(t.heading(name(client)))}</h1>
${purpose === undefined ? '' : `<p>${escapeHtml(t.asks(name(institution)))}</p><p class="purpose">${escapeHtml(name(purpose))}</p>`}
${trouble === undefined ? '' : `<p role="alert" class="trouble">${escapeHtml(t[trouble])}</p>`}
<div class="ways">
<figure><div role="img" aria-label="${escapeHtml(t.qrLabel)}" class="qr">${qrSvg(qr)}</div><figcaption>${escapeHtml(t.scan)}</figcaption></figure>
${walletUrl === undefined ? '' : `<p><a class="button" id="open" href="${escapeHtml(walletUrl)}">${escapeHtml(t.open)}</a></p>`}
</div>
<p id="state" role="status" aria-live="polite" data-path="${escapeHtml(path)}" data-expires="${expiresAtMs}" data-texts="${escapeHtml(JSON.stringify(states))}">${escapeHtml(t.waiting)}</p>
<div class="actions">
<form method="post" action="${escapeHtml(path)}/finish" id="finish"><input type="hidden" name="csrf" value="${escapeHtml(csrf)}"><button class="button plain">${escapeHtml(t.go)}</button></form>
<form method="post" action="${escapeHtml(path)}/again"><input type="hidden" name="csrf" value="${escapeHtml(csrf)}"><button class="button plain">${escapeHtml(t.again)}</button></form>
<form method="post" action="${escapeHtml(path)}/cancel"><input type="hidden" name="csrf" value="${escapeHtml(csrf)}"><button class="button plain">${escapeHtml(t.cancel)}</button></form>
</div>
<p class="small">${escapeHtml(t.warning)}</p>`
  return page(language, t.heading(name(client)), body, { base, script: true })
}

/** Asks whether to sign out. @param form - of the provider, to be sent with `logout` or without */
export function signOutPage(form: string, base: string): string {
  const both = (key: 'signOutTitle' | 'signOut' | 'stay') => `${texts['zh-CN'][key]} · ${texts.en[key]}`
  const body = `
<h1>${both('signOutTitle')}</h1>
${form}
<div class="actions">
<button class="button" type="submit" form="op.logoutForm" value="yes" name="logout">${both('signOut')}</button>
<button class="button plain" type="submit" form="op.logoutForm">${both('stay')}</button>
</div>`
  return page('zh-CN', both('signOutTitle'), body, { base })
}

export function signedOutPage(base: string): string {
  const text = `${texts['zh-CN'].signedOut} · ${texts.en.signedOut}`
  return page('zh-CN', text, `<h1>${text}</h1>`, { base })
}

/** @param code - the error as OAuth names it */
export function troublePage(code: string, base: string): string {
  const body = `
<h1>${texts['zh-CN'].trouble} · ${texts.en.trouble}</h1>
<p>${texts['zh-CN'].troubleHelp}</p><p lang="en">${texts.en.troubleHelp}</p>
<p class="small"><code>${escapeHtml(code)}</code></p>`
  return page('zh-CN', `${texts['zh-CN'].trouble} · ${texts.en.trouble}`, body, { base })
}

function page(language: PageLanguage, title: string, body: string, { base, script = false }: { base: string; script?: boolean }): string {
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${base}/oidc/pages.css?${version(styles)}">
${script ? `<script defer src="${base}/oidc/pages.js?${version(scriptText)}"></script>` : ''}
</head>
<body><main>${body}
</main></body>
</html>`
}

/**
 * Dark on light whatever the page's colours: scanners need it. Addresses are random enough for any mask; to weigh all eight takes longer than the rest of the
 * page.
 */
function qrSvg(text: string): string {
  return renderSVG(text, { ecc: 'M', border: 3, pixelSize: 6, maskPattern: 2 })
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, character => entities[character]!)
}

function version(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12)
}

/** Style of the pages, served as `/oidc/pages.css`. */
export const styles = `:root { color-scheme: light dark; --ink: #1c2321; --paper: #f6f4ef; --card: #fffefb; --line: #d6d1c4; --accent: #8c2f1d; --on-accent: #fff; --bad: #9b1c1c }
@media (prefers-color-scheme: dark) { :root { --ink: #ece9e1; --paper: #171a19; --card: #202423; --line: #454b48; --accent: #e2a08f; --on-accent: #241009; --bad: #ffb4a9 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif }
main { max-width: 34rem; margin: 0 auto; padding: 2rem 1.25rem 3rem }
h1 { font-size: 1.6rem; line-height: 1.3; margin: 0 0 1rem }
.purpose { padding: .75rem 1rem; background: var(--card); border-left: 4px solid var(--accent); border-radius: 4px }
.ways { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem; text-align: center }
figure { margin: 0 } figcaption { margin-top: .5rem }
.qr { display: inline-block; background: #fff; padding: .25rem; border-radius: 8px; line-height: 0 }
.qr svg { width: min(16rem, 70vw); height: auto }
.button { display: inline-block; font: inherit; font-weight: 600; padding: .6rem 1.2rem; min-height: 2.75rem; border-radius: 8px; border: 2px solid var(--accent); background: var(--accent); color: var(--on-accent); text-decoration: none; cursor: pointer }
.button.plain { background: transparent; color: var(--ink); border-color: var(--line); font-weight: 500 }
.button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0 } .actions form { margin: 0 }
.small { font-size: .9375rem }
.trouble { color: var(--bad); font-weight: 600 }
#state { min-height: 1.6em }
[data-over] .ways, [data-over] #finish { display: none }
[data-over] #state { color: var(--bad); font-weight: 600 }
`

/** Script of the interaction page, served as `/oidc/pages.js`: asks how the presentation stands, and goes on when it is answered. */
export const scriptText = `const state = document.getElementById('state')
const texts = JSON.parse(state.dataset.texts)
const finish = document.getElementById('finish')
let shown = 'waiting'
async function ask() {
  const response = await fetch(state.dataset.path + '/state', { headers: { accept: 'application/json' } })
  if (!response.ok) return 'expired'
  return (await response.json()).state
}
async function follow() {
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, document.hidden ? 3000 : 1000))
    let now
    try { now = await ask() } catch { continue }
    if (now !== shown) { shown = now; state.textContent = texts[now] ?? '' }
    if (now === 'answered') { finish.submit(); return }
    if (now === 'refused' || now === 'expired') { document.body.dataset.over = ''; return }
  }
}
follow()
`
