import { readFileSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { networkFile } from '../../apps/wallet/src/core/fixture/test-network.ts'
import { type OpenScreens, openScreens } from './wallet-screens/open-screens.ts'

// The wallet as it is shipped, its pages before its real core; what needs a network is tried in whole journeys.
let opened: OpenScreens
let network: string | undefined

beforeAll(async () => {
  opened = await openScreens('real', () => network)
  network = JSON.stringify(networkFile())
})
afterAll(() => opened?.close())

/** Another profile: another device. */
async function newProfile(language: 'zh-CN' | 'en'): Promise<{ context: BrowserContext; page: Page }> {
  const context = await opened.browser.newContext({ viewport: { width: 390, height: 844 }, locale: language, acceptDownloads: true })
  const page = await context.newPage()
  await page.goto(opened.address)
  await page.locator('h1').waitFor()
  return { context, page }
}

async function createWithPin(page: Page, pin: string): Promise<void> {
  await page.getByRole('button', { name: '数字密码' }).click()
  await page.getByLabel('数字密码', { exact: true }).fill(pin)
  await page.getByLabel('再输入一次', { exact: true }).fill(pin)
  await page.getByRole('button', { name: '创建钱包' }).click()
}

test('without its network file the wallet says so, in the language of the browser', async () => {
  network = undefined
  const { context, page } = await newProfile('en')
  expect(await page.locator('h1').textContent()).toBe('Something went wrong')
  expect(await page.locator('main').textContent()).toContain('network file')
  expect((await new AxeBuilder({ page }).setLegacyMode().analyze()).violations).toEqual([])
  network = JSON.stringify(networkFile())
  await page.getByRole('button', { name: 'Open again' }).click()
  await page.getByRole('heading', { level: 1, name: 'Your identity, in your keeping' }).waitFor()
  await context.close()
})

test('made with a PIN, locked, opened again; a simple PIN and a wrong one are refused', async () => {
  const { context, page } = await newProfile('zh-CN')
  await createWithPin(page, '123456')
  await page.getByText('太容易猜到').waitFor()
  await page.getByLabel('数字密码', { exact: true }).fill('208461')
  await page.getByLabel('再输入一次', { exact: true }).fill('208462')
  await page.getByRole('button', { name: '创建钱包' }).click()
  await page.getByText('两次输入不一致').waitFor()
  await page.getByLabel('再输入一次', { exact: true }).fill('208461')
  await page.getByRole('button', { name: '创建钱包' }).click()
  await page.getByRole('heading', { name: '还没有凭证' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { level: 1, name: '欢迎回来' }).waitFor()
  await page.getByLabel('数字密码', { exact: true }).fill('208462')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').filter({ hasText: '密码错误' }).waitFor()
  await page.getByLabel('数字密码', { exact: true }).fill('208461')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: '我的凭证' }).waitFor()
  await page.getByRole('button', { name: '锁定' }).first().click()
  await page.getByRole('heading', { level: 1, name: '欢迎回来' }).waitFor()
  await context.close()
})

test('made with a passkey and opened by it', async () => {
  const context = await opened.browser.newContext({ locale: 'en' })
  const page = await context.newPage()
  const client = await context.newCDPSession(page)
  await client.send('WebAuthn.enable')
  await client.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf: true,
    },
  })
  await page.goto(opened.address)
  await page.getByRole('button', { name: 'Passkey' }).click()
  await page.getByRole('heading', { level: 1, name: 'My credentials' }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Open with passkey' }).click()
  await page.getByRole('heading', { level: 1, name: 'My credentials' }).waitFor()
  await context.close()
})

test('a backup of one device opens on another, with its passphrase alone; then the first is erased', async () => {
  const first = await newProfile('zh-CN')
  await createWithPin(first.page, '208461')
  await first.page.getByRole('heading', { level: 1, name: '我的凭证' }).waitFor()
  await first.page.goto(`${opened.address}#/settings/backup`)
  await first.page.getByRole('textbox', { name: '备份口令' }).fill('lantern river copper')
  await first.page.getByLabel('再输入一次', { exact: true }).fill('lantern river copper')
  await first.page.getByLabel('当前数字密码', { exact: true }).fill('208461')
  const saving = first.page.waitForEvent('download')
  await first.page.getByRole('button', { name: '生成备份文件' }).click()
  const saved = await saving
  expect(saved.suggestedFilename()).toMatch(/^hufu-wallet-\d{4}-\d{2}-\d{2}\.backup$/)
  const file = { name: saved.suggestedFilename(), mimeType: 'application/octet-stream', buffer: readFileSync(await saved.path()) }

  const second = await newProfile('en')
  await second.page.getByRole('link', { name: 'Restore from a backup' }).click()
  await second.page.locator('input[type="file"]').setInputFiles(file)
  await second.page.getByRole('textbox', { name: 'PIN', exact: true }).fill('975310')
  await second.page.getByLabel('Enter it again', { exact: true }).fill('975310')
  await second.page.getByLabel('Passphrase of the backup', { exact: true }).fill('lantern river bronze')
  await second.page.getByRole('button', { name: 'Restore wallet' }).click()
  await second.page.getByRole('alert').filter({ hasText: 'The passphrase is wrong' }).waitFor()
  await second.page.getByLabel('Passphrase of the backup', { exact: true }).fill('lantern river copper')
  await second.page.getByRole('button', { name: 'Restore wallet' }).click()
  await second.page.getByRole('heading', { level: 1, name: 'My credentials' }).waitFor()
  await second.page.getByRole('link', { name: 'History' }).click()
  await second.page.getByText('Restored from a backup').waitFor()
  await second.context.close()

  await first.page.goto(`${opened.address}#/settings`)
  await first.page.getByRole('button', { name: '清除此钱包' }).click()
  const erase = first.page.getByRole('button', { name: '全部清除' })
  expect(await erase.isDisabled()).toBe(true)
  await first.page.getByLabel('请输入“清除”以确认').fill('清除')
  await erase.click()
  await first.page.getByRole('heading', { level: 1, name: '您的身份，由您保管' }).waitFor()
  await first.context.close()
})

test('what is no link of ours is refused with a reason, and nothing was given away', async () => {
  const { context, page } = await newProfile('zh-CN')
  await createWithPin(page, '208461')
  await page.getByRole('link', { name: '扫一扫' }).click()
  await page.getByRole('button', { name: '打开链接' }).click()
  await page.getByText('请先粘贴链接').waitFor()
  await page.getByLabel('链接', { exact: true }).fill('https://bank.example/')
  await page.getByRole('button', { name: '打开链接' }).click()
  await page.getByRole('heading', { level: 1, name: '钱包拒绝了' }).waitFor()
  expect(await page.locator('main').textContent()).toMatch(/没有交出任何内容.*ERR_WALLET_LINK/)
  await context.close()
})
