import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page, Route } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Prepared, RightAnswer } from '../../apps/console/src/api-types.ts'
import { type Bench, staff, startConsole } from './console/start-console.ts'
import { StaffBrowser, type StaffPage } from './staff-pages/staff-browser.ts'

let bench: Bench
let browser: StaffBrowser
let visitor: StaffPage

beforeAll(async () => {
  const root = fileURLToPath(new URL('../../apps/console/pages', import.meta.url))
  // As it is given out: the set-up has built it, unless somebody runs this test by itself.
  if (!existsSync(`${root}/dist/index.html`) || process.env.SCREENSHOTS !== undefined)
    await build({ root, configFile: `${root}/vite.config.ts`, logLevel: 'error' })
  // Four are enough to lose one; seven are what the pictures are of.
  bench = await startConsole(process.env.SCREENSHOTS === undefined ? 4 : 7)
  browser = await StaffBrowser.open({
    name: { 'zh-CN': '虎符控制台', en: 'Hufu console' },
    pictures: 'console',
    data: [...Object.values(staff).map(({ name }) => name), '暂停澜屿市主管机关', '我的设备'],
    maxPictureBytes: 80_000,
  })
  visitor = await browser.newPage()
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await bench?.stop()
})

async function open(page: Page, place: string, heading: string | RegExp): Promise<void> {
  await page.goto(`${bench.url}/#${place}`)
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
}

/** Whoever is signed in stands in the navigation. */
const signedIn = (page: Page, name: string) => page.getByRole('navigation').getByText(name).waitFor()
const verdict = (page: Page, text: string) => page.getByText(text, { exact: true })
const proven = '验证通过'
const refused = '验证失败：不要相信这个答案'

test('the overview says whether the network runs, how many may fail, and how it was', async () => {
  const { page } = visitor
  await open(page, '/', '网络总览')
  await page.getByText('网络运行正常').waitFor()
  const count = bench.network.seats.length
  const quorum = count - Math.floor((count - 1) / 3)
  await page.getByRole('img', { name: `${count} 个验证节点中 ${count} 个在线，出块需要 ${quorum} 个` }).waitFor()
  await page.getByText('没有告警').waitFor()
  const height = async () =>
    Number(
      (await page
        .locator('header')
        .getByText(/^区块 \d+$/)
        .textContent())!.replace(/\D/g, ''),
    )
  const before = await height()
  await expect.poll(height, { timeout: 10_000 }).toBeGreaterThan(before)
  await page.locator('figure svg').first().waitFor()
  await browser.look(page, 'overview', { isShown: true })
  await page.getByText('以表格显示').first().click()
  await page.getByRole('columnheader', { name: '时间' }).first().waitFor()

  await open(page, '/fleet', '验证节点')
  await page.getByRole('table', { name: '节点' }).getByText(bench.network.seats.at(-1)!.name).waitFor()
  await browser.look(page, 'fleet', { isShown: true })
})

test('who could issue this on that day: yes while the right was active, no and why while it was suspended', async () => {
  const { page } = visitor
  const { whenSuspendedMs } = bench.world
  const ask = async (timeMs: number): Promise<void> => {
    // As the browser of somebody in China shows it, which leaves out seconds that are none.
    const local = new Date(timeMs + 8 * 3_600_000)
      .toISOString()
      .slice(0, 19)
      .replace(/(T\d\d:\d\d):00$/, '$1')
    await page.getByLabel('时刻', { exact: true }).fill(local)
    await page.getByRole('button', { name: '查询', exact: true }).click()
  }
  await open(page, '/trust', '信任名册')
  await page.getByRole('table', { name: '变更历史' }).getByText('正在调查').waitFor()
  await ask(Math.floor((whenSuspendedMs - 1) / 1_000) * 1_000)
  await page.getByRole('listitem').getByText('可以', { exact: true }).waitFor()
  await ask(Math.ceil(whenSuspendedMs / 1_000) * 1_000)
  await page.getByText('因为 权利: 已暂停').waitFor()
  await browser.look(page, 'trust', { isShown: true })
  await page.getByRole('link', { name: '证据与核验：澜屿市居民服务中心' }).click()
  await page.getByRole('heading', { level: 1, name: '签发权' }).waitFor()
  await verdict(page, proven).waitFor()
  await page.getByText('已暂停', { exact: true }).first().waitFor()
})

test('this browser checks each answer by itself: every step holds, for every kind', async () => {
  const { page } = visitor
  const { issuer, typeId, bureau, proposal } = bench.world
  await open(page, `/explorer/rights/issue/${issuer}/${typeId}`, '签发权')
  await verdict(page, proven).waitFor()
  for (const step of ['信任起点', '区块头签名', '状态证明', '内容比对', '时效']) await page.getByText(`${step} 成立`).waitFor()
  await browser.look(page, 'right', { isShown: true })
  const places: readonly (readonly [string, string | RegExp, string?])[] = [
    [`/explorer/dids/${issuer}`, '澜屿市居民服务中心'],
    [`/explorer/grants/authority/${bureau}`, '主管机关'],
    [`/explorer/credential-types/${typeId}`, '凭证类型'],
    [`/explorer/trees/${issuer}/${typeId}`, '凭证树'],
    [`/explorer/anchors/${issuer}/audit:lanyu`, '名单锚定'],
    ['/explorer/blocks/7', '区块 7'],
    [`/council/${proposal}`, /第 \d+ 号提案/],
    // What nobody can prove is said to be the nodes' word.
    [`/explorer/grants/authority/${issuer}`, '主管机关', '可证明的部分验证通过'],
  ]
  for (const [place, heading, outcome] of places) {
    await open(page, place, heading)
    await verdict(page, outcome ?? proven).waitFor()
  }
  await browser.look(page, 'absent')
})

/** Changes an answer on its way to the browser. */
async function tamper(page: Page, pattern: string, change: (answer: RightAnswer) => void): Promise<void> {
  await page.unroute(pattern)
  await page.route(pattern, async (route: Route) => {
    const answer = (await (await route.fetch()).json()) as RightAnswer
    change(answer)
    await route.fulfill({ json: answer })
  })
}

/** One bit of a text in base64 becomes another. */
function flipped(base64: string, at: number): string {
  const bytes = Buffer.from(base64, 'base64')
  bytes[at < 0 ? bytes.length + at : at]! ^= 1
  return bytes.toString('base64')
}

test('an answer of which one byte was changed on the way fails loudly, whatever was changed', async () => {
  const { page } = await browser.newPage()
  const { issuer, typeId } = bench.world
  const pattern = '**/v1/explorer/rights/**'
  const cases: readonly (readonly [string, string, (answer: RightAnswer) => void])[] = [
    ['内容比对', '页面显示的内容与已证明的条目不同。', answer => Object.assign(answer.shown, { allowed: !answer.shown.allowed })],
    ['内容比对', 'institution.entry.timeMs', answer => void answer.shown.institution.entry!.timeMs++],
    [
      '状态证明',
      'ERR_LEDGER_PROOF',
      ({ evidence }) => Object.assign(evidence.entries[0]!.bundle, { proof: flipped(evidence.entries[0]!.bundle.proof, -1) }),
    ],
    [
      '区块头签名',
      'ERR_LEDGER_PROOF',
      ({ evidence }) => {
        // A byte of the first signature in the witness: docs/light-client.md.
        for (const { bundle } of evidence.entries) bundle.headers = bundle.headers.map(header => flipped(header, 150))
      },
    ],
    ['内容比对', '服务器漏掉了回答所依据的条目。', ({ evidence }) => void evidence.entries.pop()],
    ['区块头签名', '服务器没有附上任何证据。', ({ evidence }) => Object.assign(evidence, { entries: [], told: [] })],
  ]
  for (const [step, why, change] of cases) {
    await tamper(page, pattern, change)
    await page.goto('about:blank')
    await open(page, `/explorer/rights/issue/${issuer}/${typeId}`, '签发权')
    await page.getByRole('alert').getByText(refused).waitFor()
    await page.getByText(`${step} 不成立`).waitFor()
    await page.getByText(why).waitFor()
    expect(await verdict(page, proven).count()).toBe(0)
  }
  await browser.look(page, 'tampered', { isShown: true })
  // A true answer about something else is no answer.
  await page.unroute(pattern)
  await page.route(pattern, async route => {
    const url = new URL(route.request().url())
    url.searchParams.set('time', String(bench.world.whenSuspendedMs))
    await route.fulfill({ response: await route.fetch({ url: url.href }) })
  })
  await page.goto('about:blank')
  await open(page, `/explorer/rights/issue/${issuer}/${typeId}`, '签发权')
  await page.getByRole('alert').getByText(refused).waitFor()
  await page.context().close()
})

test('a server that names other validators than it did before is not believed', async () => {
  const { page } = await browser.newPage()
  const { issuer } = bench.world
  await open(page, '/anchor', '信任起点')
  await page.getByText('服务器现在的说法与之相同。').waitFor()
  await browser.look(page, 'anchor', { isShown: true })
  await page.route('**/v1/network', async route => {
    const answer = await (await route.fetch()).json()
    const [first, ...others] = answer.descriptor.validators
    answer.descriptor.validators = [...others, first]
    await route.fulfill({ json: answer })
  })
  await page.reload()
  await page.getByText(/服务器现在所称的网络与之不同/).waitFor()
  await open(page, `/explorer/dids/${issuer}`, '澜屿市居民服务中心')
  await page.getByText(/服务器现在所称的网络与本浏览器信任的不同/).waitFor()
  // What it proves is still checked against the keys that were seen first.
  await verdict(page, proven).waitFor()
  await page.context().close()
})

test('the explorer finds an identifier and a block, and shows what contracts told; trees have their history', async () => {
  const { page } = visitor
  const { issuer, typeId } = bench.world
  await open(page, '/explorer', '浏览器')
  await page.getByText('StatusListAnchored').first().waitFor()
  await browser.look(page, 'explorer', { isShown: true })
  const search = page.getByLabel(/区块号、交易哈希/)
  await search.fill(issuer)
  await page.getByRole('button', { name: '查找' }).click()
  await page.getByRole('list', { name: '找到' }).getByRole('link', { name: issuer }).first().click()
  await page.getByRole('heading', { level: 1, name: '澜屿市居民服务中心' }).waitFor()
  await browser.look(page, 'identifier')
  await open(page, '/explorer', '浏览器')
  await page.getByText('GrantChanged').first().waitFor()
  await page.getByRole('row').filter({ hasText: 'GrantChanged' }).first().getByRole('link').click()
  await page.getByRole('heading', { level: 1, name: /^交易/ }).waitFor()
  await verdict(page, '可证明的部分验证通过').waitFor()
  await page.getByText('区块中的位置 成立').waitFor()
  await browser.look(page, 'transaction')
  await open(page, '/trees', '凭证树与名单')
  await page.getByRole('link', { name: typeId }).waitFor()
  await browser.look(page, 'trees')
  await page.getByRole('link', { name: typeId }).click()
  await page.getByText('树的增长（叶子数）').waitFor()
  await verdict(page, proven).waitFor()
  await browser.look(page, 'tree', { isShown: true })
})

test('the council: what a proposal would do, who said what, and when it may be executed', async () => {
  const { page } = visitor
  await open(page, '/council', '理事会')
  await page.getByText('暂停澜屿市主管机关').waitFor()
  await browser.look(page, 'council', { isShown: true })
  await page.getByText('暂停澜屿市主管机关').click()
  await page.getByText('表决截止').waitFor()
  await page.getByRole('cell', { name: '反对' }).waitFor()
  await verdict(page, proven).waitFor()
  await browser.look(page, 'proposal', { isShown: true })
})

test('an exported log is replayed in the browser: it holds as it was, and an edited record is named', async () => {
  const { page } = visitor
  const replay = async (log: string): Promise<void> => {
    await page.locator('input[type="file"]').setInputFiles({ name: 'audit.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from(log) })
  }
  const sent: string[] = []
  page.on('request', request => sent.push(`${request.method()} ${request.postData() ?? ''}`))
  await open(page, '/audit', '审计回放')
  await replay(bench.world.log)
  await page.getByText('日志完整').waitFor()
  await page.getByText('60 条记录的哈希链成立，遇到的 3 个锚定全部相符。').waitFor()
  await browser.look(page, 'audit', { isShown: true })
  await replay(bench.world.log.replace('"action":"credential issued"', '"action":"credential denied"'))
  await page
    .getByRole('alert')
    .getByText(/记录被修改: 第 \d+ 条/)
    .waitFor()
  await browser.look(page, 'audit-edited')
  await replay('{"hufuAuditLog":2}\n')
  await page.getByText('这不是审计日志的导出文件。').waitFor()
  // Nothing of it went anywhere.
  expect(sent.filter(each => !each.startsWith('GET '))).toEqual([])
})

test('staff sign in with a passkey: an operator sees where validators are, a member prepares a vote that no server can sign', async () => {
  const operator = await browser.newPage()
  await operator.page.goto(bench.invitations.operator)
  await operator.page.getByRole('heading', { level: 1, name: `${staff.operator.name}，欢迎` }).waitFor()
  // The code is a secret: it is not left in the address.
  expect(new URL(operator.page.url()).hash).toBe('#/')
  await operator.page.getByRole('button', { name: '创建通行密钥并登录' }).click()
  await signedIn(operator.page, staff.operator.name)
  await open(operator.page, '/fleet', '验证节点')
  await operator.page.getByRole('table', { name: '运维信息' }).getByText(bench.network.descriptor.validators[0]!.rpcUrl).waitFor()
  await browser.look(operator.page, 'operator')
  await operator.page.getByRole('button', { name: '退出登录' }).click()
  await operator.page.getByRole('navigation').getByRole('link', { name: '登录' }).waitFor()
  await open(operator.page, '/sign-in', '登录控制台')
  await browser.look(operator.page, 'sign-in')
  await operator.page.getByRole('button', { name: '用通行密钥登录' }).click()
  await signedIn(operator.page, staff.operator.name)

  const member = await browser.newPage()
  await member.page.goto(bench.invitations.member)
  await member.page.getByRole('button', { name: '创建通行密钥并登录' }).click()
  await signedIn(member.page, staff.member.name)
  await open(member.page, `/council/${bench.world.proposal}`, /号提案/)
  const [, , third] = bench.network.seats
  await member.page.getByLabel('代表席位').selectOption(third!.name)
  await member.page.getByLabel('席位公钥（十六进制）').fill(bench.world.seatKeys[2]!)
  const preparing = member.page.waitForResponse('**/v1/council/prepare')
  await member.page.getByRole('button', { name: '赞成', exact: true }).click()
  await member.page.getByRole('heading', { name: '已准备，请签名' }).waitFor()
  await member.page
    .getByText(/hufu council vote/)
    .first()
    .waitFor()
  await browser.look(member.page, 'vote', { isShown: true })
  const { signedMessage } = (await (await preparing).json()) as Prepared
  const signed = await bench.world.signAsSeat(2, signedMessage)
  await member.page.getByLabel('签名（64 字节，Base64）').fill(signed)
  await member.page.getByRole('button', { name: '发送' }).click()
  await member.page.getByText('已发送').waitFor()
  await expect
    .poll(() => member.page.getByRole('row').filter({ hasText: third!.name }).getByText('赞成').count(), { timeout: 15_000 })
    .toBe(1)
  expect([...operator.errors, ...member.errors]).toEqual([])
})

test('a validator is killed: within three seconds the page says which, what margin is left, and what to do', async () => {
  const { page } = visitor
  await open(page, '/', '网络总览')
  const last = bench.network.seats.length - 1
  const { name } = bench.network.seats[last]!
  const alarm = page.getByRole('article').filter({ hasText: 'ALARM_NODE_DOWN' })
  const kill = async (): Promise<number> => {
    // On a busy machine validators are slow at first, which is an alarm of its own.
    await page.getByText('网络运行正常').waitFor({ timeout: 60_000 })
    const killedMs = performance.now()
    await bench.network.nodes.killNode(last)
    await alarm.waitFor({ timeout: 10_000 })
    await page.getByRole('img', { name: new RegExp(`中 ${last} 个在线`) }).waitFor({ timeout: 10_000 })
    return performance.now() - killedMs
  }
  // A machine that is busy with other things is late by itself: it may try again.
  let seenAfterMs = await kill()
  for (let again = 0; again < 2 && seenAfterMs >= 3_000; again++) {
    bench.network.nodes.startNode(last)
    seenAfterMs = await kill()
  }
  expect(seenAfterMs).toBeLessThan(3_000)
  expect(await alarm.textContent()).toContain(name)
  await alarm.getByRole('button', { name: '复制' }).waitFor()
  await alarm.getByText('docs/runbooks/node-down.md').waitFor()
  await page.getByText(`${name} 失联`).waitFor()
  await browser.look(page, 'validator-lost', { isShown: true })
}, 240_000)

test('by keyboard alone: past the navigation, into a table that scrolls', async () => {
  const { page } = await browser.newPage()
  await open(page, '/council', '理事会')
  await page.keyboard.press('Shift+Tab')
  await page.getByRole('button', { name: '跳到主要内容' }).focus()
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
  await page.context().close()
})

test('every screen that was looked at is in order, and no page broke its policy', () => {
  expect(browser.wrong).toEqual([])
  expect(visitor.errors).toEqual([])
})
