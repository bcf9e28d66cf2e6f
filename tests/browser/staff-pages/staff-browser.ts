import { mkdirSync, writeFileSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../open-page.ts'
import { smallPng } from '../wallet-screens/small-png.ts'

/** `SCREENSHOTS=1` writes the pictures of the documentation. They want a Chinese font: apt-get install fonts-noto-cjk. */
const takePictures = process.env.SCREENSHOTS !== undefined
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const

/** Whose pages they are. */
export interface LookedAt {
  /** Name of the pages, which ends the window's title. */
  readonly name: { readonly 'zh-CN': string; readonly en: string }
  /** Folder of the documentation for pictures. */
  readonly pictures: string
  /** Chinese that people entered, which stays as it is in English. */
  readonly data: readonly string[]
  /** Largest picture; default 60,000 bytes. */
  readonly maxPictureBytes?: number
}

export interface StaffPage {
  readonly page: Page
  /** What went wrong in the page: errors, and breaches of its policy. */
  readonly errors: readonly string[]
}

/** Browsers of the staff, each with a passkey device of its own, and what is looked for on every screen. */
export class StaffBrowser {
  readonly #browser: Browser
  readonly #reader: Page
  readonly #lookedAt: LookedAt
  /** What is wrong with screens that were looked at. */
  readonly wrong: string[] = []

  private constructor(browser: Browser, reader: Page, lookedAt: LookedAt) {
    this.#browser = browser
    this.#reader = reader
    this.#lookedAt = lookedAt
  }

  static async open(lookedAt: LookedAt): Promise<StaffBrowser> {
    const browser = await chromium.launch({
      executablePath: chromiumPath(),
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
    })
    return new StaffBrowser(browser, await browser.newPage(), lookedAt)
  }

  close(): Promise<void> {
    return this.#browser.close()
  }

  /** A browser of somebody's own, with a device that holds passkeys and knows its owner. */
  async newPage(): Promise<StaffPage> {
    const context = await this.#browser.newContext({
      viewport: sizes.desktop,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      reducedMotion: 'reduce',
      colorScheme: 'light',
    })
    context.setDefaultTimeout(20_000)
    const page = await context.newPage()
    const errors: string[] = []
    page.on('pageerror', error => errors.push(error.message))
    page.on('console', message => {
      // A refused request is told in the console, too.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) errors.push(message.text())
    })
    const devices = await context.newCDPSession(page)
    await devices.send('WebAuthn.enable')
    await devices.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
        automaticPresenceSimulation: true,
      },
    })
    return { page, errors }
  }

  /**
   * Looks at a screen: in Chinese on a phone, light, and in English on a desktop, dark. It stays as it was.
   *
   * @param isShown - it is one of those in the documentation
   */
  async look(page: Page, name: string, { isShown = false }: { readonly isShown?: boolean } = {}): Promise<void> {
    await page.setViewportSize(sizes.phone)
    await this.#check(page, `${name} in zh-CN`, 'zh-CN')
    if (isShown) await this.#keep(page, `${name}-phone`)
    await page.setViewportSize(sizes.desktop)
    await page.getByRole('button', { name: 'English' }).click()
    if (isShown) await this.#keep(page, `${name}-desktop`)
    await page.emulateMedia({ colorScheme: 'dark' })
    await this.#check(page, `${name} in en`, 'en')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.getByRole('button', { name: '中文' }).click()
  }

  /** A dialog covers the switch of the language: it is looked at in the one it is in. */
  async lookAtDialog(page: Page, name: string): Promise<void> {
    await page.getByRole('dialog').waitFor()
    await this.#check(page, name, 'zh-CN')
  }

  async #check(page: Page, name: string, language: 'zh-CN' | 'en'): Promise<void> {
    // Half-faded text has no contrast; what waits for the server moves on and on.
    await page.evaluate(() =>
      Promise.all(
        document
          .getAnimations()
          .filter(animation => animation.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
          .map(animation => animation.finished.catch(() => undefined)),
      ),
    )
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode()
      .options({ resultTypes: ['violations'] })
      .analyze()
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary})`).join(', ')}`,
    )
    const [lang, title, overflow] = await page.evaluate(
      () => [document.documentElement.lang, document.title, document.documentElement.scrollWidth - window.innerWidth] as const,
    )
    if (lang !== language) found.push(`says that it is in ${lang}`)
    if (!title.endsWith(` · ${this.#lookedAt.name[language]}`)) found.push(`title ${title}`)
    if (overflow > 0) found.push(`${overflow} pixels too wide`)
    if (language === 'en') found.push(...(await chineseIn(page, this.#lookedAt.data)).map(text => `in Chinese: ${text}`))
    this.wrong.push(...found.map(each => `${name}: ${each}`))
  }

  async #keep(page: Page, name: string): Promise<void> {
    if (!takePictures) return
    const pictures = new URL(`../../../docs/${this.#lookedAt.pictures}/`, import.meta.url)
    mkdirSync(pictures, { recursive: true })
    const picture = await smallPng(page, this.#reader)
    if (picture.length > (this.#lookedAt.maxPictureBytes ?? 60_000)) this.wrong.push(`${name}: a picture of ${picture.length} bytes`)
    writeFileSync(new URL(`${name}.png`, pictures), picture)
  }
}

function chineseIn(page: Page, data: readonly string[]): Promise<readonly string[]> {
  return page.evaluate(known => {
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const found: string[] = []
    for (let node = words.nextNode(); node !== null; node = words.nextNode()) {
      const text = node.textContent ?? ''
      const isSaid = node.parentElement?.closest('[lang="zh-CN"], noscript') !== null
      if (!isSaid && /\p{Script=Han}/u.test(text) && !known.some(part => text.includes(part))) found.push(text)
    }
    return found
  }, data)
}
