import { mkdirSync, writeFileSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { smallPng } from '../../browser/wallet-screens/small-png.ts'

export type Language = 'zh-CN' | 'en'

/** `SCREENSHOTS=1` writes the pictures of docs/tour.md. They want a Chinese font: apt-get install fonts-noto-cjk. */
const takePictures = process.env.SCREENSHOTS !== undefined
const pictures = new URL('../../../docs/tour/', import.meta.url)

/** Every screen of the journey, looked at once in each language: for what keeps people out, and that it speaks the language. */
export class Screens {
  readonly #language: Language
  /** A page without a policy, which reads pictures. */
  readonly #reader: Page
  readonly #data: readonly string[]
  readonly #seen = new Set<string>()
  /** What was found, by screen. */
  readonly wrong: string[] = []

  /** @param data - what people are called and where they live, which stands in Chinese on every page */
  constructor(language: Language, reader: Page, data: readonly string[]) {
    this.#language = language
    this.#reader = reader
    this.#data = data
  }

  get count(): number {
    return this.#seen.size
  }

  async look(page: Page, name: string): Promise<void> {
    if (this.#seen.has(name)) return
    this.#seen.add(name)
    // Half-faded text has no contrast.
    await page.evaluate(() => Promise.all(document.getAnimations().map(animation => animation.finished.catch(() => undefined))))
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode()
      .options({ resultTypes: ['violations'] })
      .analyze()
    for (const { id, nodes } of violations)
      this.wrong.push(`${name}: ${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary})`).join(', ')}`)
    const [language, overflow] = await page.evaluate(
      () => [document.documentElement.lang, document.documentElement.scrollWidth - window.innerWidth] as const,
    )
    if (language !== this.#language) this.wrong.push(`${name}: the page says that its language is ${language}`)
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('button, button span')]
        .filter(element => element.checkVisibility() && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1)
        .map(element => element.textContent),
    )
    for (const text of cut) this.wrong.push(`${name}: cut off: ${text}`)
    if (overflow > 0) this.wrong.push(`${name}: ${overflow} pixels too wide`)
    if (this.#language === 'en') for (const text of await this.#chineseIn(page)) this.wrong.push(`${name}: in Chinese: ${text}`)
    if (takePictures) await this.#keep(page, name)
  }

  /** Chinese in an English page that does not say that it is Chinese. */
  async #chineseIn(page: Page): Promise<readonly string[]> {
    const texts = await page.evaluate(() => {
      const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
      const found: string[] = []
      for (let node = words.nextNode(); node !== null; node = words.nextNode()) {
        const said = node.parentElement?.closest('[lang="zh-CN"], noscript, script') !== null
        if (!said && /\p{Script=Han}/u.test(node.textContent ?? '')) found.push(node.textContent ?? '')
      }
      return found
    })
    const rest = texts.map(text => this.#data.reduce((left, datum) => left.replaceAll(datum, ''), text))
    return rest.filter(text => /\p{Script=Han}/u.test(text))
  }

  async #keep(page: Page, name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true })
    writeFileSync(new URL(`${name}.${this.#language}.png`, pictures), await smallPng(page, this.#reader))
  }
}
