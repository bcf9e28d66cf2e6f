import type { Browser, Locator, Page } from 'playwright-core'
import type { ResidentApplication } from './resident-application.ts'
import type { InstitutionName, Reach } from './run-pilot.ts'
import type { Language, Screens } from './screens.ts'

/** What stands on the buttons of the staff's pages. */
const words = {
  'zh-CN': {
    standIn: '登录（试点替代方式）',
    applications: '受理申请',
    review: '待审批',
    create: '新申请',
    type: '凭证类型',
    until: '截止日期',
    save: '保存并核对',
    submit: '提交审批',
    waiting: '已提交，等待主管审批。',
    all: '全部申请',
    openOf: (name: string) => `打开${name}的申请`,
    approve: '批准',
    offer: '发放到钱包',
    qr: '领取凭证的二维码',
    wallet: '用本机钱包打开',
    collected: '已领取',
    revoke: '撤销',
    reason: '原因',
    lost: '持有人设备遗失',
    understood: '我确认永久撤销',
  },
  en: {
    standIn: 'Sign in (stand-in for the pilot)',
    applications: 'Applications',
    review: 'To approve',
    create: 'New application',
    type: 'Credential type',
    until: 'Valid until',
    save: 'Save and check',
    submit: 'Submit for approval',
    waiting: 'Submitted. It waits for an officer.',
    all: 'all applications',
    openOf: (name: string) => `Open the application of ${name}`,
    approve: 'Approve',
    offer: 'Offer to a wallet',
    qr: 'QR code to collect the credential',
    wallet: 'Open in the wallet on this device',
    collected: 'Collected',
    revoke: 'Revoke',
    reason: 'Reason',
    lost: 'the holder’s device was lost',
    understood: 'Yes, revoke it for good',
  },
} as const

export interface ShownOffer {
  /** PNG. */
  readonly code: Buffer
  /** Of the wallet that the institution knows. */
  readonly walletLink: string
  readonly txCode: string
}

/** A person of an institution's staff before its pages, in a browser of their own. */
export class StaffMember {
  readonly #page: Page
  readonly #words: (typeof words)[Language]
  readonly #screens: Screens

  private constructor(page: Page, language: Language, screens: Screens) {
    this.#page = page
    this.#words = words[language]
    this.#screens = screens
  }

  /** Comes in by an invitation's link, as the staff of a pilot does. */
  static async signIn(
    browser: Browser,
    { staff }: Reach,
    {
      at,
      role,
      language,
      screens,
    }: { readonly at: InstitutionName; readonly role: string; readonly language: Language; readonly screens: Screens },
  ): Promise<StaffMember> {
    const context = await browser.newContext({
      locale: language,
      timezoneId: 'Asia/Shanghai',
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
    })
    context.setDefaultTimeout(30_000)
    const page = await context.newPage()
    await page.goto(staff[at].find(({ roles }) => roles.includes(role))!.link)
    const member = new StaffMember(page, language, screens)
    const standIn = page.getByRole('button', { name: words[language].standIn })
    await standIn.waitFor()
    await screens.look(page, 'staff-invitation')
    await standIn.click()
    await page.getByRole('navigation').first().waitFor()
    await screens.look(page, `staff-${role}`)
    return member
  }

  /** Enters an application for a resident and hands it to the officers. */
  async apply({ typeTitle, fields, validUntil }: ResidentApplication): Promise<void> {
    await this.#place(this.#words.applications)
    await this.#page.getByRole('link', { name: this.#words.create }).click()
    await this.#page.getByLabel(this.#words.type).selectOption({ label: typeTitle })
    for (const [name, value] of Object.entries(fields)) {
      const field = this.#page.locator(`[name="${name}"]`)
      if ((await field.evaluate(element => element.tagName)) === 'SELECT') await field.selectOption(value)
      else await field.fill(value)
    }
    await this.#page.getByLabel(this.#words.until).fill(validUntil)
    await this.#screens.look(this.#page, 'staff-application')
    await this.#button(this.#words.save).click()
    await this.#button(this.#words.submit).click()
    await this.#page.getByText(this.#words.waiting).waitFor()
    await this.#screens.look(this.#page, 'staff-submitted')
  }

  /** Approves what another person submitted. */
  async approve(name: string): Promise<void> {
    await this.#place(this.#words.review)
    await this.#openApplicationOf(name)
    await this.#button(this.#words.approve).waitFor()
    await this.#screens.look(this.#page, 'staff-review')
    await this.#button(this.#words.approve).click()
    await this.#page.getByRole('dialog').getByRole('button', { name: this.#words.approve, exact: true }).click()
    await this.#page.getByRole('dialog').waitFor({ state: 'detached' })
  }

  /** Shows the offer of what was approved, for a wallet to take. */
  async offer(name: string): Promise<ShownOffer> {
    await this.#place(this.#words.applications)
    await this.#openApplicationOf(name)
    await this.#button(this.#words.offer).click()
    const code = this.#page.getByRole('img', { name: this.#words.qr })
    await code.waitFor()
    await this.#screens.look(this.#page, 'staff-offer')
    const spelled = await this.#page
      .locator('main .unseen')
      .filter({ hasText: /^[0-9] [0-9 ]+$/ })
      .textContent()
    const walletLink = await this.#page.getByRole('link', { name: this.#words.wallet }).getAttribute('href')
    return { code: await code.screenshot(), walletLink: walletLink!, txCode: spelled!.replaceAll(' ', '') }
  }

  /** Waits until the page of the offer says that a wallet has taken it. */
  async untilCollected(): Promise<void> {
    await this.#page.getByRole('heading', { level: 2, name: this.#words.collected }).waitFor()
    await this.#screens.look(this.#page, 'staff-collected')
  }

  /** Revokes for good what came of a person's application. @returns when that was asked, in milliseconds of this process */
  async revoke(name: string): Promise<number> {
    await this.#place(this.#words.review)
    await this.#page.getByText(this.#words.all, { exact: true }).click()
    await this.#openApplicationOf(name)
    await this.#button(this.#words.revoke).click()
    const dialog = this.#page.getByRole('dialog')
    await dialog.getByLabel(this.#words.reason).selectOption({ label: this.#words.lost })
    await dialog.getByLabel(this.#words.understood).check()
    await this.#screens.look(this.#page, 'staff-revoke')
    const askedAtMs = performance.now()
    await dialog.getByRole('button', { name: this.#words.revoke, exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    return askedAtMs
  }

  close(): Promise<void> {
    return this.#page.context().close()
  }

  async #place(name: string): Promise<void> {
    await this.#page.getByRole('navigation').first().getByRole('link', { name, exact: true }).click()
    await this.#page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
  }

  async #openApplicationOf(name: string): Promise<void> {
    await this.#page
      .getByRole('link', { name: this.#words.openOf(name) })
      .first()
      .click()
    await this.#page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
  }

  #button(name: string): Locator {
    return this.#page.getByRole('main').getByRole('button', { name, exact: true })
  }
}
