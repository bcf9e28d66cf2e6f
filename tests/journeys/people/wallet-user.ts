import type { BrowserContext, Locator, Page } from 'playwright-core'
import { en } from '../../../apps/wallet/src/texts/en.ts'
import { type PageTexts, zhCn } from '../../../apps/wallet/src/texts/zh-cn.ts'
import type { Language, Screens } from './screens.ts'

export const walletWords: Readonly<Record<Language, PageTexts>> = { 'zh-CN': zhCn, en }

/** What the wallet says it would give away. */
export type RequestKind = 'show' | 'sign-in' | 'hand-over' | 'take-back'

/** A person with a wallet, as they see and touch it. */
export class WalletUser {
  readonly page: Page
  readonly #pin: string
  readonly #words: PageTexts
  readonly #screens: Screens

  private constructor(page: Page, { pin, language, screens }: WalletUserOptions) {
    this.page = page
    this.#pin = pin
    this.#words = walletWords[language]
    this.#screens = screens
  }

  /** Opens the wallet in a new page of a browser. */
  static async open(context: BrowserContext, options: WalletUserOptions): Promise<WalletUser> {
    const page = await context.newPage()
    await page.goto(options.url)
    return new WalletUser(page, options)
  }

  /** The wallet in a page that another site has led to. */
  static at(page: Page, options: WalletUserOptions): WalletUser {
    return new WalletUser(page, options)
  }

  async create(): Promise<void> {
    const { welcome } = this.#words
    await this.heading(welcome.title)
    await this.#screens.look(this.page, 'wallet-welcome')
    await this.page.getByRole('button', { name: welcome.pin }).click()
    await this.heading(welcome.pinTitle)
    await this.#enterNewPin()
    await this.#screens.look(this.page, 'wallet-pin')
    await this.button(welcome.create)
    await this.heading(this.#words.home.title)
    await this.#screens.look(this.page, 'wallet-empty')
  }

  async unlock(): Promise<void> {
    await this.heading(this.#words.unlock.title)
    await this.#screens.look(this.page, 'wallet-unlock')
    await this.#field(this.#words.unlock.pin).fill(this.#pin)
    await this.button(this.#words.unlock.open)
    await this.page.locator('#main').waitFor()
  }

  /** Takes up what stands in a code on another screen. @param picture - PNG */
  async scan(picture: Buffer): Promise<void> {
    await this.#go('/scan')
    await this.heading(this.#words.scan.title)
    await this.#screens.look(this.page, 'wallet-scan')
    await this.page.locator('input[type="file"]').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture })
  }

  async paste(link: string): Promise<void> {
    await this.#go('/scan')
    await this.#field(this.#words.scan.link).fill(link)
    await this.button(this.#words.scan.open)
  }

  /** Accepts an offer that is shown. */
  async collect(txCode: string): Promise<void> {
    const { offer } = this.#words
    await this.heading(offer.title)
    await this.#field(offer.code).fill(txCode)
    await this.#screens.look(this.page, 'wallet-offer')
    await this.button(offer.accept)
    await this.heading(offer.done)
    await this.#screens.look(this.page, 'wallet-collected')
  }

  /** Opens the newest credential and waits until it can be proven without being shown. */
  async untilProvable(): Promise<void> {
    await this.#toCredential()
    await this.page.getByText(this.#words.credential.zkStates.ready).waitFor({ timeout: 60_000 })
    await this.#screens.look(this.page, 'wallet-credential')
  }

  /** Has the status looked up until it is as said. */
  async untilStatus(status: keyof PageTexts['status'], withinMs: number): Promise<void> {
    await this.#toCredential()
    const deadline = Date.now() + withinMs
    while (Date.now() < deadline) {
      await this.button(this.#words.credential.check)
      const stands = this.page.locator('main').getByText(this.#words.status[status], { exact: true }).first()
      if (await appears(stands, 1_000)) return
    }
    throw new Error(`the wallet did not say that the credential is ${status}`)
  }

  /** What the wallet shows of a request, once it has read it. */
  async request(kind: RequestKind, screen: string): Promise<string> {
    const { request } = this.#words
    const titles = {
      show: request.title,
      'sign-in': request.signInTitle,
      'hand-over': request.handOverTitle,
      'take-back': request.takeBackTitle,
    }
    await this.heading(titles[kind])
    await this.#screens.look(this.page, screen)
    return (await this.page.locator('main').textContent()) ?? ''
  }

  /** Agrees to it. */
  async agree(kind: RequestKind): Promise<void> {
    const { request } = this.#words
    const buttons = {
      show: request.share,
      'sign-in': request.shareSignIn,
      'hand-over': request.shareHandOver,
      'take-back': request.shareTakeBack,
    }
    await this.button(buttons[kind])
  }

  /** Agrees, and has the answer kept on its way: it arrives when it is sent. */
  async keptAnswer(kind: RequestKind): Promise<{ send(): Promise<{ readonly status: number; readonly body: string }> }> {
    const responses = '**/vp/responses/**'
    const kept = new Promise<{ readonly url: string; readonly body: string }>(resolve => {
      void this.page.route(responses, async route => {
        resolve({ url: route.request().url(), body: route.request().postData()! })
        await route.abort()
      })
    })
    await this.agree(kind)
    const { url, body } = await kept
    await this.page.getByRole('alert').first().waitFor()
    await this.page.unroute(responses)
    return {
      async send() {
        const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body })
        return { status: response.status, body: await response.text() }
      },
    }
  }

  /** Waits for the end of an answer to another screen. */
  async answered(kind: RequestKind): Promise<void> {
    const { request } = this.#words
    const ends = { show: request.done, 'sign-in': request.doneSignIn, 'hand-over': request.doneHandOver, 'take-back': request.doneTakeBack }
    await this.heading(ends[kind])
    await this.page.getByText(request.doneElsewhere).waitFor()
    await this.#screens.look(this.page, `wallet-done-${kind}`)
  }

  /** @returns code of why the wallet refused */
  async refusal(screen: string): Promise<string> {
    await this.heading(this.#words.refused.title)
    await this.#screens.look(this.page, screen)
    return (await this.page.locator('main code').textContent()) ?? ''
  }

  /** @returns content of the file */
  async backUp(passphrase: string): Promise<Buffer> {
    const { backup } = this.#words
    await this.#go('/settings/backup')
    await this.heading(backup.title)
    await this.#field(backup.passphrase).fill(passphrase)
    await this.#field(backup.again).fill(passphrase)
    await this.#field(this.#words.settings.currentPin).fill(this.#pin)
    await this.#screens.look(this.page, 'wallet-backup')
    const saved = this.page.waitForEvent('download')
    await this.button(backup.make)
    const stream = await (await saved).createReadStream()
    await this.heading(backup.made)
    await this.#screens.look(this.page, 'wallet-backup-made')
    return Buffer.concat(await stream.toArray())
  }

  async restore(file: Buffer, passphrase: string): Promise<void> {
    const { restore, welcome } = this.#words
    await this.page.getByRole('link', { name: welcome.restore }).click()
    await this.heading(restore.title)
    await this.page.locator('input[type="file"]').setInputFiles({ name: 'wallet.hufu', mimeType: 'application/octet-stream', buffer: file })
    await this.#field(restore.passphrase).fill(passphrase)
    await this.#enterNewPin()
    await this.#screens.look(this.page, 'wallet-restore')
    await this.button(restore.restore)
  }

  async home(): Promise<void> {
    await this.#go('/')
    await this.heading(this.#words.home.title)
  }

  /** @returns how often what happened, by the wallet's own record */
  async history(): Promise<Readonly<Record<string, number>>> {
    const { history } = this.#words
    await this.#go('/history')
    await this.heading(history.title)
    const entries = this.page.locator('main li a')
    await entries.first().waitFor()
    await this.#screens.look(this.page, 'wallet-history')
    const texts = await entries.allTextContents()
    const counts = Object.entries(history.actions).map(
      ([action, name]) => [action, texts.filter(text => text.startsWith(name)).length] as const,
    )
    return Object.fromEntries(counts.filter(([, count]) => count > 0))
  }

  heading(name: string): Promise<void> {
    return this.page.getByRole('heading', { level: 1, name, exact: true }).waitFor({ timeout: 40_000 })
  }

  button(name: string): Promise<void> {
    return this.page.getByRole('button', { name, exact: true }).click()
  }

  /** Sections have names too. */
  #field(label: string): Locator {
    return this.page.locator('input:not([type="radio"]), textarea').and(this.page.getByLabel(label, { exact: true }))
  }

  async #toCredential(): Promise<void> {
    await this.home()
    await this.page.locator('main ul a').first().click()
    await this.page.getByRole('button', { name: this.#words.credential.check }).waitFor()
  }

  async #enterNewPin(): Promise<void> {
    await this.#field(this.#words.welcome.newPin).fill(this.#pin)
    await this.#field(this.#words.welcome.pinAgain).fill(this.#pin)
  }

  /** Within the page: the wallet would be locked after loading it anew. */
  async #go(place: string): Promise<void> {
    await this.page.evaluate(hash => {
      window.location.hash = hash
    }, place)
  }
}

export interface WalletUserOptions {
  readonly url: string
  readonly pin: string
  readonly language: Language
  readonly screens: Screens
}

async function appears(locator: Locator, withinMs: number): Promise<boolean> {
  return locator.waitFor({ timeout: withinMs }).then(
    () => true,
    () => false,
  )
}
