import { mkdirSync, writeFileSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenScreens, openScreens } from './wallet-screens/open-screens.ts'
import { qrModules } from './wallet-screens/qr-video.ts'
import { type Screen, type ScreenLanguage, screens } from './wallet-screens/screens.ts'
import { smallPng } from './wallet-screens/small-png.ts'

/** `SCREENSHOTS=1` writes the pictures of docs/wallet.md. They want a Chinese font: apt-get install fonts-noto-cjk. */
const takePictures = process.env.SCREENSHOTS !== undefined
const pictures = new URL('../../docs/wallet/', import.meta.url)

const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const
type Size = keyof typeof sizes
const languages: readonly ScreenLanguage[] = ['zh-CN', 'en']

let opened: OpenScreens

beforeAll(async () => {
  opened = await openScreens('demo')
})
afterAll(() => opened?.close())

/** A page of the wallet that fails the test on every error and every breach of its policy. */
async function newPage(size: Size, colorScheme: 'light' | 'dark'): Promise<{ page: Page; errors: string[]; close: () => Promise<void> }> {
  const context = await opened.browser.newContext({
    viewport: sizes[size],
    colorScheme,
    reducedMotion: 'reduce',
    timezoneId: 'Asia/Shanghai',
    serviceWorkers: 'block',
    permissions: [],
  })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', error => errors.push(error.message))
  page.on('console', message => message.type() === 'error' && errors.push(message.text()))
  return { page, errors, close: () => context.close() }
}

async function goTo(page: Page, at: string, language: ScreenLanguage): Promise<void> {
  const [query = '', place = ''] = at.split('#')
  // A page that differs by its fragment alone would not be loaded anew.
  await page.goto('about:blank')
  await page.goto(`${opened.address}${query === '' ? '?' : `${query}&`}language=${language}${place === '' ? '' : `#${place}`}`)
  await page.locator('h1').first().waitFor()
}

async function show(page: Page, screen: Screen, language: ScreenLanguage): Promise<void> {
  await goTo(page, screen.at, language)
  await screen.steps?.(page, (chinese, english) => (language === 'en' ? english : chinese))
}

// Light and dark both get their turn in both languages. Side by side, for axe is slow and there is more than one core.
const looks = languages.flatMap(language =>
  (['phone', 'desktop'] as const).map(size => {
    const colorScheme = (size === 'phone') === (language === 'zh-CN') ? 'light' : 'dark'
    return [language, size, colorScheme] as const
  }),
)

test.concurrent.each(looks)(
  'every screen is accessible, fits, and speaks one language (%s, %s, %s)',
  { timeout: 600_000 },
  async (...look) => {
    const [language, size, colorScheme] = look
    const { page, errors, close } = await newPage(size, colorScheme)
    const wrong: string[] = []
    for (const screen of screens) {
      await show(page, screen, language)
      wrong.push(...(await whatIsWrong(page, language, size)).map(what => `${screen.name}: ${what}`))
    }
    expect(wrong).toEqual([])
    expect(errors).toEqual([])
    await close()
  },
)

async function whatIsWrong(page: Page, language: ScreenLanguage, size: Size): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  const [lang, title, overflow] = await page.evaluate(
    () => [document.documentElement.lang, document.title, document.documentElement.scrollWidth - window.innerWidth] as const,
  )
  if (lang !== language) found.push(`the page says that its language is ${lang}`)
  if (!(language === 'en' ? /^[^·]+ · Hufu Wallet$/ : /^[^·]+ · 虎符钱包$/).test(title)) found.push(`title ${title}`)
  if (overflow > 0) found.push(`${overflow} pixels too wide`)
  if (language === 'en') found.push(...(await chineseIn(page)).map(text => `in Chinese: ${text}`))
  if (size === 'phone') found.push(...(await smallTargetsOf(page)).map(target => `too small: ${target}`))
  return found
}

/** Chinese in the English pages, other than the person's own data and what says that it is Chinese. */
function chineseIn(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const data = ['沈若溪', '汐湾区听潮路 118 号 6 栋 302 室']
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const found: string[] = []
    for (let node = words.nextNode(); node !== null; node = words.nextNode()) {
      const text = node.textContent ?? ''
      const said = node.parentElement?.closest('[lang="zh-CN"], noscript') !== null
      if (!said && /\p{Script=Han}/u.test(text) && !data.includes(text)) found.push(text)
    }
    return found
  })
}

/** Buttons and fields that a finger would miss: less than 44 pixels high (WCAG 2.2, 2.5.5), other than those inside a field. */
function smallTargetsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const targets = [
      ...document.querySelectorAll<HTMLElement>('button, a[href], input:not([type="file"], [type="radio"]), textarea:not([aria-hidden])'),
    ]
    const inside = (element: HTMLElement) => element.closest('.mantine-PasswordInput-section, p') !== null
    const heightOf = (element: HTMLElement) => (element.closest('.mantine-PasswordInput-input') ?? element).getBoundingClientRect().height
    return targets
      .filter(element => element.checkVisibility() && !inside(element) && heightOf(element) < 43.5)
      .map(element => `${element.tagName} ${element.textContent} ${heightOf(element)}`)
  })
}

describe('by hand', () => {
  test('a link’s secret leaves the address at once, waits for the PIN, and then is opened', async () => {
    const { page, close } = await newPage('phone', 'light')
    await page.goto(`${opened.address}?state=locked#/open?offer`)
    await page.locator('h1').waitFor()
    expect(new URL(page.url()).hash).toBe('#/open')
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2)
    await page.getByLabel('数字密码', { exact: true }).fill('135790')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: '领取凭证' }).waitFor()
    await close()
  })

  test('a code in front of the camera is read, and the camera goes off', async () => {
    const { page, close } = await newPage('phone', 'light')
    await page.context().grantPermissions(['camera'])
    await goTo(page, '#/scan', 'zh-CN')
    await page.evaluate(() => {
      const media = navigator.mediaDevices
      const open = media.getUserMedia.bind(media)
      const streams: MediaStream[] = []
      Object.assign(window, { streams })
      media.getUserMedia = async constraints => {
        const stream = await open(constraints)
        streams.push(stream)
        return stream
      }
    })
    await page.getByRole('button', { name: '打开摄像头' }).click()
    await page.getByRole('heading', { level: 1, name: '出示请求' }).waitFor()
    const states = await page.evaluate(() =>
      (window as unknown as { streams: MediaStream[] }).streams.flatMap(stream => stream.getTracks().map(track => track.readyState)),
    )
    expect(states).toEqual(['ended'])
    await close()
  })

  test('without leave to use the camera the page says what else there is', async () => {
    const { page, close } = await newPage('phone', 'light')
    await goTo(page, '#/scan', 'en')
    await page.getByRole('button', { name: 'Turn camera on' }).click()
    await page.getByRole('alert').filter({ hasText: 'Choose a picture or paste a link' }).waitFor()
    await close()
  })

  test('a picture of a code is read, one without a code is not', async () => {
    const { page, close } = await newPage('phone', 'light')
    await goTo(page, '#/scan', 'zh-CN')
    const choose = page.locator('input[type="file"]')
    await choose.setInputFiles({ name: 'plain.png', mimeType: 'image/png', buffer: await drawn(page, []) })
    await page.getByRole('alert').filter({ hasText: '没有找到二维码' }).waitFor()
    await choose.setInputFiles({ name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
    await page.getByRole('alert').filter({ hasText: '没有找到二维码' }).waitFor()
    await choose.setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: await drawn(page, qrModules) })
    await page.getByRole('heading', { level: 1, name: '出示请求' }).waitFor()
    await close()
  })

  test('the keyboard alone gets from the top to an answer, and the focus is seen', async () => {
    const { page, close } = await newPage('desktop', 'light')
    await goTo(page, '?open=sign-in#/open', 'en')
    await page.getByRole('button', { name: 'Agree and sign in' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    let reached = ''
    for (let presses = 0; presses < 10 && reached !== 'Agree and sign in'; presses += 1) {
      await page.keyboard.press('Tab')
      reached = await page.evaluate(() => document.activeElement?.textContent ?? '')
      const outline = await page.evaluate(() => Number.parseFloat(getComputedStyle(document.activeElement!).outlineWidth))
      expect(outline, reached).toBeGreaterThanOrEqual(2)
    }
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Signed in' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Signed in')
    await close()
  })

  test('what happens is said to a screen reader: steps of a proof, a wrong PIN, the end', async () => {
    const { page, close } = await newPage('phone', 'light')
    await goTo(page, '?open=stuck#/open', 'en')
    await page.getByRole('button', { name: 'Agree and sign in' }).click()
    await page.getByRole('status').filter({ hasText: 'Computing the proof' }).waitFor({ state: 'attached' })
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('87')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Agree and sign in' }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    await goTo(page, '?state=locked', 'en')
    await page.getByLabel('PIN', { exact: true }).fill('111222')
    await page.keyboard.press('Enter')
    expect(await page.getByRole('alert').textContent()).toContain('The PIN is wrong')
    await close()
  })

  test('the language changes everywhere and at once', async () => {
    const { page, close } = await newPage('phone', 'light')
    await goTo(page, '', 'zh-CN')
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { level: 1, name: 'My credentials' }).waitFor()
    expect(await page.evaluate(() => [document.documentElement.lang, document.title])).toEqual(['en', 'My credentials · Hufu Wallet'])
    await close()
  })

  test('content of a credential is covered until it is asked for', async () => {
    const { page, close } = await newPage('phone', 'light')
    await goTo(page, '#/credentials/resident', 'zh-CN')
    expect(await page.locator('body').textContent()).not.toContain('沈若溪')
    await page.getByRole('button', { name: '显示内容' }).click()
    expect(await page.locator('body').textContent()).toContain('沈若溪')
    await close()
  })

  test('the wallet opens without a network, and says so', async () => {
    const context = await opened.browser.newContext({ viewport: sizes.phone })
    const page = await context.newPage()
    await goTo(page, '', 'zh-CN')
    const registered = await page.evaluate(async () => {
      await navigator.serviceWorker.register('./sw.js')
      await navigator.serviceWorker.ready
      return navigator.serviceWorker.controller?.scriptURL ?? 'active'
    })
    expect(registered).not.toBe('')
    await context.setOffline(true)
    await page.reload()
    await page.getByRole('heading', { level: 1, name: '我的凭证' }).waitFor()
    await page.getByText('您已离线').waitFor()
    await context.close()
  })
})

/** A picture with these modules on white. */
async function drawn(page: Page, modules: readonly (readonly boolean[])[]): Promise<Buffer> {
  const base64 = await page.evaluate(code => {
    const canvas = document.createElement('canvas')
    canvas.width = 330
    canvas.height = 330
    const context = canvas.getContext('2d')!
    context.fillStyle = '#fff'
    context.fillRect(0, 0, 330, 330)
    context.fillStyle = '#000'
    for (const [y, line] of code.entries())
      for (const [x, dark] of line.entries()) if (dark) context.fillRect(40 + x * 10, 40 + y * 10, 10, 10)
    return canvas.toDataURL('image/png').split(',')[1]!
  }, modules)
  return Buffer.from(base64, 'base64')
}

/** What docs/wallet.md shows: phones in Chinese, desktops in English; by night where named so. */
const shown: readonly string[] = [
  ...['welcome', 'choose-pin', 'unlock', 'home', 'home-empty', 'credential', 'credential-shown', 'scan', 'offer', 'offer-progress'],
  ...['offer-done', 'request', 'sign-in', 'hand-over', 'request-progress', 'request-done', 'refused', 'history', 'history-entry'],
  ...['backup', 'restore', 'settings', 'unlock-wait', 'request-failed', 'home-update'],
]
const byNight: readonly string[] = ['home', 'sign-in', 'history']

test.runIf(takePictures)('takes the pictures for the documentation', { timeout: 600_000 }, async () => {
  mkdirSync(pictures, { recursive: true })
  const reader = await opened.browser.newPage()
  for (const [size, language] of [
    ['phone', 'zh-CN'],
    ['desktop', 'en'],
  ] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, close } = await newPage(size, colorScheme)
      for (const screen of screens.filter(({ name }) => (colorScheme === 'light' ? shown : byNight).includes(name))) {
        await show(page, screen, language)
        const picture = await smallPng(page, reader)
        expect(picture.length, screen.name).toBeLessThanOrEqual(60_000)
        writeFileSync(new URL(`${screen.name}-${size}${colorScheme === 'dark' ? '-night' : ''}.png`, pictures), picture)
      }
      await close()
    }
  }
  await reader.close()
})
