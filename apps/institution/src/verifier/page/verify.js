// The element <hufu-verify query="…">: shows a code and a link by which a wallet answers, and fires `hufu-verified` once it has.
//
//   query   a registered query that the server allows on pages
//   server  where this script came from, by default
//   lang    zh-CN or en; by default the page's
//   finish  (on the server's own pages) the element takes the answer itself and shows the receipt's number
//   begin, end  (on the server's own pages) paths to begin and to finish by, in place of the query's
//
// Its buttons take the colours `--hufu-accent` and `--hufu-on-accent`.
//
// `hufu-verified` has `detail: { id, token, responseCode }` for your server, which redeems it; `hufu-refused` has `detail: { rule }`.

const words = {
  en: {
    scan: 'Scan with your wallet',
    qr: 'Code for the wallet on another device',
    open: 'Open the wallet on this device',
    opened: 'Go on in your wallet',
    answered: 'Done',
    elsewhere: 'Go on in the window that your wallet opened',
    refused: 'Not accepted',
    expired: 'The code has expired',
    failed: 'The server cannot be reached',
    again: 'New code',
    receipt: 'Receipt',
  },
  'zh-CN': {
    scan: '请用钱包扫码',
    qr: '供其他设备上的钱包扫描的二维码',
    open: '打开本机钱包',
    opened: '请在钱包中继续',
    answered: '已完成',
    elsewhere: '请在钱包打开的窗口中继续',
    refused: '未通过',
    expired: '二维码已过期',
    failed: '无法连接服务器',
    again: '刷新二维码',
    receipt: '回执',
  },
}

const pollMs = 1500
const svgNamespace = 'http://www.w3.org/2000/svg'
const styles = `
:host{display:block;font:inherit;color:inherit}
.box{display:grid;gap:.75rem;justify-items:center;text-align:center}
svg{width:min(15rem,70vw);height:auto;background:#fff;border-radius:.5rem}
a,button{font:inherit;font-weight:600;box-sizing:border-box;min-height:2.75rem;padding:.55rem 1.1rem;border-radius:.5rem;border:1px solid var(--hufu-accent,#1b5e4b);background:var(--hufu-accent,#1b5e4b);color:var(--hufu-on-accent,#fff);text-decoration:none;cursor:pointer}
a:focus-visible,button:focus-visible{outline:3px solid #e0a030;outline-offset:2px}
p{margin:0;overflow-wrap:anywhere}
`

class HufuVerify extends HTMLElement {
  #stopped = false
  #round = 0

  connectedCallback() {
    this.#stopped = false
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(styles)
    root.adoptedStyleSheets = [sheet]
    void this.#start()
  }

  disconnectedCallback() {
    this.#stopped = true
  }

  get #server() {
    return (this.getAttribute('server') ?? new URL('.', import.meta.url).href).replace(/\/$/, '')
  }

  get #words() {
    const language = this.getAttribute('lang') ?? document.documentElement.lang
    return language.toLowerCase().startsWith('zh') ? words['zh-CN'] : words.en
  }

  get #begin() {
    return this.getAttribute('begin') ?? `/verifier/pages/${encodeURIComponent(this.getAttribute('query') ?? '')}/presentations`
  }

  get #storageKey() {
    return `hufu-verify ${this.#server} ${this.#begin}`
  }

  async #start() {
    const round = ++this.#round
    try {
      if (await this.#returned()) return
      const begun = await this.#post(this.#begin, { returnTo: withoutCode(location.href) })
      // For the page that the wallet opens: only the browser that began has it.
      localStorage.setItem(this.#storageKey, JSON.stringify({ id: begun.id, token: begun.token }))
      this.#showCode(begun, this.#words.scan)
      await this.#follow(begun, round)
    } catch {
      this.#showAgain(this.#words.failed)
    }
  }

  /** The wallet on this device has sent the browser back, with a code. */
  async #returned() {
    const code = new URL(location.href).searchParams.get('response_code')
    const stored = localStorage.getItem(this.#storageKey)
    if (code === null) return false
    history.replaceState(history.state, '', withoutCode(location.href))
    if (stored === null) return false
    localStorage.removeItem(this.#storageKey)
    const { id, token } = JSON.parse(stored)
    await this.#done({ id, token, responseCode: code })
    return true
  }

  async #follow(begun, round) {
    let opened = false
    while (!this.#stopped && round === this.#round) {
      await new Promise(resolve => setTimeout(resolve, pollMs))
      const standing = await this.#get(`/verifier/presentations/${begun.id}`, begun.token)
      if (this.#stopped || round !== this.#round) return
      if (standing.state === 'opened' && !opened) {
        opened = true
        this.#show(paragraph(this.#words.opened))
      } else if (standing.state === 'answered') {
        if (standing.device === 'this') return this.#show(paragraph(this.#words.elsewhere))
        localStorage.removeItem(this.#storageKey)
        return this.#done({ id: begun.id, token: begun.token })
      } else if (standing.state === 'refused') {
        this.dispatchEvent(new CustomEvent('hufu-refused', { bubbles: true, composed: true, detail: { rule: standing.failedRule } }))
        return this.#showAgain(this.#words.refused)
      } else if (standing.state === 'expired') return this.#showAgain(this.#words.expired)
    }
  }

  async #done(detail) {
    let text = this.#words.answered
    const end = this.getAttribute('end') ?? (this.hasAttribute('finish') ? '/verifier/pages/presentations/{id}/finish' : undefined)
    if (end !== undefined) {
      try {
        const { id, token, responseCode } = detail
        const finished = await this.#post(end.replace('{id}', id), responseCode === undefined ? {} : { responseCode }, token)
        if (finished.receiptId !== undefined) text = `${this.#words.answered} · ${this.#words.receipt} ${finished.receiptId}`
      } catch {
        return this.#showAgain(this.#words.refused)
      }
    }
    this.#show(paragraph(text))
    this.dispatchEvent(new CustomEvent('hufu-verified', { bubbles: true, composed: true, detail }))
  }

  async #post(path, body, token) {
    return this.#answer(
      await fetch(this.#server + path, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
      }),
    )
  }

  async #get(path, token) {
    return this.#answer(await fetch(this.#server + path, { credentials: 'same-origin', headers: { authorization: `Bearer ${token}` } }))
  }

  async #answer(response) {
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    return response.json()
  }

  #showCode(begun, text) {
    const nodes = [paragraph(text), codeOf(begun.qrRows, this.#words.qr)]
    if (begun.walletUrl !== undefined) {
      const link = document.createElement('a')
      link.href = begun.walletUrl
      link.textContent = this.#words.open
      nodes.push(link)
    }
    this.#show(...nodes)
  }

  #showAgain(text) {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = this.#words.again
    button.addEventListener('click', () => void this.#start())
    this.#show(paragraph(text), button)
  }

  #show(...nodes) {
    const box = document.createElement('div')
    box.className = 'box'
    box.append(...nodes)
    this.shadowRoot.replaceChildren(box)
  }
}

/** Read out by a screen reader as it changes. */
function paragraph(text) {
  const element = document.createElement('p')
  element.setAttribute('role', 'status')
  element.textContent = text
  return element
}

function codeOf(rows, label) {
  const svg = document.createElementNS(svgNamespace, 'svg')
  svg.setAttribute('viewBox', `0 0 ${rows.length} ${rows.length}`)
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', label)
  svg.setAttribute('shape-rendering', 'crispEdges')
  const path = document.createElementNS(svgNamespace, 'path')
  const modules = rows.flatMap((row, y) => [...row].flatMap((module, x) => (module === '1' ? [`M${x} ${y}h1v1h-1z`] : [])))
  path.setAttribute('d', modules.join(''))
  path.setAttribute('fill', '#000')
  svg.append(path)
  return svg
}

function withoutCode(href) {
  const url = new URL(href)
  url.searchParams.delete('response_code')
  return url.href
}

customElements.define('hufu-verify', HufuVerify)
