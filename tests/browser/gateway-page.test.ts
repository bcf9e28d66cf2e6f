// The page of a gateway in Chromium: the form that asks for the token, and what it shows after; in both languages, light and dark.
import { rmSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import { openEmbeddedDatabase } from '@hufu/service'
import { freePort } from '@hufu/testkit'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  didOf,
  holder,
  networkOf,
  openStandIn,
  openTestGateway,
  operatorToken,
  type TestGateway,
  testFolder,
  titleOf,
  until,
} from '../../apps/gateway/src/gateway-fixture.ts'
import { messagesPath } from '../../apps/gateway/src/transfers/send-over-http.ts'
import { chromiumPath } from './open-page.ts'

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run']
const database = await openEmbeddedDatabase()
const folder = testFolder()
let browser: Browser
let gateway: TestGateway
let url: string

beforeAll(async () => {
  const port = await freePort()
  url = `http://localhost:${port}`
  const chain = await openStandIn('a', folder)
  chain.issue(titleOf('licence-1'))
  const nobody: typeof fetch = async () => {
    throw new TypeError('fetch failed')
  }
  gateway = await openTestGateway({ side: 'a', folder, database, chain, fetch: nobody, publicUrl: url })
  await gateway.server.listen({ host: '127.0.0.1', port })
  const transfer = {
    assetId: 'licence-1',
    fromNetwork: networkOf('a'),
    toNetwork: networkOf('b'),
    toHolder: holder,
    counterpart: didOf('b'),
  }
  const { transferId } = (await gateway.operate('POST', '/transfers', transfer)).json()
  await until(async () => (await gateway.operate('GET', `/transfers/${transferId}`)).json().transfer.problem !== null)
  await fetch(url + messagesPath, { method: 'POST', headers: { 'content-type': 'application/jose' }, body: 'no message' })
  await gateway.operate('POST', `/networks/${encodeURIComponent(networkOf('b'))}/switch`, { on: false })
  browser = await chromium.launch({ executablePath: chromiumPath(), args: flags })
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

test.each([
  ['en-GB', 'light', 'Operator’s token', 'Sign in', 'stands still: a network is off', 'Sign out', 1100],
  ['zh-CN', 'dark', '运营方令牌', '登录', '暂停：有网络已关闭', '退出', 360],
] as const)(
  'in %s, %s: takes the token, and then shows what there is',
  async (locale, colorScheme, label, signIn, state, signOut, width) => {
    const context = await browser.newContext({ locale, colorScheme, viewport: { width, height: 800 } })
    const errors: string[] = []
    context.on('weberror', error => errors.push(error.error().message))
    const page = await context.newPage()
    await page.goto(`${url}/`)
    const axe = async () => (await new AxeBuilder({ page }).setLegacyMode().analyze()).violations
    expect(await axe()).toEqual([])
    await page.getByLabel(label).fill('another token, as long as the right one')
    await page.getByRole('button', { name: signIn }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel(label).fill(operatorToken)
    await page.getByRole('button', { name: signIn }).click()
    await page.getByText(state).first().waitFor()
    for (const text of ['licence-1', networkOf('b'), didOf('b'), 'ERR_SATP_MALFORMED']) await page.getByText(text).first().waitFor()
    expect(await axe()).toEqual([])
    // Tables scroll by themselves: the page is no wider than the screen.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    await page.getByRole('button', { name: signOut }).click()
    await page.getByLabel(label).waitFor()
    expect(errors).toEqual([])
    await context.close()
  },
)
