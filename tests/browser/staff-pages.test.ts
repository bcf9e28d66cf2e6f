import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { collectCredentials, openOffer, redeemOffer } from '@hufu/exchange'
import { generateSigner } from '@hufu/keys'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answer, openLink, post, type TestWallet } from '../../apps/institution/src/verifier/wallet-fixture.ts'
import { StaffBrowser, type StaffPage } from './staff-pages/staff-browser.ts'
import { type Bureau, type StaffName, staff, startBureau } from './staff-pages/start-bureau.ts'

const resident = {
  resident_number: '990121199501241468',
  name: '黄洁丹',
  name_latin: 'Huang Jiedan',
  sex: '2',
  birth_date: '1995-01-24',
  city_code: '990100',
  division_code: '990102',
  address: '汐湾区归雁路35号23幢2479室',
  resident_since: '1995-01-24',
}
const damagedFile = fileURLToPath(new URL('../../samples/data/damaged/lanyu.csv', import.meta.url))

let bureau: Bureau
let browser: StaffBrowser
let holder: TestWallet
const people = new Map<StaffName, StaffPage>()

beforeAll(async () => {
  const root = fileURLToPath(new URL('../../apps/institution/pages', import.meta.url))
  // As it is given out: the set-up has built it, unless somebody runs this test by itself.
  if (!existsSync(`${root}/dist/index.html`) || process.env.SCREENSHOTS !== undefined)
    await build({ root, configFile: `${root}/vite.config.ts`, logLevel: 'error' })
  bureau = await startBureau()
  browser = await StaffBrowser.open({
    name: { 'zh-CN': '虎符工作台', en: 'Hufu staff pages' },
    pictures: 'institution',
    data: [...Object.values(staff).map(({ name }) => name), '黄洁丹', '汐湾区归雁路35号', '拼音有误', '王新员', '我的设备', '备用设备'],
  })
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await bureau?.stop()
})

/** Somebody of the staff, signed in: at first by an invitation, with a new passkey. */
async function as(name: StaffName): Promise<Page> {
  const known = people.get(name)
  if (known !== undefined) return known.page
  const opened = await browser.newPage()
  await opened.page.goto(bureau.invitations[name])
  await opened.page.getByRole('button', { name: '创建通行密钥并登录' }).click()
  await opened.page.getByRole('heading', { level: 1, name: staff[name].name }).waitFor()
  people.set(name, opened)
  return opened.page
}

async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click()
  await page.getByRole('heading', { level: 1, name: place, exact: true }).waitFor()
}

const button = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name, exact: true })
const inDialog = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true })

/** Confirms in a dialog, and waits until it has done what it asks. */
async function confirm(page: Page, name: string): Promise<void> {
  await inDialog(page, name).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

async function enter(page: Page, values: Partial<typeof resident>): Promise<void> {
  await goTo(page, '受理申请')
  await page.getByRole('link', { name: '新申请' }).click()
  await page.getByLabel('凭证类型').selectOption({ label: '居住凭证' })
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`[name="${name}"]`)
    if (name === 'sex') await field.selectOption(value)
    else await field.fill(value)
  }
  await button(page, '保存并核对').click()
}

test('an invitation lets somebody in with a passkey, once; then the passkey does', async () => {
  const { page } = await browser.newPage()
  await page.goto(bureau.invitations.clerk)
  await page.getByRole('heading', { level: 1, name: `${staff.clerk.name}，欢迎` }).waitFor()
  // The code is a secret: it is not left in the address.
  expect(new URL(page.url()).hash).toBe('#/')
  await browser.look(page, 'invitation')
  const clerk = await as('clerk')
  await browser.look(clerk, 'home', { isShown: true })
  await clerk.setViewportSize({ width: 390, height: 844 })
  await clerk.getByRole('button', { name: '菜单' }).click()
  await browser.lookAtDialog(clerk, 'menu')
  await clerk.keyboard.press('Escape')
  await clerk.getByRole('dialog').waitFor({ state: 'detached' })
  await clerk.setViewportSize({ width: 1280, height: 800 })
  await button(page, '创建通行密钥并登录').click()
  await page.getByText('邀请无效、已使用或已过期。').waitFor()
  await clerk.getByRole('button', { name: '退出登录' }).click()
  await clerk.getByRole('heading', { level: 1, name: '登录工作台' }).waitFor()
  await browser.look(clerk, 'sign-in', { isShown: true })
  await button(clerk, '用通行密钥登录').click()
  await clerk.getByRole('heading', { level: 1, name: staff.clerk.name }).waitFor()
  await page.reload()
  await button(page, '用通行密钥登录').click()
  await page.getByText('未能使用通行密钥。').waitFor()
  await page.context().close()
})

test('a form follows the type’s schema, and says what is wrong before anything is sent', async () => {
  const page = await as('clerk')
  await goTo(page, '受理申请')
  await browser.look(page, 'applications-empty')
  await enter(page, { ...resident, name: '', city_code: '990101' })
  await page.getByText('有 2 项需要改正。').waitFor()
  expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('name')
  await browser.look(page, 'application-form', { isShown: true })
  await page.locator('[name="name"]').fill(resident.name)
  await page.locator('[name="city_code"]').fill(resident.city_code)
  await button(page, '保存并核对').click()
  await page.getByRole('heading', { level: 1, name: resident.name }).waitFor()
  await button(page, '提交审批').click()
  await page.getByText('已提交，等待主管审批。').waitFor()
  await browser.look(page, 'application')
})

test('an officer approves what the clerk entered, and the clerk hands it over to a wallet', async () => {
  const officer = await as('officer')
  await goTo(officer, '待审批')
  await officer.getByRole('link', { name: `打开${resident.name}的申请` }).click()
  await officer.getByRole('heading', { level: 1, name: resident.name }).waitFor()
  await browser.look(officer, 'review', { isShown: true })
  await button(officer, '批准').click()
  await browser.lookAtDialog(officer, 'approve')
  await confirm(officer, '批准')

  const page = await as('clerk')
  await goTo(page, '受理申请')
  await browser.look(page, 'applications')
  await page.getByRole('link', { name: `打开${resident.name}的申请` }).click()
  await button(page, '发放到钱包').click()
  await page.getByRole('img', { name: '领取凭证的二维码' }).waitFor()
  await browser.look(page, 'offer', { isShown: true })
  const link = await page.getByRole('link', { name: '用本机钱包打开' }).getAttribute('href')
  const spelled = await page
    .locator('main .unseen')
    .filter({ hasText: /^[0-9] [0-9 ]+$/ })
    .textContent()
  holder = await collect(offerOf(link!), spelled!.replaceAll(' ', ''))
  await page.getByRole('heading', { level: 2, name: '已领取' }).waitFor()
  await browser.look(page, 'collected')
  await button(page, '返回申请').click()
})

/** The offer that a wallet's link names. */
function offerOf(link: string): string {
  const query = new URLSearchParams(link.slice(link.indexOf('?', link.indexOf('#')) + 1))
  return `openid-credential-offer://?${query}`
}

/** Collects one copy, as a wallet does. */
async function collect(offerUri: string, txCode: string): Promise<TestWallet> {
  const opened = await openOffer(offerUri, { fetch })
  const dpop = await generateSigner('P-256')
  const signer = await generateSigner('P-256')
  const token = await redeemOffer(opened, { txCode, dpop, fetch, nowMs: Date.now() })
  const collected = await collectCredentials(opened.metadata, 'urn:hufu:resident_sd-jwt', {
    ...{ token, dpop, fetch, nowMs: Date.now(), keys: [signer] },
  })
  const [credential] = (collected as { credentials: readonly string[] }).credentials
  return { ...bureau.wallet, sdJwt: { credential: credential!, signer } }
}

test('whoever applied before is pointed out; an officer sends it back with a reason', async () => {
  const page = await as('clerk')
  await enter(page, resident)
  await page.getByText('此人在本机构已有 1 份同类申请').waitFor()
  await browser.look(page, 'duplicate')
  await button(page, '提交审批').click()
  await page.getByText('已提交，等待主管审批。').waitFor()
  const officer = await as('officer')
  await goTo(officer, '待审批')
  await officer.getByRole('link', { name: `打开${resident.name}的申请` }).click()
  await button(officer, '退回').click()
  expect(await inDialog(officer, '退回').isDisabled()).toBe(true)
  await officer.getByLabel('退回说明').fill('拼音有误，且与已有申请重复。')
  await browser.lookAtDialog(officer, 'return')
  await confirm(officer, '退回')
  await officer.getByText('没有等待审批的申请。').waitFor()
  await page.reload()
  await page.getByText('拼音有误，且与已有申请重复。').waitFor()
  await page.getByRole('link', { name: '修改申请' }).click()
  await expect.poll(() => page.locator('[name="name_latin"]').inputValue()).toBe(resident.name_latin)
})

test('at the counter a wallet shows what a registered query asks; the receipt has every rule', async () => {
  const page = await as('clerk')
  await goTo(page, '现场核验')
  await page.getByLabel('查询').selectOption({ label: '开立个人银行账户：确认您已满十八周岁并居住在试点城市' })
  await browser.look(page, 'verify')
  const begun = page.waitForResponse(response => response.url().endsWith('/verifier/counter/presentations'))
  await button(page, '开始核验').click()
  const { qr } = (await (await begun).json()) as { qr: string }
  await page.getByRole('img', { name: '核验请求的二维码' }).waitFor()
  await browser.look(page, 'presentation', { isShown: true })
  // What was issued verifies once its status list is on the ledger.
  const request = await openLink(holder, qr)
  await expect.poll(async () => (await fetch(`${bureau.url}/status/1`)).status, { timeout: 30_000 }).toBe(200)
  const posted = await post(holder, request, await answer(holder, request))
  expect([posted.status, posted.json.code]).toEqual([200, undefined])
  await page.getByRole('heading', { level: 2, name: '核验通过' }).waitFor()
  await page.getByText('990100').waitFor()
  await browser.look(page, 'verified', { isShown: true })

  const officer = await as('officer')
  await goTo(officer, '核验回执')
  await officer.getByRole('table').getByText('通过', { exact: true }).waitFor()
  await browser.look(officer, 'receipts')
  await officer.getByRole('link', { name: /的回执$/ }).click()
  await officer.getByText('逐条规则').waitFor()
  await officer.getByRole('img', { name: '符合', exact: true }).first().waitFor()
  expect(await officer.getByRole('img', { name: '不符合' }).count()).toBe(0)
  await browser.look(officer, 'receipt', { isShown: true })
  await button(officer, '查看出示的内容').click()
  await officer.getByText('990100').waitFor()
})

test('an officer suspends, reinstates and revokes, each with a reason; all of a type takes another officer', async () => {
  const officer = await as('officer')
  await goTo(officer, '凭证')
  await officer.getByRole('table').getByText('有效', { exact: true }).first().waitFor()
  await browser.look(officer, 'credentials', { isShown: true })
  const open = async () =>
    officer
      .getByRole('button', { name: /^凭证 .* 的详情$/ })
      .first()
      .click()
  await open()
  await browser.lookAtDialog(officer, 'credential')
  await inDialog(officer, '暂停').click()
  const asked = officer.getByRole('dialog').filter({ hasText: '暂停期间' })
  expect(await asked.getByRole('button', { name: '暂停', exact: true }).isDisabled()).toBe(true)
  await asked.getByLabel('原因').selectOption({ label: '正在调查' })
  await asked.getByRole('button', { name: '暂停', exact: true }).click()
  await asked.waitFor({ state: 'detached' })
  await officer.getByRole('dialog').getByText('已暂停', { exact: true }).waitFor()
  await inDialog(officer, '关闭').click()

  await button(officer, '全部撤销…').click()
  await officer.getByRole('dialog').getByRole('combobox', { name: '类型' }).selectOption({ label: '居住凭证' })
  await officer.getByRole('dialog').getByRole('combobox', { name: '原因' }).selectOption({ label: '签发方密钥泄露' })
  await browser.lookAtDialog(officer, 'revoke all')
  await confirm(officer, '提出申请')
  await goTo(officer, '双人确认')
  await officer.getByText('您提出的，须由他人确认').waitFor()

  const other = await as('otherOfficer')
  await goTo(other, '双人确认')
  await browser.look(other, 'approvals')
  await other.getByRole('button', { name: /^确认：/ }).click()
  await confirm(other, '确认')
  await other.getByText('已撤销 1 份凭证').waitFor()
  await goTo(officer, '凭证')
  await officer.getByRole('table').getByText('已撤销', { exact: true }).first().waitFor()
})

test('a file of residents is checked row by row, and approved by somebody else', async () => {
  const page = await as('clerk')
  await goTo(page, '批量导入')
  await page.locator('input[type="file"]').setInputFiles(damagedFile)
  await browser.look(page, 'imports')
  await button(page, '上传并检查').click()
  await page.getByText('待批准', { exact: true }).first().waitFor({ timeout: 60_000 })
  await page.getByRole('table', { name: '需要改正的行' }).waitFor()
  await browser.look(page, 'import', { isShown: true })
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载错误文件' }).click()])
  expect(download.suggestedFilename()).toBe('errors.csv')

  const officer = await as('officer')
  await goTo(officer, '批量导入')
  await officer.getByRole('link', { name: /的导入$/ }).click()
  await button(officer, '批准合格的行').click()
  await confirm(officer, '批准合格的行')
  await officer.getByText('已完成', { exact: true }).first().waitFor({ timeout: 60_000 })
})

test('an administrator invites people with a link that is shown once, sees keys and the server, and no resident', async () => {
  const page = await as('administrator')
  await goTo(page, '人员')
  await browser.look(page, 'people', { isShown: true })
  await button(page, '邀请人员').click()
  await page.getByLabel('姓名').fill('王新员')
  await browser.lookAtDialog(page, 'invite')
  await confirm(page, '生成邀请')
  const link = await page.getByText(/\/staff\/#\/invitation\//).textContent()
  const invited = await browser.newPage()
  await invited.page.goto(link!)
  await invited.page.getByRole('heading', { level: 1, name: '王新员，欢迎' }).waitFor()
  await invited.page.context().close()
  await page.reload()
  await page.getByText('王新员').waitFor()
  expect(await page.getByText(/\/staff\/#\/invitation\//).count()).toBe(0)
  await page.getByRole('button', { name: `管理 ${staff.clerk.name}` }).click()
  await browser.lookAtDialog(page, 'manage')
  await inDialog(page, '关闭').click()
  await goTo(page, '密钥')
  await page.getByText('正在签名', { exact: true }).waitFor()
  await browser.look(page, 'keys')
  await goTo(page, '服务器')
  await page.getByText('数据库不会等待磁盘').waitFor()
  await browser.look(page, 'server', { isShown: true })
  await page.evaluate(() => {
    location.hash = '#/applications'
  })
  await page.getByRole('heading', { level: 1, name: '没有这个页面' }).waitFor()
  await browser.look(page, 'not-found')
})

test('an auditor reads the log; what asks for a recent sign-in asks for the passkey once more', async () => {
  const page = await as('auditor')
  await goTo(page, '审计日志')
  await page.getByText('approval confirmed').waitFor()
  await browser.look(page, 'audit', { isShown: true })
  await page.getByLabel('操作包含').fill('offer made')
  await expect.poll(() => page.getByRole('table').getByRole('row').count()).toBe(2)
  await page.getByLabel('操作包含').fill('')
  // As the server answers five minutes after the last sign-in.
  let refusals = 0
  await page.route('**/staff/tokens', async route => {
    refusals += 1
    if (refusals > 1) return route.continue()
    const problem = { type: 'about:blank', title: 'Forbidden', status: 403, code: 'ERR_STAFF_SIGN_IN_AGAIN' }
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify(problem) })
  })
  await button(page, '生成令牌').click()
  await browser.lookAtDialog(page, 'again')
  await inDialog(page, '用通行密钥确认').click()
  const token = await page
    .locator('code')
    .filter({ hasText: /^[A-Za-z0-9_-]{43}$/ })
    .textContent()
  const read = await fetch(`${bureau.url}/audit/entries`, { headers: { authorization: `Bearer ${token}` } })
  expect(read.status).toBe(200)
  await goTo(page, '我的账户')
  await page.getByText('当前会话').waitFor()
  await browser.look(page, 'account')
  await goTo(page, '移交授权')
  await page.getByText('还没有移交授权。').waitFor()
  await browser.look(page, 'grants')
})

test('whoever’s session has ended is asked to sign in again; a server that does not answer is told', async () => {
  const page = await as('otherOfficer')
  await page.route('**/approvals', route => route.abort())
  await goTo(page, '待审批')
  await page.evaluate(() => {
    location.hash = '#/approvals'
  })
  await page.getByText('无法连接服务器。').first().waitFor()
  await browser.look(page, 'offline')
  await page.unroute('**/approvals')
  await page.context().clearCookies()
  await page.getByRole('button', { name: '重试' }).first().click()
  await page.getByText('登录已失效，请重新登录。').waitFor()
})

test('by keyboard alone: past the navigation, and out of a dialog back to where it was opened', async () => {
  const page = await as('administrator')
  await goTo(page, '人员')
  await page.reload()
  await page.getByRole('button', { name: '邀请人员' }).waitFor()
  await page.getByRole('button', { name: '跳到主要内容' }).focus()
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('邀请人员')
})

test('every screen was accessible, fitted, and spoke one language; no page failed or broke its policy', () => {
  expect(browser.wrong).toEqual([])
  expect([...people.values()].flatMap(({ errors }) => errors)).toEqual([])
})
