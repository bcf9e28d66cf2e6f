import AxeBuilder from '@axe-core/playwright'
import { openEmbeddedDatabase } from '@hufu/service'
import { freePort } from '@hufu/testkit'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Replica, World } from '../../apps/institution/src/verifier/verifier-fixture.ts'
import { answer, openLink, post, type TestWallet } from '../../apps/institution/src/verifier/wallet-fixture.ts'
import { chromiumPath } from './open-page.ts'

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run']
const database = await openEmbeddedDatabase()
let browser: Browser
let bank: Replica
let wallet: TestWallet
let url: string

beforeAll(async () => {
  const world = await World.open(database)
  const port = await freePort()
  url = `http://localhost:${port}`
  bank = await world.replica('bank', { address: url, environment: { WALLET_URL: 'https://wallet.example' } })
  await bank.server.listen({ host: '127.0.0.1', port })
  wallet = { ...(await world.wallet(bank)), fetch }
  browser = await chromium.launch({ executablePath: chromiumPath(), args: flags })
})

afterAll(async () => {
  await browser?.close()
  await bank?.server.close()
  await database.close()
})

/** Opens the page, and learns what it asks. */
async function openVerifyPage(context: BrowserContext): Promise<{ page: Page; qr: string; walletUrl: string }> {
  const page = await context.newPage()
  const begun = page.waitForResponse(response => response.url().endsWith('/presentations'))
  await page.goto(`${url}/verify/open-account`)
  const { qr, walletUrl } = (await (await begun).json()) as { qr: string; walletUrl: string }
  return { page, qr, walletUrl }
}

/** @returns where the wallet sends the browser, if anywhere */
async function answerLink(link: string): Promise<string | undefined> {
  const request = await openLink(wallet, link)
  const { status, json } = await post(wallet, request, await answer(wallet, request))
  expect(status).toBe(200)
  return json.redirect_uri as string | undefined
}

test.each([
  ['en-GB', 'Scan with your wallet', 'Code for the wallet on another device', /Done · Receipt [0-9a-f-]{36}/],
  ['zh-CN', '请用钱包扫码', '供其他设备上的钱包扫描的二维码', /已完成 · 回执 [0-9a-f-]{36}/],
] as const)('in %s: shows a code, and the receipt once a wallet elsewhere has answered', async (locale, scan, label, done) => {
  const context = await browser.newContext({ locale })
  const errors: string[] = []
  context.on('weberror', error => errors.push(error.error().message))
  const { page, qr, walletUrl } = await openVerifyPage(context)
  await page.getByText(scan).waitFor()
  await page.getByRole('img', { name: label }).waitFor()
  expect(await page.locator('hufu-verify a').getAttribute('href')).toBe(walletUrl)
  expect((await new AxeBuilder({ page }).setLegacyMode().analyze()).violations).toEqual([])
  expect(await answerLink(qr)).toBeUndefined()
  await page.getByText(done).waitFor()
  expect(errors).toEqual([])
  await context.close()
})

test('on the same device only the browser that began takes the answer', async () => {
  const context = await browser.newContext({ locale: 'en-GB' })
  const { page, walletUrl } = await openVerifyPage(context)
  const back = (await answerLink(walletUrl))!
  const stranger = await (await browser.newContext({ locale: 'en-GB' })).newPage()
  await stranger.goto(back)
  // It begins one of its own.
  await stranger.getByText('Scan with your wallet').waitFor()
  await page.goto(back)
  await page.getByText(/Done · Receipt/).waitFor()
  expect(page.url()).toBe(`${url}/verify/open-account`)
  await stranger.context().close()
  await context.close()
})

test('says that the code has to be renewed when the answer is refused', async () => {
  const context = await browser.newContext({ locale: 'en-GB' })
  const { page, qr } = await openVerifyPage(context)
  const request = await openLink(wallet, qr)
  const form = await answer(wallet, request, binding => ({ ...binding, nonce: 'another' }))
  expect((await post(wallet, request, form)).status).toBe(400)
  await page.getByText('Not accepted').waitFor()
  await page.getByRole('button', { name: 'New code' }).click()
  await page.getByText('Scan with your wallet').waitFor()
  await context.close()
})
