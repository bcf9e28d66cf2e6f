import type { BrowserContext, Page } from 'playwright-core'
import type { Screens } from './screens.ts'

/** What a shop knows of whoever is signed in. */
export interface Account {
  readonly sub: string
  readonly acr: string
  /** What was shown, by claim. */
  readonly claims: Readonly<Record<string, string>>
}

/** A person at a shop's pages, up to the point where their wallet is asked. */
export class ShopVisitor {
  readonly page: Page
  readonly #screens: Screens
  readonly #name: string

  private constructor(page: Page, screens: Screens, name: string) {
    this.page = page
    this.#screens = screens
    this.#name = name
  }

  /** @param name - of the shop, in names of screens */
  static async open(
    context: BrowserContext,
    { url, name, screens }: { url: string; name: string; screens: Screens },
  ): Promise<ShopVisitor> {
    const page = await context.newPage()
    await page.goto(url)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await screens.look(page, `${name}-start`)
    return new ShopVisitor(page, screens, name)
  }

  /** Goes on to the provider's page, which asks for a wallet. */
  async begin(level: 'basic' | 'identified'): Promise<void> {
    await this.page.locator(`a[href="/sign-in?level=${level}"]`).click()
    await this.page.locator('.qr').waitFor()
    await this.#screens.look(this.page, `${this.#name}-sign-in-${level}`)
  }

  /** The code on the provider's page. @returns PNG */
  code(): Promise<Buffer> {
    return this.page.locator('.qr').screenshot()
  }

  /** Where the provider's page leads for a wallet on the same device. */
  async walletLink(): Promise<string> {
    return (await this.page.locator('#open').getAttribute('href'))!
  }

  openWallet(): Promise<void> {
    return this.page.locator('#open').click()
  }

  async signedIn(screen: string): Promise<Account> {
    const sub = (await this.page.locator('#sub').textContent({ timeout: 40_000 })) ?? ''
    await this.#screens.look(this.page, `${this.#name}-${screen}`)
    const acr = (await this.page.locator('#acr').getAttribute('data-acr'))!
    const claims = await this.page
      .locator('[data-claim]')
      .evaluateAll(rows => Object.fromEntries(rows.map(row => [row.getAttribute('data-claim')!, row.textContent ?? ''])))
    return { sub, acr, claims }
  }

  /** Signs out here and at the provider. */
  async signOut(): Promise<void> {
    await this.page.locator('form[action="/sign-out"] button').click()
    await this.page.locator('[name="logout"]').click()
    await this.page.locator('a[href="/sign-in?level=basic"]').waitFor()
  }
}
